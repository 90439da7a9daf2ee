import { assertEquals } from "@std/assert";
import { z } from "zod";
import { fieldTables } from "../../src/files/field_table.ts";

const PART = z.strictObject({ n: z.int().min(2).describe("how many") }).meta({ id: "Part", description: "A part" });
const SCHEMA = z.strictObject({
  kind: z.enum(["a", "b"]).nullable().describe("which"),
  inner: z.strictObject({ hash: z.string().regex(/^[0-9a-f]$/).describe("of `it`") }).exactOptional(),
  parts: z.array(PART),
  byK: z.record(z.string(), PART),
});

Deno.test("every field has a row, and every part with a name a table", () => {
  assertEquals(
    fieldTables(SCHEMA),
    `| field |  |  |
| :-- | :-- | :-- |
| \`kind\` | a, b or null | which |
| \`inner\` | an object, may be absent |  |
| \`inner.hash\` | text | of \`it\` |
| \`parts\` | a list, each [Part](#part) |  |
| \`byK\` | an object, each value [Part](#part) |  |

### Part

A part.

| field |  |  |
| :-- | :-- | :-- |
| \`n\` | an integer of at least 2 | how many |`,
  );
});
