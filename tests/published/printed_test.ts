import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import counts from "../../benchmarks/published/soft_grpo_llama_3b_counts.json" with { type: "json" };
import multiplex from "../../benchmarks/published/multiplex_pass_at_1.json" with { type: "json" };
import table1 from "../../benchmarks/published/soft_grpo_llama_3b_table1.json" with { type: "json" };
import { BenchError } from "../../src/errors.ts";
import { isPrintedTable, parsePrintedTable } from "../../src/published/printed.ts";
import { exampleResult } from "../result/example.ts";

const ROW = { training: "none", decoding: "discrete", datasets: { aime2024: [1.5, 2.5] } };
const TABLE = { source: "Some paper, table 7", passAt: [1, 7], rows: [ROW] };

Deno.test("both tables of this repository are printed tables, and nothing else is taken for one", () => {
  for (const table of [multiplex, table1]) {
    assertEquals(isPrintedTable(table), true);
    assertEquals(parsePrintedTable(table, "x").rows.length, table.rows.length);
  }
  for (const other of [counts, exampleResult(), null, 3, "text"]) assertEquals(isPrintedTable(other), false);
});

Deno.test("rows need neither an average, nor a model, nor a protocol, nor every dataset", () => {
  assertEquals(parsePrintedTable(TABLE, "x"), TABLE);
  const other = { ...ROW, base_model: "m", protocol: "lepo", average: [1, 2], datasets: {} };
  assertEquals(parsePrintedTable({ ...TABLE, note: "half of it", rows: [ROW, other] }, "x").rows[1].protocol, "lepo");
});

Deno.test("a faulty table is refused with its place", () => {
  const refusal = (table: unknown) => assertThrows(() => parsePrintedTable(table, "t.json"), BenchError).message;
  assertStringIncludes(
    refusal({ ...TABLE, rows: [ROW, { ...ROW, training: "grpo", datasets: { amc23: [1] } }] }),
    "Cannot read rows[1].datasets.amc23 of t.json as a printed table: found 1 numbers, expected 2, one for each k of passAt",
  );
  assertStringIncludes(refusal({ ...TABLE, rows: [{ ...ROW, average: [1] }] }), "rows[0].average of t.json");
  assertStringIncludes(refusal({ ...TABLE, rows: [ROW, ROW] }), "rows[1] of t.json as a printed table: found an arm");
  assertStringIncludes(refusal({ ...TABLE, rows: [{ ...ROW, datasets: { amc23: [1, 101] } }] }), "found 101");
  assertStringIncludes(refusal({ ...TABLE, rows: [{ ...ROW, protocol: "multiplx" }] }), 'did you mean "multiplex"');
  assertStringIncludes(refusal({ ...TABLE, rows: [] }), "expected a list of at least 1");
});
