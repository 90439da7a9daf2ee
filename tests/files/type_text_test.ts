import { assertEquals } from "@std/assert";
import { z } from "zod";
import { jsonSchema } from "../../src/files/json_schema.ts";
import { typeDeclaration } from "../../src/files/type_text.ts";

const PART = z.tuple([z.string().describe("answer"), z.int().describe("count")]).readonly().meta({ id: "Part" });
const SCHEMA = z.object({
  version: z.literal(1).describe("of the schema"),
  parts: z.array(PART).exactOptional(),
  inner: z.strictObject({ choice: z.enum(["a", "b"]).nullable(), many: z.array(z.int().nullable()) }),
  config: z.record(z.string(), z.custom<number>()),
  byK: z.record(z.string(), PART),
}).catchall(z.number());

Deno.test("a schema is an interface with the descriptions as its comments", () => {
  const root = jsonSchema(SCHEMA);
  assertEquals(
    typeDeclaration("Whole", { ...root, description: "all of it" }),
    `/** All of it. */
export interface Whole {
  /** Of the schema. */
  readonly version: 1;
  readonly parts?: readonly Part[];
  readonly inner: {
    readonly choice: "a" | "b" | null;
    readonly many: readonly (number | null)[];
  };
  readonly config: JsonObject;
  readonly byK: Readonly<Record<string, Part>>;
  /** Others by name. */
  readonly [name: string]: number;
}
`,
  );
});

Deno.test("what is no object is a type, and long descriptions are wrapped", () => {
  const root = jsonSchema(SCHEMA);
  const description = "word ".repeat(30).trim();
  assertEquals(
    typeDeclaration("Part", { ...root.$defs!.Part, description }),
    `/**
 * W${description.slice(1, 114)}
 * ${"word ".repeat(7).trim()}.
 */
export type Part = readonly [answer: string, count: number];
`,
  );
});
