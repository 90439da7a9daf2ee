import { assertEquals } from "@std/assert";
import { z } from "zod";
import { expectation, jsonSchema, publishedSchema, schemaAt } from "../../src/files/json_schema.ts";

const PART = z.strictObject({ n: z.int().min(2) }).readonly().meta({ id: "Part" });
const SCHEMA = z.object({
  parts: z.array(PART).min(1).readonly(),
  pair: z.tuple([z.string(), z.number().min(0).max(1).nullable()]),
  kind: z.enum(["a", "b"]).nullable(),
  any: z.custom<number>(),
}).catchall(z.boolean());

Deno.test("a published schema says what it is, and nothing of how values are kept in memory", () => {
  const head = { $id: "urn:x", title: "X", description: "An x." };
  const published = publishedSchema(SCHEMA, head);
  assertEquals(Object.keys(published).slice(0, 4), ["$schema", "$id", "title", "description"]);
  assertEquals(published.$defs, {
    Part: {
      type: "object",
      properties: { n: { type: "integer", minimum: 2 } },
      required: ["n"],
      additionalProperties: false,
    },
  });
  assertEquals(published.properties!.parts, { type: "array", minItems: 1, items: { $ref: "#/$defs/Part" } });
});

Deno.test("what stands at a path is found, through references, lists and other keys", () => {
  const root = jsonSchema(SCHEMA);
  const at = (...path: PropertyKey[]) => expectation(schemaAt(root, path), root);
  assertEquals(at(), "object");
  assertEquals(at("parts"), "list of at least 1");
  assertEquals(at("parts", 4, "n"), "integer ≥ 2");
  assertEquals(at("pair"), "list of 2");
  assertEquals(at("pair", 1), "number in [0, 1] or null");
  assertEquals(at("kind"), 'one of "a", "b" or null');
  assertEquals(at("other"), "boolean");
  assertEquals(at("any", "deep"), "any value");
});
