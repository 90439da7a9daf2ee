import { assert } from "@std/assert";
import { experimentKeyTable } from "../../src/experiment/key_table.ts";

Deno.test("a key has its place, what it takes, its default and its meaning", () => {
  const table = experimentKeyTable();
  for (
    const row of [
      "| `samples` | an integer of at least 1 | `32` | samples per problem |",
      "| `evaluationMaxNewTokens` | an integer of at least 1 | as in training | longest completion in evaluation |",
      "| `training.groupSize` | an integer of at least 2 | required | G, completions per prompt |",
      "| `arms[].answers` | [answers](#answers) | required | how answer tokens are chosen |",
      "| `arms[].objective.loss.aggregation` | one of these, by `kind` | required | how positions become one number |",
      "| `arms[].objective.loss.surrogate` | [surrogate](#surrogate) | required | of the policy gradient |",
    ]
  ) assert(table.includes(row), row);
});

Deno.test("every key is explained", () => {
  for (const row of experimentKeyTable().split("\n").filter((line) => line.startsWith("| `"))) {
    assert(!row.endsWith("|  |"), row);
  }
});
