import { assert, assertEquals } from "@std/assert";
import { experimentKeyTable } from "../../src/experiment/key_table.ts";

const PAGE = new URL("../../docs/experiments.md", import.meta.url);
const START = "<!-- keys:start -->\n<!-- deno-fmt-ignore-start -->\n\n";
const END = "\n\n<!-- deno-fmt-ignore-end -->\n<!-- keys:end -->";
const RENEW = "UPDATE_DOCS=1 deno test -P=test tests/experiment/key_table_test.ts";

Deno.test("docs/experiments.md says every key as the schema has it", () => {
  const page = Deno.readTextFileSync(PAGE);
  const [start, end] = [page.indexOf(START), page.indexOf(END)];
  assert(start >= 0 && end > start, "docs/experiments.md has lost the markers of its keys");
  const renewed = page.slice(0, start + START.length) + experimentKeyTable() + page.slice(end);
  if (Deno.env.get("UPDATE_DOCS") === "1") Deno.writeTextFileSync(PAGE, renewed);
  else assertEquals(page, renewed, `docs/experiments.md is stale; run: ${RENEW}`);
});

Deno.test("a key has its place, what it takes, its default and its meaning", () => {
  const table = experimentKeyTable();
  for (
    const row of [
      "| `samples` | an integer of at least 1 | `32` | per problem |",
      "| `training.groupSize` | an integer of at least 2 | required | G, completions per prompt |",
      "| `arms[].answers` | [answers](#answers) | required | how answer tokens are chosen |",
      "| `arms[].objective.loss.surrogate` | one of these, by `kind` | required | of the policy gradient |",
    ]
  ) assert(table.includes(row), row);
});

Deno.test("every key is explained", () => {
  for (const row of experimentKeyTable().split("\n").filter((line) => line.startsWith("| `"))) {
    assert(!row.endsWith("|  |"), row);
  }
});
