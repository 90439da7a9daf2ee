import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { attributionTable, matchedTable, publishedTable } from "../../src/summary/attribution_tables.ts";
import { summarize } from "../../src/summary/summary.ts";
import { renderTextTable, type TextTable } from "../../src/text/table.ts";
import { textWidth } from "../../src/text/width.ts";
import { attributedResults } from "./attributed.ts";

const [summary] = summarize(attributedResults());
const text = (table: TextTable) => renderTextTable(table, { colour: false });
const firstLine = (cell: TextTable["rows"][number][number]) =>
  (typeof cell === "string" ? cell : cell.text).split("\n")[0];

Deno.test("the first table holds every trained arm and the untrained model under one decoding, and says which", () => {
  const table = matchedTable(summary);
  assertStringIncludes(table.title, "matched decoding: tokens, T 1, top-k 5, top-p 0.95");
  assertEquals(table.rows.map(([cell]) => firstLine(cell)), [
    "base.matched",
    "discrete-grpo",
    "lepo",
    "soft-thinking-grpo-hard",
    "soft-thinking-grpo-release",
    "soft-thinking-grpo",
    "soft-tokens-grpo",
  ]);
});

Deno.test("every row of the published view names its decoding: law, temperature, filter", () => {
  for (const [cell] of publishedTable(summary).rows) {
    const [label, ...decoding] = (typeof cell === "string" ? cell : cell.text).split("\n");
    const texts = summary.arms.filter((own) => own.label.startsWith(label)).map((own) => own.decodingText);
    assert(texts.includes(decoding.join(" ")), `${label}: ${decoding}`);
  }
});

Deno.test("what does what: a pair that differs in more than its question says it", () => {
  const table = text(attributionTable(summary));
  assertStringIncludes(table.replace(/\s+/g, " "), "differ in training thoughts");
  assertStringIncludes(table, "estimator: SofT-GRPO's score on hard thoughts");
});

Deno.test("the tables fit 96 columns", () => {
  for (const table of [matchedTable(summary), attributionTable(summary), publishedTable(summary)]) {
    const widest = Math.max(...text(table).split("\n").slice(3).map(textWidth));
    assert(widest <= 96, `${widest}`);
  }
});
