import { assertEquals } from "@std/assert";
import Ajv2020 from "ajv/dist/2020.js";
import { findFault, type JsonSchema, orderKeys } from "../../src/result/json_schema.ts";
import { RESULT_SCHEMA } from "../../src/result/validate.ts";
import { exampleResult } from "./example.ts";
import type { JsonValue } from "../../src/files/json.ts";

/** Values that a fault may put anywhere. */
const WRONG: readonly unknown[] = [null, "", "x", -1, 0.5, 1e9, true, [], {}];

/** Every place of a JSON tree, as paths. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null) return own;
  const keys = Array.isArray(value) ? [...value.keys()].slice(0, 2) : Object.keys(value);
  return [...own, ...keys.flatMap((key) => places((value as Record<string | number, unknown>)[key], [...path, key]))];
}

function replaced(value: unknown, path: readonly (string | number)[], wrong: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(value));
  const parent = path.slice(0, -1).reduce((node, key) => node[key], copy);
  parent[path.at(-1)!] = wrong;
  return copy;
}

Deno.test("it accepts and refuses what ajv does, for every single wrong value in a result", () => {
  const ajv = new Ajv2020.default({ allowUnionTypes: true });
  const agrees = ajv.compile(RESULT_SCHEMA as Record<string, unknown>);
  const result = JSON.parse(JSON.stringify(exampleResult()));
  assertEquals(agrees(result), true, JSON.stringify(agrees.errors));
  assertEquals(findFault(result, RESULT_SCHEMA), undefined);
  for (const path of places(result)) {
    for (const wrong of WRONG) {
      const value = replaced(result, path, wrong);
      assertEquals(
        findFault(value, RESULT_SCHEMA) === undefined,
        agrees(value),
        `${path.join(".")} = ${JSON.stringify(wrong)}`,
      );
    }
  }
});

Deno.test("a fault names place, value and expectation", () => {
  const schema: JsonSchema = {
    type: "object",
    required: ["rows"],
    properties: { rows: { type: "array", items: { $ref: "#/$defs/row" } } },
    additionalProperties: false,
    $defs: { row: { type: "object", properties: { k: { type: "integer", maximum: 7 } } } },
  };
  assertEquals(findFault({ rows: [{}, { k: 9 }] }, schema), { place: "rows[1].k", found: "9", expected: "at most 7" });
  assertEquals(findFault({}, schema)?.expected, 'the key "rows"');
  assertEquals(findFault({ rows: [], odd: 1 }, schema)?.place, "odd");
});

Deno.test("keys come in the schema's order, others sorted after them, absent ones left out", () => {
  const schema: JsonSchema = { properties: { b: {}, a: { properties: { y: {}, x: {} } } } };
  const value = { z: 1, a: { x: 1, y: 2 }, c: undefined, b: [{ d: 1, c: 2 }] };
  assertEquals(
    JSON.stringify(orderKeys(value as unknown as JsonValue, schema)),
    '{"b":[{"c":2,"d":1}],"a":{"y":2,"x":1},"z":1}',
  );
});
