/**
 * `leaderboard`: results/ -> leaderboard.json, LEADERBOARD.md and the block in README.md; exports for others.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import { exportResults } from "./export_results.ts";
import type { LeaderboardArguments } from "./descriptions/results.ts";
import { BenchError, UsageError } from "../errors.ts";
import { buildLeaderboard, serializeLeaderboard, validateLeaderboard } from "../leaderboard/leaderboard.ts";
import { leaderboardBlock, leaderboardMarkdown, replaceBlock } from "../leaderboard/markdown.ts";
import { isPresent } from "../files/read.ts";
import { readCandidates } from "../result/candidates.ts";
import { chooseResults, type LeftOutReason, leftOutText } from "../result/choice.ts";
import type { ExperimentConfig } from "../experiment/config.ts";
import { CHECKPOINT_EXPERIMENT } from "../experiment/checkpoint_experiment.ts";
import { runAgain, runCheckpointAgain, writtenName } from "../experiment/run_again.ts";
import { type Reading, whileReading } from "./reading.ts";
import { experimentFile, experimentNames, loadExperiment } from "./experiment_arguments.ts";
import type { Result } from "../result/types.ts";
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
    if (positionals.length !== 1) {
      throw new UsageError(`Cannot export to ${positionals.length} folders: expected --export ${flags.export} DIR`);
    }
    const places = { ...reading, runs: flags.runs ?? DEFAULT_RUNS, folder: positionals[0] };
    await exportResults(counted.map(({ result }) => result), flags.export, places, (result) => runAgain([result]));
    return EXIT.ok;
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
    if (written === undefined) return undefined;
    const line = written.config.name === CHECKPOINT_EXPERIMENT
      ? runCheckpointAgain(results, written.config)
      : runAgain(results, written.config, written.file);
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

function readText(path: string): string | undefined {
  return isPresent(path) ? Deno.readTextFileSync(path) : undefined;
}
