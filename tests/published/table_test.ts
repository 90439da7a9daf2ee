import { assertAlmostEquals, assertEquals } from "@std/assert";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import printed from "../../benchmarks/published/soft_grpo_llama_3b_table1.json" with { type: "json" };
import { passAtK } from "../../src/metrics/pass_at_k.ts";
import { parsePublishedRows } from "../../src/published/counts.ts";
import { armTitle, disagreements, loggedPassAt, pairedTests, recomputeArms } from "../../src/published/table.ts";
import golden from "../golden/statistics.json" with { type: "json" };

const rows = parsePublishedRows(counts, "counts");
const SOFT_GRPO = { training: "soft-grpo", decoding: "soft" };
const GRPO = { training: "grpo", decoding: "discrete" };

Deno.test("every pass@1 and pass@32 equals the publisher's logs to 1e-9", () => {
  assertEquals(rows.length, 25);
  for (const row of rows) {
    for (const k of [1, 32]) {
      const values = row.correct_counts.map((c) => passAtK(row.samples_per_problem, c, k));
      assertAlmostEquals(values.reduce((a, b) => a + b) / values.length, loggedPassAt(row, k), 1e-9);
    }
  }
});

Deno.test("averages over the five datasets equal those worked out from the logs by hand", () => {
  // In percent, two decimals: means of the logged cells.
  const expected: Record<string, readonly [number, number]> = {
    "base, discrete": [25.79, 58.06],
    "GRPO, discrete": [32.62, 55.32],
    "base, soft": [24.96, 55.39],
    "GRPO, soft": [32.60, 57.28],
    "SofT-GRPO, soft": [32.83, 57.06],
  };
  const arms = recomputeArms(rows, [1, 32]);
  assertEquals(arms.map(armTitle).toSorted(), Object.keys(expected).toSorted());
  for (const arm of arms) {
    const average = arm.byDataset.get(null)!;
    assertEquals([1, 32].map((k) => Number((100 * average[k].value).toFixed(2))), [...expected[armTitle(arm)]]);
  }
});

Deno.test("the printed table and the logs disagree in four cells and three averages", () => {
  const found = disagreements(rows, printed).map(({ dataset, k, printed, logged, ...arm }) =>
    `${armTitle(arm)}: ${dataset ?? "average"} @${k} ${printed} ${logged.toFixed(2)}`
  );
  assertEquals(found, [
    "base, discrete: aime2025 @16 0.3 3.33",
    "base, discrete: average @16 50.61 51.21",
    "base, discrete: aime2025 @32 1 10.00",
    "base, discrete: average @32 56.26 58.06",
    "GRPO, discrete: aime2024 @1 7.3 7.40",
    "base, soft: aime2025 @16 6.7 3.33",
    "base, soft: average @16 52.18 51.52",
  ]);
});

Deno.test("paired tests equal the differences and errors computed apart, and correct for their number", () => {
  const tests = pairedTests(rows, GRPO, [SOFT_GRPO], [1, 32]);
  for (const { a, b, dataset, k, difference, sePaired } of golden.paired) {
    if (a.join() !== "grpo,discrete" || b.join() !== "soft-grpo,soft") continue;
    const test = tests.find((own) => own.dataset === dataset && own.k === k)!;
    assertAlmostEquals(test.value, difference, 1e-12);
    assertAlmostEquals(test.standardError, sePaired, 1e-12);
  }
  assertEquals(tests.length, 12);
  for (const { p, pHolm } of tests) assertEquals(pHolm >= p, true);
});

Deno.test("aime2024/0022 is never solved", () => {
  for (const row of rows) if (row.dataset === "aime2024") assertEquals(row.correct_counts[22], 0);
});
