import { assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import table1 from "../../benchmarks/published/soft_grpo_llama_3b_table1.json" with { type: "json" };
import { passAtK } from "../../src/metrics/pass_at_k.ts";
import { parsePublishedRows } from "../../src/published/counts.ts";
import { parsePrintedTable } from "../../src/published/printed.ts";
import {
  armTitle,
  compareRules,
  disagreements,
  loggedPassAt,
  pairedTests,
  recomputeArms,
} from "../../src/published/table.ts";
import golden from "../golden/statistics.json" with { type: "json" };

const rows = parsePublishedRows(counts, "counts");
const printed = parsePrintedTable(table1, "table");
/** Mean over datasets of the mean of 1 − (1 − c/32)^32, in percent: exact rationals, worked out apart from this code. */
const BOOTSTRAP_GRPO_32 = 53.0855892061008;
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

Deno.test("a cell that is not printed disagrees with nothing, and a k that is not logged is refused", () => {
  const [first, ...others] = printed.rows;
  const { average: _, ...alone } = { ...first, datasets: { aime2025: first.datasets.aime2025 } };
  const found = disagreements(rows, { ...printed, rows: [alone, ...others] });
  assertEquals(found.filter(({ training, decoding }) => training === "none" && decoding === "discrete").length, 2);
  assertThrows(() => loggedPassAt(rows[0], 64), BenchError, "found reported k 1, 2, 4, 8, 16, 32, expected 64");
});

Deno.test("averages by rule are printed, logged, and what each rule makes of the counts", () => {
  const found = compareRules(rows, printed, ["unbiased", "bootstrap", "first-k"]);
  assertEquals(found.length, 15);
  for (const { k, logged, byRule, ...arm } of found) {
    // By the order of samples alone, which counts do not have.
    assertEquals(Object.keys(byRule), ["unbiased", "bootstrap"]);
    const own = recomputeArms(rows, [k]).find((other) => armTitle(other) === armTitle(arm))!;
    assertAlmostEquals(byRule.unbiased!, 100 * own.byDataset.get(null)![k].value, 1e-10);
    if (k === 1) assertAlmostEquals(byRule.bootstrap!, byRule.unbiased!, 1e-10);
    if (k === 32) assertAlmostEquals(byRule.unbiased!, logged, 1e-10);
  }
  const grpo = found.find(({ k, ...arm }) => k === 32 && armTitle(arm) === "GRPO, discrete")!;
  assertEquals(grpo.printed, 55.32);
  assertAlmostEquals(grpo.byRule.bootstrap!, BOOTSTRAP_GRPO_32, 1e-10);
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
