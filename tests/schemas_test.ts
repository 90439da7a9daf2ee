import { assertEquals } from "@std/assert";
import { SCHEMA_FILES } from "../results/schema/make.ts";

for (const { path, renewed } of SCHEMA_FILES) {
  Deno.test(`${path} is what the schemas give`, () => {
    const text = Deno.readTextFileSync(path);
    assertEquals(text, renewed(text), `${path} is stale: run deno task schemas, and commit what it writes`);
  });
}
