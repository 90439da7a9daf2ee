/**
 * Renews what the schemas give: the JSON Schemas of this folder, the tables of fields in results/README.md, the types.
 *
 * @module
 */
import { FIELDS_README, publishedFiles } from "../../src/leaderboard/published_files.ts";

for (const { path, text } of publishedFiles(Deno.readTextFileSync(FIELDS_README))) Deno.writeTextFileSync(path, text);
