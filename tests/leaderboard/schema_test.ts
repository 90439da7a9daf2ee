import { assert, assertEquals } from "@std/assert";
import Ajv2020 from "ajv/dist/2020.js";
import { LEADERBOARD, leaderboardJsonSchema } from "../../src/leaderboard/schema.ts";

const COMMITTED = "results/leaderboard.json";

Deno.test("the committed leaderboard follows the schema, for ajv by the published one as well", () => {
  const agrees = new Ajv2020.default().compile(leaderboardJsonSchema());
  const value = JSON.parse(Deno.readTextFileSync(COMMITTED));
  assert(agrees(value), JSON.stringify(agrees.errors));
  assertEquals(LEADERBOARD.parse(value), value);
});

Deno.test("it and ajv refuse the same", () => {
  const agrees = new Ajv2020.default().compile(leaderboardJsonSchema());
  const changes: ((row: Record<string, unknown>) => void)[] = [
    (row) => delete row.arm,
    (row) => row.odd = 1,
    (row) => row.seeds = [],
    (row) => row.marks = ["odd"],
    (row) => row.title = 7,
    (row) => row.date = "yesterday",
    (row) => row.truncated = 1.5,
    (row) => row.average = { "pass@0": null },
  ];
  for (const change of changes) {
    const value = JSON.parse(Deno.readTextFileSync(COMMITTED));
    change(value.experiments[0].rows[0]);
    assertEquals([LEADERBOARD.safeParse(value).success, agrees(value)], [false, false], String(change));
  }
});

Deno.test("a row without a title, as an earlier version wrote it, is accepted", () => {
  const value = JSON.parse(Deno.readTextFileSync(COMMITTED));
  for (const { rows } of value.experiments) for (const row of rows) delete row.title;
  assert(LEADERBOARD.safeParse(value).success);
});
