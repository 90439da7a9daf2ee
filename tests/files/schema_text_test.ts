import { assertEquals } from "@std/assert";
import { z } from "zod";
import { schemaNode } from "../../src/files/json_schema.ts";
import { alternatives, expectedText } from "../../src/files/schema_text.ts";

const TEXTS: [z.ZodType, string][] = [
  [z.number(), "a number"],
  [z.number().positive(), "a number above 0"],
  [z.number().min(0).lt(1), "a number in [0, 1)"],
  [z.number().max(3), "a number of at most 3"],
  [z.number().lt(3), "a number below 3"],
  [z.int(), "an integer"],
  [z.int().min(2), "an integer of at least 2"],
  [z.int().min(2).exactOptional(), "an integer of at least 2"],
  [z.string(), "text"],
  [z.string().min(1), "text that is not empty"],
  [z.boolean(), "true or false"],
  [z.array(z.int()).min(2).readonly(), "a list of at least 2"],
  [z.enum(["a", "b", "c"]), '"a", "b" or "c"'],
  [z.literal("a"), '"a"'],
  [z.strictObject({ a: z.int(), b: z.int().exactOptional() }), "an object with a"],
  [z.strictObject({}), "an object"],
  [z.tuple([z.int(), z.int(), z.int()]), "a list of 3"],
  [z.string().regex(/^[0-9a-f]+$/), "text like ^[0-9a-f]+$"],
  [z.number().min(0).max(1).nullable(), "a number in [0, 1] or null"],
  [z.enum(["a", "b"]).nullable(), '"a", "b" or null'],
  [
    z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("a"), size: z.int() }),
      z.strictObject({ kind: z.literal("b") }),
    ]),
    'an object whose kind is "a" or "b"',
  ],
  [z.unknown(), "another value"],
  [z.string().meta({ expected: "a word" }), "a word"],
];
for (const [schema, text] of TEXTS) {
  Deno.test(`a schema in words: ${text}`, () => assertEquals(expectedText(schemaNode(schema)), text));
}

Deno.test("words are joined as in a sentence", () => {
  assertEquals([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(alternatives), ["", "a", "a or b", "a, b or c"]);
});
