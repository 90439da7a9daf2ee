import { assert, assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { BenchError } from "../../src/errors.ts";
import { schemaNode, schemaParts } from "../../src/files/json_schema.ts";
import { hasTypes, typeDeclaration, withTypes } from "../../src/files/type_text.ts";

const PART = z.tuple([z.string().describe("answer"), z.int().describe("count")]).readonly().meta({ id: "Part" });
const SCHEMA = z.object({
  version: z.literal(1).describe("of the schema"),
  parts: z.array(PART).exactOptional(),
  inner: z.strictObject({ choice: z.enum(["a", "b"]).nullable(), many: z.array(z.int().nullable()) }),
  config: z.record(z.string(), z.custom<number>()),
  byK: z.record(z.string(), PART),
}).catchall(z.number());

Deno.test("a schema is an interface with the descriptions as its comments", () => {
  assertEquals(
    typeDeclaration("Whole", { ...schemaNode(SCHEMA), description: "all of it" }),
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
  const description = "word ".repeat(30).trim();
  assertEquals(
    typeDeclaration("Part", { ...schemaParts(SCHEMA).get("Part")!, description }),
    `/**
 * W${description.slice(1, 114)}
 * ${"word ".repeat(7).trim()}.
 */
export type Part = readonly [answer: string, count: number];
`,
  );
});

const UNION = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("circle").describe("round") }).readonly(),
  z.strictObject({ kind: z.literal("square"), side: z.number().positive().describe("a, its length") }).readonly(),
]);

Deno.test("alternatives stand under what tells them apart, named ones in a line", () => {
  assertEquals(
    typeDeclaration("Shape", { ...schemaNode(UNION), description: "a shape" }),
    `/** A shape. */
export type Shape =
  /** Round. */
  | { readonly kind: "circle" }
  | {
    readonly kind: "square";
    /** a, its length (a number above 0). */
    readonly side: number;
  };
`,
  );
  const named = z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("a") }).meta({ id: "First" }),
    z.strictObject({ kind: z.literal("b") }).meta({ id: "Second" }),
  ]);
  assertEquals(typeDeclaration("Either", schemaNode(named)), "export type Either = First | Second;\n");
  // A line of 120 columns stays, one of 121 is broken: what `deno fmt` does.
  const [first, second] = ["F".repeat(47), "S".repeat(48)];
  const either = (...names: [string, string]) =>
    typeDeclaration(
      "Either",
      schemaNode(z.discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("a") }).meta({ id: names[0] }),
        z.strictObject({ kind: z.literal("b") }).meta({ id: names[1] }),
      ])),
    );
  assertEquals(either(first, second), `export type Either = ${first} | ${second};\n`);
  assertEquals(either(`${first}F`, second), `export type Either =\n  | ${first}F\n  | ${second};\n`);
  assertEquals(
    typeDeclaration("Settings", schemaNode(z.strictObject({ mode: z.enum([first, second]) }))).split("\n").slice(1, -2),
    [`  readonly mode: "${first}" | "${second}";`],
  );
  assertEquals(
    typeDeclaration("Settings", schemaNode(z.strictObject({ modes: z.enum([first, second, "a"]) }))).split("\n").slice(
      1,
      -2,
    ),
    ["  readonly modes:", `    | "${first}"`, `    | "${second}"`, '    | "a";'],
  );
});

Deno.test("what a type cannot say stands in its comment: range, default, what absence means", () => {
  const schema = z.strictObject({
    size: z.int().min(3).describe("of a group"),
    shape: UNION.exactOptional().describe("how it looks").meta({ absent: "round" }),
    rule: z.enum(["a", "b"]).exactOptional().describe("which").meta({ default: "a" }),
    name: z.string().meta({ expected: "a word" }).describe("its name"),
    share: z.number().nullable().describe("of all"),
  });
  const { required: _, ...open } = schemaNode(schema);
  assertEquals(
    typeDeclaration("Settings", schemaNode(schema)),
    `export interface Settings {
  /** Of a group (an integer of at least 3). */
  readonly size: number;
  /** How it looks (absent: round). */
  readonly shape?:
    /** Round. */
    | { readonly kind: "circle" }
    | {
      readonly kind: "square";
      /** a, its length (a number above 0). */
      readonly side: number;
    };
  /** Which (default "a"). */
  readonly rule?: "a" | "b";
  /** Its name (a word). */
  readonly name: string;
  /** Of all. */
  readonly share: number | null;
}
`,
  );
  const filled = typeDeclaration("Filled", { ...open, required: Object.keys(open.properties!) });
  assertEquals(filled.match(/absent|default/), null);
});

Deno.test("types between the marks of a source are renewed for the names it gives, the rest stays", () => {
  const marks = ["// Types written from the schemas of this file by `deno task schemas`.", "// End of written types."];
  const source = (types: string) =>
    `import a;\n\n${marks[0]}\n${types}${marks[1]}\n\nz.int().meta({ id: "B" });\nz.string().meta({ id: "A" });\n`;
  const parts = new Map([["A", { type: "string" }], ["B", { type: "integer" }], ["C", { type: "string" }]]);
  const renewed = source("export type B = number;\n\nexport type A = string;\n");
  assert(hasTypes(source("")));
  assertEquals(withTypes(source(""), parts, "a.ts"), renewed);
  assertEquals(withTypes(source("type D = 3;\n"), parts, "a.ts"), renewed);
  assert(!hasTypes("const b = 1;\n"));
  assertThrows(() => withTypes("const b = 1;\n", parts, "a.ts"), BenchError, "Cannot renew a.ts: expected // Types");
  assertThrows(() => withTypes(source(""), new Map(), "a.ts"), Error, "Cannot write the type B of a.ts");
});
