import { assertEquals } from "@std/assert";
import { z } from "zod";
import { fieldTables } from "../../src/files/field_table.ts";
import { jsonSchema } from "../../src/files/json_schema.ts";

const PART = z.strictObject({ n: z.int().min(2).describe("how many") }).meta({ id: "Part", description: "A part" });
const SCHEMA = z.strictObject({
  kind: z.enum(["a", "b"]).nullable().describe("which"),
  inner: z.strictObject({ hash: z.string().regex(/^[0-9a-f]$/).describe("of `it`") }).exactOptional(),
  parts: z.array(PART),
  byK: z.record(z.string(), PART),
});

Deno.test("every field has a row, and every part with a name a table", () => {
  assertEquals(
    fieldTables(jsonSchema(SCHEMA)),
    `| field |  |  |
| :-- | :-- | :-- |
| \`kind\` | one of a, b or null | which |
| \`inner\` | object, may be absent |  |
| \`inner.hash\` | text | of \`it\` |
| \`parts\` | list of [Part](#part) |  |
| \`byK\` | object of [Part](#part) |  |

### Part

A part.

| field |  |  |
| :-- | :-- | :-- |
| \`n\` | integer ≥ 2 | how many |`,
  );
});
