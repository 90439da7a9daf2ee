import { assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { choicesOf, discriminator, publishedSchema, schemaNode, schemaParts } from "../../src/files/json_schema.ts";

const PART = z.strictObject({ n: z.int().min(2) }).readonly().meta({ id: "Part", description: "a part" });
const SCHEMA = z.object({
  parts: z.array(PART).min(1).readonly(),
  first: PART.nullable().describe("or none"),
  pair: z.tuple([z.string(), z.number().min(0).max(1).nullable()]),
  kind: z.enum(["a", "b"]).nullable(),
  byK: z.record(z.string().regex(/^k/), PART),
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
      description: "a part",
    },
  });
  assertEquals(published.properties!.parts, { type: "array", minItems: 1, items: { $ref: "#/$defs/Part" } });
});

Deno.test("a tree follows references, keeps their names, and knows what may be null", () => {
  const { properties, additionalProperties } = schemaNode(SCHEMA);
  const n = { type: "integer", minimum: 2 };
  const part = { type: "object", properties: { n }, required: ["n"], description: "a part", name: "Part" };
  assertEquals(properties!.parts, { type: "array", minItems: 1, items: part });
  assertEquals(properties!.first, { ...part, description: "or none", nullable: true });
  assertEquals(properties!.pair, {
    type: "array",
    prefixItems: [{ type: "string" }, { type: "number", minimum: 0, maximum: 1, nullable: true }],
    minItems: 2,
    maxItems: 2,
  });
  assertEquals(properties!.kind, { type: "string", enum: ["a", "b"], nullable: true });
  assertEquals(properties!.byK, {
    type: "object",
    propertyNames: { type: "string", pattern: "^k" },
    additionalProperties: part,
  });
  assertEquals(properties!.any, {});
  assertEquals(additionalProperties, { type: "boolean" });
  assertEquals([...schemaParts(SCHEMA)], [["Part", part]]);
  assertThrows(() => schemaNode(z.union([z.string(), z.number()])), Error, "no key tells apart");
});

Deno.test("alternatives are told apart by one key", () => {
  const node = schemaNode(z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("a"), size: z.int() }),
    z.strictObject({ kind: z.literal("b") }),
  ]));
  assertEquals(discriminator(node.oneOf!), ["kind", ["a", "b"]]);
  assertEquals(choicesOf(node), []);
  assertEquals(choicesOf(node.oneOf![1].properties!.kind), ["b"]);
});
