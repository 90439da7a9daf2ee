import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { averageTable, datasetTables, differenceTables, resultText } from "../../src/summary/tables.ts";
import { summarize } from "../../src/summary/summary.ts";
import { textWidth } from "../../src/text/width.ts";
import { MADE_UP_ARMS, madeUpResults } from "../report/made_up_results.ts";

const [summary] = summarize(madeUpResults());

Deno.test("the tables say what was run, by how much arms differ, and fit a terminal of 110 columns", () => {
  const text = resultText(summary, { colour: false });
  assertStringIncludes(text, "made-up, model tiny: mean over 5 datasets, 35 of 1,000 problems × 11 samples");
  for (
    const title of ["Pass@1, percent", "majority@11, percent", "Tokens a sample", "Differences, percentage points"]
  ) {
    assertStringIncludes(`\n${text}`, `\n${title}`);
  }
  for (const line of text.split("\n")) assert(textWidth(line) <= 110, line);
});

Deno.test("every estimate stands with its interval", () => {
  const [, seeds, pass] = averageTable(summary).rows[0];
  assertEquals(seeds, "2");
  assertMatch((pass as { text: string }).text, /^\d+\.\d\n\d+\.\d–\d+\.\d$/);
});

Deno.test("grader errors have a column where there are any", () => {
  const headers = (table: ReturnType<typeof averageTable>) => table.columns.map(({ header }) => header);
  assert(!headers(averageTable(summary)).includes("grader errors"));
  const [first] = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 1) });
  const failing = { ...first, average: { ...first.average, graderErrors: 0.1 } };
  assert(headers(averageTable(summarize([failing])[0])).includes("grader errors"));
});

Deno.test("one dataset needs no tables by dataset, and one arm none of differences", () => {
  const [first] = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 1) });
  const [single] = summarize([{ ...first, datasets: first.datasets.slice(0, 1) }]);
  assertEquals(datasetTables(single), []);
  assertEquals(differenceTables(single), []);
});

Deno.test("a smoke run says so", () => {
  const smoke = madeUpResults().map((result) => ({ ...result, status: "smoke" as const }));
  assertStringIncludes(averageTable(summarize(smoke)[0]).title, "(smoke run)");
});

Deno.test("every difference names the settings in which its two rows differ", () => {
  const [table] = differenceTables(summarize(madeUpResults({ seeds: [1] }))[0]);
  const cells = table.rows.map(([cell]) => (typeof cell === "string" ? cell : cell.text).split("\n"));
  assertEquals(cells[0], ["base-soft-thinking", "− base-discrete", "differ in decoding"]);
  assertEquals(cells[1], ["discrete-grpo", "− base-discrete", "differ in training"]);
  for (const cell of cells) assertMatch(cell[2], /^differ in \w/);
});
