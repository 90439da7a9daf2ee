import { assertEquals } from "@std/assert";
import { FIELDS_README, publishedFiles } from "../../src/leaderboard/published_files.ts";

Deno.test("JSON Schemas, tables of fields and types are what the schemas give", () => {
  for (const { path, text } of publishedFiles(Deno.readTextFileSync(FIELDS_README))) {
    assertEquals(
      Deno.readTextFileSync(path),
      text,
      `${path} is stale: run deno task schemas, and commit what it writes`,
    );
  }
});
