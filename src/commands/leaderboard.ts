/**
 * `leaderboard`: results/ -> leaderboard.json, LEADERBOARD.md and the block in README.md; exports for others.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { LeaderboardArguments } from "./descriptions/results.ts";
import { BenchError, UsageError } from "../errors.ts";
import { type ExportName, EXPORTS } from "../exports/formats.ts";
import { buildLeaderboard, isShown, serializeLeaderboard, validateLeaderboard } from "../leaderboard/leaderboard.ts";
import { leaderboardBlock, leaderboardMarkdown, replaceBlock } from "../leaderboard/markdown.ts";
import { countText } from "../text/numbers.ts";
import { isPresent } from "../files/read.ts";
import { readAllResults } from "../result/store.ts";
import type { Result } from "../result/types.ts";
import type { ExportFile } from "../exports/export_file.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";

const DEFAULT_RESULTS = "results";
const HIDDEN = "smoke runs, runs of uncommitted code or failed ones; --smoke shows the first two";

/** @returns the exit code */
export async function run({ positionals, flags }: LeaderboardArguments): Promise<number> {
  const folder = flags.results ?? DEFAULT_RESULTS;
  const results = readAllResults(folder);
  const all = flags.smoke === true;
  if (flags.export !== undefined) {
    const shown = results.filter(({ result }) => all ? result.status !== "failed" : isShown(result));
    return exportResults(shown.map(({ result }) => result), flags.export, positionals);
  }
  if (positionals.length > 0) {
    throw new UsageError(`Cannot use ${JSON.stringify(positionals[0])}: a folder is for --export only`);
  }
  const leaderboard = buildLeaderboard(results, folder, { all });
  validateLeaderboard(JSON.parse(serializeLeaderboard(leaderboard)), "the leaderboard");
  const files = [
    { path: `${folder}/leaderboard.json`, text: serializeLeaderboard(leaderboard) },
    { path: `${folder}/LEADERBOARD.md`, text: leaderboardMarkdown(leaderboard) },
    // Results elsewhere are not what the repository's README shows.
    ...(folder === DEFAULT_RESULTS || flags.readme !== undefined
      ? readmeFile(flags.readme ?? "README.md", leaderboardBlock(leaderboard), flags.readme !== undefined)
      : []),
  ];
  if (flags.json) console.log(files[0].text.trimEnd());
  const hidden = results.filter(({ result }) => all ? result.status === "failed" : !isShown(result)).length;
  if (hidden > 0) {
    console.error(`left out: ${hidden} of ${results.length} result files, ${all ? "failed" : HIDDEN}`);
  }
  return flags.check ? check(files) : writeAll(files);
}

interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** README.md with its block renewed; nothing where it is absent or has no markers, unless it was asked for by name. */
function readmeFile(path: string, block: string, demanded: boolean): TextFile[] {
  const document = readText(path);
  const text = document === undefined ? undefined : replaceBlock(document, block, path);
  if (text !== undefined) return [{ path, text }];
  if (!demanded) return [];
  throw new BenchError(
    `Cannot write the leaderboard into ${path}: ${
      document === undefined ? "there is no such file" : "it has no markers"
    }`,
  );
}

function writeAll(files: readonly TextFile[]): number {
  for (const { path, text } of files) {
    if (readText(path) === text) continue;
    const slash = path.lastIndexOf("/");
    if (slash > 0) makeFolder(path.slice(0, slash));
    writeFileAtomically(path, text);
    console.error(`wrote ${path}`);
  }
  return EXIT.ok;
}

function check(files: readonly TextFile[]): number {
  const stale = files.filter(({ path, text }) => readText(path) !== text).map(({ path }) => path);
  if (stale.length > 0) {
    throw new BenchError(
      `Cannot vouch for ${stale.join(", ")}: not what the result files give; run deno task leaderboard and commit`,
    );
  }
  console.error("the leaderboard is up to date");
  return EXIT.ok;
}

async function exportResults(
  results: readonly Result[],
  name: ExportName,
  positionals: readonly string[],
): Promise<number> {
  if (positionals.length !== 1) {
    throw new UsageError(`Cannot export to ${positionals.length} folders: expected --export ${name} DIR`);
  }
  const write = await EXPORTS[name]();
  const files: ExportFile[] = write(results);
  if (files.length === 0) {
    throw new BenchError(
      `Cannot export ${name}: found ${countText(results.length, "result")} that count, ` +
        (results.length > 0
          ? "none that the format has a place for (results/README.md)"
          : "expected at least one; --smoke takes the others too"),
    );
  }
  writeAll(files.map(({ path, text }) => ({ path: `${positionals[0]}/${path}`, text })));
  return EXIT.ok;
}

function readText(path: string): string | undefined {
  return isPresent(path) ? Deno.readTextFileSync(path) : undefined;
}
