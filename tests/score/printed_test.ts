import { assertEquals, assertStringIncludes } from "@std/assert";
import { AS_PRINTED } from "../../src/published/printed_document.ts";
import { printedTextTables, separatePrinted } from "../../src/score/printed.ts";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../../benchmarks/published/", import.meta.url));
const [MULTIPLEX, COUNTS] = ["multiplex_pass_at_1.json", "soft_grpo_llama_3b_counts.json"].map((name) => folder + name);

Deno.test("printed tables are told from counts and samples", () => {
  const { printed, others } = separatePrinted([COUNTS, "some/samples.jsonl", MULTIPLEX]);
  assertEquals(others, [COUNTS, "some/samples.jsonl"]);
  assertEquals(printed.map(({ source, table }) => [source, table.rows.length]), [[MULTIPLEX, 7]]);
});

Deno.test("the view says that nothing is recomputed, and how each row was evaluated", () => {
  const [{ title, columns, rows, notes }] = printedTextTables(separatePrinted([MULTIPLEX]).printed);
  assertStringIncludes(title, AS_PRINTED);
  assertEquals(columns.slice(0, 4).map(({ header }) => header), ["row", "model", "protocol", "aime2024\npass@1"]);
  assertEquals(rows[0].slice(2), ["multiplex-discrete", "10.5", "12.0", "38.4", "66.7", "24.3", "31.2"]);
  assertEquals(rows[2].slice(2), ["–", "15.7", "–", "–", "71.6", "–", "–"]);
  assertEquals(notes!.some((note) => note.startsWith("multiplex: multiplex tokens K 3")), true);
});

Deno.test("several k, averages and rows without a model have their cells", () => {
  const row = { training: "grpo", decoding: "soft", datasets: { own: [1, 2.25] } };
  const rows = [{ ...row, average: [1, 2] }, { ...row, training: "none" }];
  const [table] = printedTextTables([{ source: "x.json", table: { source: "S", passAt: [1, 7], rows } }]);
  assertEquals(table.columns.slice(3).map(({ header }) => header), [
    "own\npass@1",
    "own\npass@7",
    "average\npass@1",
    "average\npass@7",
  ]);
  assertEquals(table.rows, [
    ["GRPO, soft", "", "–", "1.0", "2.3", "1.0", "2.0"],
    ["base, soft", "", "–", "1.0", "2.3", "–", "–"],
  ]);
  assertEquals(table.notes, []);
});
