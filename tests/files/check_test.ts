import { assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { BenchError } from "../../src/errors.ts";
import { check, placeText, shown } from "../../src/files/check.ts";

const ROWS = z.strictObject({
  rows: z.array(z.strictObject({ k: z.int().min(1).max(7), name: z.string().min(1).nullable() })),
  byK: z.record(z.string().regex(/^[1-9]$/), z.number()).exactOptional(),
});

function refusal(value: unknown): string {
  return assertThrows(() => check(ROWS, value, "Cannot read x.json"), BenchError).message;
}

Deno.test("a value that follows the schema comes back with keys in its order", () => {
  const value = check(ROWS, { byK: { 2: 0.5 }, rows: [{ name: null, k: 3 }] }, "");
  assertEquals(JSON.stringify(value), '{"rows":[{"k":3,"name":null}],"byK":{"2":0.5}}');
});

Deno.test("a fault names place, value and expectation in one line", () => {
  const row = { k: 3, name: "a" };
  assertEquals(
    refusal({ rows: [row, { ...row, k: 9 }] }),
    "Cannot read x.json: rows[1].k is 9, expected integer in [1, 7]",
  );
  assertEquals(
    refusal({ rows: [{ ...row, k: "1", name: "" }] }),
    'Cannot read x.json: rows[0].k is "1", expected integer in [1, 7]; 1 more fault',
  );
  assertEquals(refusal({}), "Cannot read x.json: rows is absent, expected list");
  assertEquals(refusal({ rows: [], odd: 1 }), "Cannot read x.json: odd is an unknown key, expected one of rows, byK");
  assertEquals(
    refusal({ rows: [], byK: { 0: 1 } }),
    "Cannot read x.json: byK.0 is an unknown key, expected text like ^[1-9]$",
  );
  assertEquals(refusal([1, 2]), "Cannot read x.json: the document is a list of 2, expected object");
});

Deno.test("places read like code, and values are shown in a few words", () => {
  assertEquals(placeText(["datasets", 0, "problems", 3, "n"]), "datasets[0].problems[3].n");
  assertEquals(placeText([2, "c"]), "[2].c");
  assertEquals([shown(undefined), shown({}), shown({ a: 1, b: 2 }), shown("x".repeat(50))], [
    "absent",
    "an empty object",
    "an object with the keys a, b",
    `"${"x".repeat(39)}…`,
  ]);
});
