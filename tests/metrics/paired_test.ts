import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import {
  flipsFor,
  groupMoments,
  holm,
  holmConfidences,
  pairedDifference,
  pairedInterval,
} from "../../src/metrics/paired.ts";
import { passAtK } from "../../src/metrics/pass_at_k.ts";
import { RandomSequence } from "../../src/random/streams.ts";
import golden from "../golden/statistics.json" with { type: "json" };

const ROUNDING = 1e-12;

function publishedValues([training, decoding]: string[], dataset: string, k: number): number[] {
  const row = counts.find((own) => own.training === training && own.decoding === decoding && own.dataset === dataset)!;
  return row.correct_counts.map((c) => passAtK(row.samples_per_problem, c, k));
}

Deno.test("paired differences and their errors equal those computed apart from the published counts", () => {
  for (const { a, b, dataset, k, difference, sePaired } of golden.paired) {
    const [first, second] = [publishedValues(a, dataset, k), publishedValues(b, dataset, k)];
    const { value, standardError, degrees } = groupMoments([first.map((value, i) => value - second[i])]);
    assertAlmostEquals(value, difference, ROUNDING);
    assertAlmostEquals(standardError, sePaired, ROUNDING);
    if (standardError > 0) assertAlmostEquals(degrees, first.length - 1, 1e-6);
  }
});

Deno.test("the sign-flip test tries every pattern where few problems differ", () => {
  // Of the 8 sums ±1±2±3, one is at most −6, and two are at least 6 apart from 0.
  const { p, pWorse, value } = pairedDifference([[-0.1, -0.2, -0.3, 0]], "test");
  assertAlmostEquals(value, -0.15, ROUNDING);
  assertAlmostEquals(pWorse, 1 / 8, ROUNDING);
  assertAlmostEquals(p, 2 / 8, ROUNDING);
});

Deno.test("with many problems the sign-flip test agrees with Student's, and is the same for the same name", () => {
  const random = new RandomSequence("paired test");
  const group = Array.from({ length: 101 }, () => 0.02 + 0.1 * random.gaussian());
  const test = pairedDifference([group], "a name");
  assertEquals(pairedDifference([group], "a name").p, test.p);
  // Both are near the same law; 0.01 is beyond two errors of 9,999 flips.
  assertAlmostEquals(test.p, test.pStudent, 0.015);
});

Deno.test("where no problem differs, the interval says what 95 % confidence leaves open", () => {
  const { value, low, high, p, pStudent } = pairedDifference([Array(40).fill(0)], "none");
  assertEquals([value, p, pStudent], [0, 1, 1]);
  assertAlmostEquals(high, 1 - 0.05 ** (1 / 40), ROUNDING);
  assertAlmostEquals(low, -high, ROUNDING);
});

Deno.test("a difference needs two problems", () => {
  assertThrows(() => pairedDifference([[0.5]], "one"), RangeError, "at least 2");
});

Deno.test("Holm's correction multiplies by what is left and never falls", () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((value, i) => assertAlmostEquals(adjusted[i], value, ROUNDING));
  assertEquals(holm([0.9, 0.8]), [1, 1]);
  assertEquals(holm([]), []);
});

Deno.test("an interval at its Holm confidence is that whose level the p-value is compared with", () => {
  // Ranks .005 of 4, .01 of 3, then .03 and .04, where .04 may be no surer than .03: .05 · .04/.06.
  const p = [0.01, 0.04, 0.03, 0.005];
  [0.05 / 3, 0.05 * 0.04 / 0.06, 0.05 / 2, 0.05 / 4].forEach((level, i) =>
    assertAlmostEquals(holmConfidences(p)[i], 1 - level, ROUNDING)
  );
  // Where the adjusted p is cut at 1, the step is not: 2 · .8 = 1.6, which .9 may not fall below.
  [0.05 * 0.9 / 1.6, 0.05 / 2].forEach((level, i) =>
    assertAlmostEquals(holmConfidences([0.9, 0.8])[i], 1 - level, ROUNDING)
  );
  const random = new RandomSequence("holm test");
  for (let round = 0; round < 50; round++) {
    const values = Array.from({ length: 7 }, () => random.uniform() ** 4);
    const [adjusted, confidences] = [holm(values), holmConfidences(values)];
    values.forEach((p, i) => assertEquals(adjusted[i] <= 0.05, p <= 1 - confidences[i]));
  }
});

Deno.test("an interval at a higher confidence is wider by the ratio of Student's quantiles", () => {
  const group = [-0.05, -0.03, 0.01, 0.08, 0.1];
  // Four degrees of freedom: 2.776445 at 95 %, 4.604095 at 99 %.
  const [usual, sure] = [pairedInterval([group]), pairedInterval([group], 0.99)];
  assertAlmostEquals((sure.high - sure.value) / (usual.high - usual.value), 4.604095 / 2.776445, 1e-6);
  assertAlmostEquals(usual.low, pairedDifference([group], "x").low, ROUNDING);
  // Where no problem differs, 99 % leave open 1 − .01^(1/5).
  assertAlmostEquals(pairedInterval([[0, 0, 0, 0, 0]], 0.99).high, 1 - 0.01 ** (1 / 5), ROUNDING);
});

Deno.test("flips suffice for Holm's correction: the least p of a test stays well below its share of the level", () => {
  assertEquals([flipsFor(1), flipsFor(49), flipsFor(51), flipsFor(1000)], [9999, 9999, 10_200, 200_000]);
  // Of 2^20 patterns two are as extreme: the least p is 1/(flips + 1), as no random pattern reaches it.
  const group = Array.from({ length: 20 }, (_, i) => 0.1 + i / 1000);
  assertAlmostEquals(pairedDifference([group], "least").p, 1 / 10_000, ROUNDING);
  assertAlmostEquals(pairedDifference([group], "least", 499).p, 1 / 500, ROUNDING);
});

Deno.test("up to 12 problems that differ, every pattern of signs is tried; of 13, as many as are asked for", () => {
  const group = (count: number) => Array.from({ length: count }, (_, i) => 0.1 + i / 1000);
  // Beside those that differ, equal ones count for nothing.
  const { p, pWorse } = pairedDifference([[...group(12), 0, 0]], "twelve");
  assertEquals([p, pWorse], [2 / 4096, 1]);
  const random = pairedDifference([group(13)], "thirteen").p * 10_000;
  assertAlmostEquals(random, Math.round(random), 1e-9);
});

Deno.test("sums that are equal but for rounding are ties", () => {
  // −.1 − .2 + .3 is −5.6e-17, .1 + .2 − .3 is 5.6e-17: of eight sums two are 0 and three below.
  assertEquals(pairedDifference([[-0.1, -0.2, 0.3, 0]], "ties").pWorse, 5 / 8);
});

Deno.test("degrees of freedom are Welch's, or those of all problems where none differs", () => {
  // Variances of the means .01/3 and .08/2: (.043333)² / (.003333²/2 + .04²/1) = 1.169550.
  assertAlmostEquals(groupMoments([[0.1, 0.2, 0.3], [0, 0.4]]).degrees, 1.16955, 1e-6);
  assertEquals(groupMoments([Array(4).fill(0), Array(7).fill(0)]).degrees, 9);
});

Deno.test("no difference is beyond one", () => {
  const { low, high } = pairedInterval([[-1, 1]]);
  assertEquals([low, high], [-1, 1]);
});
