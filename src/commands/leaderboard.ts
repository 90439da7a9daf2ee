/**
 * `leaderboard`: results/ -> leaderboard.json, LEADERBOARD.md and the block in README.md; exports for others.
 *
 * @module
 */
import { dirname } from "node:path";
import { EXIT } from "./command.ts";
import type { LeaderboardArguments } from "./descriptions/results.ts";
import { BenchError, UsageError } from "../errors.ts";
import { type ExportName, EXPORTS } from "../exports/formats.ts";
import { isSampleExport, SAMPLE_EXPORTS, type SampleExportName } from "../exports/samples/formats.ts";
import { storedSamples } from "../exports/samples/stored_samples.ts";
import { isTracker, type TrackerName, TRACKERS } from "../exports/trackers/formats.ts";
import { trackResults } from "../exports/trackers/tracking.ts";
import { buildLeaderboard, serializeLeaderboard, validateLeaderboard } from "../leaderboard/leaderboard.ts";
import { leaderboardBlock, leaderboardMarkdown, replaceBlock } from "../leaderboard/markdown.ts";
import { countText } from "../text/numbers.ts";
import { isPresent } from "../files/read.ts";
import { readCandidates } from "../result/candidates.ts";
import { chooseResults, type LeftOutReason, leftOutText } from "../result/choice.ts";
import type { ExperimentConfig } from "../experiment/config.ts";
import { runAgain, writtenName } from "../experiment/run_again.ts";
import { type Reading, whileReading } from "./reading.ts";
import { experimentFile, experimentNames, loadExperiment } from "./experiment_arguments.ts";
import type { Result } from "../result/types.ts";
import type { ExportFile } from "../exports/export_file.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";

const DEFAULT_RESULTS = "results";
const DEFAULT_RUNS = "runs";
/** @returns the exit code */
export async function run(args: LeaderboardArguments): Promise<number> {
  return await whileReading((reading) => leaderboard(args, reading));
}

async function leaderboard({ positionals, flags }: LeaderboardArguments, reading: Reading): Promise<number> {
  const folder = flags.results ?? DEFAULT_RESULTS;
  const { experiments } = flags;
  const { results, leftOut: unread } = readCandidates(folder, { ...reading, experiments });
  const wanted = { smoke: flags.smoke === true, partial: flags.partial === true, experiments };
  const { counted, leftOut } = chooseResults(results, { ...wanted, published: true });
  const hidden = [...leftOut, ...unread];
  if (experiments !== undefined && counted.length === 0) {
    throw new BenchError(`Cannot show ${experiments.join(", ")}: ${folder} has no result of that name that counts`);
  }
  const runAgain = commandOf(await experimentsOf(counted.map(({ result }) => result)));
  if (flags.export !== undefined) {
    sayLeftOut(hidden);
    return await exportResults(counted.map(({ result }) => result), runAgain, flags.export, {
      runs: flags.runs ?? DEFAULT_RUNS,
      positionals,
    });
  }
  if (positionals.length > 0) {
    throw new UsageError(`Cannot use ${JSON.stringify(positionals[0])}: a folder is for --export only`);
  }
  const built = buildLeaderboard(results, folder, {
    ...wanted,
    runAgain: (own, path) => runAgain(own) ?? `deno task bench --verify ${path}`,
  });
  const json = serializeLeaderboard(built);
  validateLeaderboard(JSON.parse(json), "the leaderboard");
  const files = [
    { path: `${folder}/leaderboard.json`, text: json },
    { path: `${folder}/LEADERBOARD.md`, text: leaderboardMarkdown(built) },
    // Results elsewhere are not what the repository's README shows.
    ...(folder === DEFAULT_RESULTS || flags.readme !== undefined
      ? readmeFile(flags.readme ?? "README.md", leaderboardBlock(built), flags.readme !== undefined)
      : []),
  ];
  if (flags.json) console.log(files[0].text.trimEnd());
  sayLeftOut(hidden);
  return flags.check ? check(files) : writeAll(files);
}

