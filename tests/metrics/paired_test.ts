import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import { groupMoments, holm, pairedDifference } from "../../src/metrics/paired.ts";
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
