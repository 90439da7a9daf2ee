import { assertAlmostEquals, assertEquals } from "@std/assert";
import { studentQuantile } from "../../src/metrics/distributions.ts";
import { meanInterval } from "../../src/metrics/estimate.ts";
import { pairedDifference } from "../../src/metrics/paired.ts";
import { differenceOverSeeds, estimateOverSeeds } from "../../src/metrics/seeds.ts";

const ROUNDING = 1e-12;

Deno.test("one seed leaves the interval over problems", () => {
  const problems = [0, 0.5, 1, 0.25, 0.75];
  const estimate = estimateOverSeeds([[problems]]);
  assertEquals(estimate.seedDeviation, null);
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