function sayLeftOut(leftOut: readonly { readonly reason: LeftOutReason }[]): void {
  const text = leftOutText({ leftOut });
  if (text === undefined) return;
  const flags = [["smoke run", "--smoke"], ["uncommitted code", "--smoke"], ["trained on test problems", "--smoke"], [
    "part of a dataset",
    "--partial",
  ], ["ablation", "--experiments NAME"]] as const;
  const reasons = new Set(leftOut.map(({ reason }) => reason));
  const taking = [...new Set(flags.filter(([reason]) => reasons.has(reason)).map(([, flag]) => flag))];
  const hint = taking.length === 0 ? "" : `; ${taking.join(" and ")} take${taking.length === 1 ? "s" : ""} them too`;
  console.error(`left out: ${text}${hint}`);
}

/** An experiment of `benchmarks/`, and how the command line calls it. */
interface WrittenExperiment {
  readonly file: string;
  readonly config: ExperimentConfig;
}

/** Experiments of `benchmarks/` that these results are of, by their own names. */
async function experimentsOf(results: readonly Result[]): Promise<ReadonlyMap<string, WrittenExperiment>> {
  const known = new Set(experimentNames());
  const names = [...new Set(results.map(writtenName))].filter((name) => known.has(experimentFile(name)));
  const written = await Promise.all(names.map(async (name): Promise<WrittenExperiment> => {
    const file = experimentFile(name);
    return { file, config: await loadExperiment(file) };
  }));
  return new Map(written.map((own) => [own.config.name, own]));
}

/** The command line that runs results again; undefined where only their own files tell how. */
function commandOf(
  experiments: ReadonlyMap<string, WrittenExperiment>,
): (results: readonly Result[]) => string | undefined {
  return (results) => {
    const written = experiments.get(writtenName(results[0]));
    const line = written === undefined ? undefined : runAgain(results, written.config, written.file);
    return line === undefined ? undefined : `deno task ${line}`;
  };
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
  runAgain: (results: readonly Result[]) => string | undefined,
  name: ExportName | SampleExportName | TrackerName,
  { runs, positionals }: { readonly runs: string; readonly positionals: readonly string[] },
): Promise<number> {
  if (positionals.length !== 1) {
    throw new UsageError(`Cannot export to ${positionals.length} folders: expected --export ${name} DIR`);
  }
  if (isTracker(name)) {
    trackResults(results, await TRACKERS[name](), positionals[0]);
    console.error(`wrote ${countText(results.length, "result")} for ${name} into ${positionals[0]}`);
    return EXIT.ok;
  }
  if (isSampleExport(name)) return await exportSamples(results, runAgain, name, { runs, folder: positionals[0] });
  const write = await EXPORTS[name]();
  const files: ExportFile[] = write(results, (result) => runAgain([result]));
  if (files.length === 0) {
    throw new BenchError(
      `Cannot export ${name}: found ${countText(results.length, "result")} that count, ` +
        (results.length > 0
          ? "none that the format has a place for (results/README.md)"
          : "expected at least one; --smoke and --partial take others too"),
    );
  }
  writeAll(files.map(({ path, text }) => ({ path: `${positionals[0]}/${path}`, text })));
  return EXIT.ok;
}

async function exportSamples(
  results: readonly Result[],
  runAgain: (results: readonly Result[]) => string | undefined,
  name: SampleExportName,
  { runs, folder }: { readonly runs: string; readonly folder: string },
): Promise<number> {
  const write = await SAMPLE_EXPORTS[name]();
  let count = 0;
  for (const stored of storedSamples(runs, results)) {
    count++;
    for await (const { path, content } of write(stored, (result) => runAgain([result]))) {
      const target = `${folder}/${path}`;
      makeFolder(dirname(target));
      writeFileAtomically(target, content);
      console.error(`wrote ${target}`);
    }
  }
  if (count === 0) {
    throw new BenchError(
      `Cannot export ${name}: found samples of none of ${
        countText(results.length, "result")
      } that count in ${runs}/; ` +
        "--runs names where their runs are, --smoke and --partial take other results too",
    );
  }
  return EXIT.ok;
}

function readText(path: string): string | undefined {
  return isPresent(path) ? Deno.readTextFileSync(path) : undefined;
}
