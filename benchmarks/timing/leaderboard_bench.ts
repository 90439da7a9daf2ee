/**
 * How the time of a leaderboard grows with the results that it is made of: `deno task bench:timing --filter leaderboard`.
 * Files are made up in a temporary folder. Known ones were checked before; benchmarks/README.md has a table.
 *
 * @module
 */
import { buildLeaderboard, serializeLeaderboard } from "../../src/leaderboard/leaderboard.ts";
import { leaderboardMarkdown } from "../../src/leaderboard/markdown.ts";
import { readCandidates } from "../../src/result/candidates.ts";
import { CheckedFiles } from "../../src/result/checked_files.ts";
import { ResultReader } from "../../src/result/reader.ts";
import { writeMadeUpResults } from "./made_up_results.ts";

/** Where `bench:timing` may write. */
const PLACE = ".cache";
const FILES = [125, 500, 2000];
/** Checking takes so long that few files tell as much. */
const MOST_CHECKED = 125;

Deno.mkdirSync(PLACE, { recursive: true });
const folders = new Map(
  FILES.map((files) => [files, Deno.makeTempDirSync({ dir: PLACE, prefix: "made-up-results-" })]),
);
addEventListener("unload", () => folders.forEach((folder) => Deno.removeSync(folder, { recursive: true })));

function makeLeaderboard(folder: string, checked: CheckedFiles): void {
  const { results } = readCandidates(folder, { reader: new ResultReader(checked) });
  const leaderboard = buildLeaderboard(results, folder);
  serializeLeaderboard(leaderboard);
  leaderboardMarkdown(leaderboard);
}

for (const [files, folder] of folders) {
  writeMadeUpResults(`${folder}/v2`, files);
  if (files <= MOST_CHECKED) {
    Deno.bench(`leaderboard of ${files} results, checked`, { group: "leaderboard", n: 1, warmup: 0 }, () => {
      makeLeaderboard(folder, new CheckedFiles());
    });
  }
  const known = new CheckedFiles();
  // Checking all of them first would take minutes.
  known.has = () => true;
  Deno.bench(`leaderboard of ${files} results, known`, { group: "leaderboard", n: 1, warmup: 0 }, () => {
    makeLeaderboard(folder, known);
  });
}
