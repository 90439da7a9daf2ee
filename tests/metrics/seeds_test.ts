import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { studentQuantile } from "../../src/metrics/distributions.ts";
import { meanInterval } from "../../src/metrics/estimate.ts";
import { pairedDifference } from "../../src/metrics/paired.ts";
import { correctedIntervals, differenceOverSeeds, estimateOverSeeds } from "../../src/metrics/seeds.ts";
import { RandomSequence } from "../../src/random/streams.ts";

const ROUNDING = 1e-12;

Deno.test("one seed leaves the interval over problems", () => {
  const problems = [0, 0.5, 1, 0.25, 0.75];
  const estimate = estimateOverSeeds([[problems]]);
  assertEquals([estimate.seedDeviation, estimate.nextLow, estimate.nextHigh], [null, null, null]);
  assertAlmostEquals(estimate.low, meanInterval(problems).low, ROUNDING);
  assertAlmostEquals(estimate.high, meanInterval(problems).high, ROUNDING);
});

Deno.test("two seeds that differ by 9 points widen the interval by Student's law of one degree of freedom", () => {
  // Means 0.5 and 0.59: deviation .09/√2, error .045.
  const [first, second] = [[0.4, 0.5, 0.6], [0.49, 0.59, 0.69]];
  const estimate = estimateOverSeeds([[first, second]]);
  assertAlmostEquals(estimate.value, 0.545, ROUNDING);
  assertAlmostEquals(estimate.seedDeviation!, 0.09 / Math.SQRT2, ROUNDING);
  const margin = studentQuantile(0.975, 1) * 0.045;
  const problems = meanInterval([0.445, 0.545, 0.645]);
  assertAlmostEquals(estimate.low, Math.max(0, 0.545 - Math.hypot(0.545 - problems.low, margin)), ROUNDING);
});

/** Every problem of a seed has its score. */
function ofScores(scores: readonly number[]) {
  return estimateOverSeeds([scores.map((score) => [score, score])]);
}

Deno.test("another seed of three lies within 4.303 · sd · √(4/3) of their mean", () => {
  const { value, nextLow, nextHigh } = ofScores([0.451, 0.446, 0.462]);
  // Mean .453, squares 4, 49 and 81 millionths: sd = √(134e-6 / 2) = .0081854; 4.302653 · .0081854 · 1.154701 = .040667.
  assertAlmostEquals(value, 0.453, ROUNDING);
  assertAlmostEquals(nextLow!, 0.453 - 0.040667, 1e-6);
  assertAlmostEquals(nextHigh!, 0.453 + 0.040667, 1e-6);
});

Deno.test("where another seed would land stays in [0, 1]", () => {
  const { nextLow, nextHigh } = ofScores([0.1, 0.9]);
  assertEquals([nextLow, nextHigh], [0, 1]);
});

Deno.test("of three seeds that vary much or little, another falls within the interval in 95 of 100 cases", () => {
  const random = new RandomSequence("another seed test");
  const runs = 600;
  for (const deviation of [0.008, 0.03]) {
    let held = 0;
    for (let run = 0; run < runs; run++) {
      const { nextLow, nextHigh } = ofScores([0, 0, 0].map(() => 0.5 + deviation * random.gaussian()));
      const another = 0.5 + deviation * random.gaussian();
      if (nextLow! <= another && another <= nextHigh!) held++;
    }
    // Three errors of the simulation.
    assert(Math.abs(held / runs - 0.95) < 3 * Math.sqrt(0.95 * 0.05 / runs), `${held} of ${runs} at ${deviation}`);
  }
});

Deno.test("the same seeds are paired, others are not", () => {
  const a = [[[0.1, 0.2, 0.3], [0.3, 0.4, 0.5]]];
  const b = [[[0.2, 0.3, 0.5], [0.4, 0.5, 0.6]]];
  const paired = differenceOverSeeds(a, b, true, "x");
  const apart = differenceOverSeeds(a, b, false, "x");
  // By problem: seed means .2 .3 .4 and .3 .4 .55.
  const expected = pairedDifference([[0.1, 0.1, 0.15]], "x");
  assertAlmostEquals(paired.value, expected.value, ROUNDING);
  assertAlmostEquals(paired.problemsLow, expected.low, ROUNDING);
  // By seed: differences .4/3 and .1; their error is a third of .05.
  const margin = studentQuantile(0.975, 1) * (0.4 / 3 - 0.1) / 2;
  assertAlmostEquals(paired.low, paired.value - Math.hypot(paired.value - expected.low, margin), ROUNDING);
  assertEquals(apart.high - apart.low > paired.high - paired.low, true);
});

Deno.test("a corrected interval widens what problems add, and holds the zero that a test keeps", () => {
  const a = [[[0.1, 0.2, 0.3], [0.3, 0.4, 0.5]]];
  const b = [[[0.2, 0.3, 0.5], [0.4, 0.5, 0.6]]];
  // By problem .1, .1 and .15: mean .35/3, error 1/60; two degrees of freedom: 4.302653 at 95 %, 9.924843 at 99 %.
  const value = 0.35 / 3;
  const usual = correctedIntervals(a, b, true, 0.95, false);
  const { low, high, problemsLow, problemsHigh } = differenceOverSeeds(a, b, true, "x");
  assertEquals(usual, { value: usual.value, low, high, problemsLow, problemsHigh });
  const sure = correctedIntervals(a, b, true, 0.99, false);
  assertAlmostEquals(sure.problemsHigh, value + 9.924843 / 60, 1e-6);
  // By seed .4/3 and .1: error 1/60 with one degree of freedom, 12.706205 at 95 %.
  assertAlmostEquals(sure.high, value + Math.hypot(9.924843, 12.706205) / 60, 1e-6);
  const open = correctedIntervals(a, b, true, 0.95, true);
  assertEquals([open.problemsLow, open.problemsHigh], [0, usual.problemsHigh]);
  assertAlmostEquals(open.low, value - Math.hypot(value, 12.706205 / 60), 1e-6);
  const below = correctedIntervals(b, a, true, 0.95, true);
  assertEquals(below.problemsHigh, 0);
});

Deno.test("scores stay in [0, 1] and differences in [−1, 1], however far seeds are apart", () => {
  const apart = [[[0.1, 0.1], [0.9, 0.9]]];
  const { low, high } = estimateOverSeeds(apart);
  assertEquals([low, high], [0, 1]);
  const difference = differenceOverSeeds([[[0.5, 0.5], [0.5, 0.5]]], apart, true, "x");
  assertEquals([difference.low, difference.high], [-1, 1]);
});
