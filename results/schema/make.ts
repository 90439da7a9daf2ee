/**
 * The command `schemas`: renews the JSON Schemas of this folder, the tables of fields in results/README.md, the types.
 *
 * @module
 */
import { FIELDS_README, publishedFiles } from "../../src/leaderboard/published_files.ts";

/** Writes the files. */
export function run(): number {
  for (const { path, text } of publishedFiles(Deno.readTextFileSync(FIELDS_README))) Deno.writeTextFileSync(path, text);
  return 0;
}
