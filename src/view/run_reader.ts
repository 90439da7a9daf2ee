/**
 * What a run folder shows while somebody else works in it. Nothing of it is trusted: no link is followed, sizes have a
 * limit, and what is damaged or half written is left out.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { BenchError } from "../errors.ts";
import { type ProgressState } from "../experiment/experiment_progress.ts";
import { PROGRESS_FILE, readProgress } from "../experiment/progress_file.ts";
import { type ArmRun, armRuns, checkResolved, type ResolvedExperimentConfig } from "../experiment/resolve.ts";
import { isRunning } from "../experiment/run_folder.ts";
import { datasetFileName, fileLabel } from "../experiment/run_paths.ts";
import { parseJsonRecord } from "../files/read.ts";
import { isWithheld } from "../datasets/registry.ts";
import { readResult } from "../result/store.ts";
import type { Result } from "../result/types.ts";
import type { CurvePoint } from "../training/curve.ts";

/** A run folder as it stands. */
export interface WatchedRun {
  /** Name of the folder. */
  readonly name: string;
  readonly config: ResolvedExperimentConfig;
  readonly working: boolean;
  /** Absent in a folder of an earlier version, and after `train` alone. */
  readonly progress?: ProgressState;
  /** Milliseconds since 1970 of the last change of anything that was looked at. */
  readonly changedAt: number;
}

/** The curve of a training so far. */
export interface WatchedCurve {
  readonly run: ArmRun;
  readonly points: readonly CurvePoint[];
}

/** A sample that was graded last. */
export interface WatchedSample {
  /** Of whose evaluation, as its folder is called without the hash. */
  readonly evaluation: string;
  readonly dataset: string;
  readonly problem: string;
  readonly sample: number;
  readonly text: string;
  readonly answer: string | null;
  readonly correct: boolean;
  readonly tokens: number;
  readonly finish: "stop" | "length";
}

/** More bytes are nothing that this program writes. */
const MOST_CONFIG_BYTES = 16 << 20, MOST_PROGRESS_BYTES = 16 << 20, MOST_CURVE_BYTES = 64 << 20;
/** Read from the end of a file of samples. */
const TAIL_BYTES = 1 << 17;
/** Hash digits at the end of names of folders, and their hyphen. */
const HASH_ENDING = /-[0-9a-f]{8}$/;

const POINT = z.object({ step: z.int().min(1), reward: z.number() }).catchall(z.number());
const SAMPLE = z.object({
  problem: z.string(),
  sample: z.int().min(0),
  text: z.string(),
  answer: z.string().nullable(),
  correct: z.boolean(),
  tokens: z.int().min(0),
  finish: z.enum(["stop", "length"]),
});

/** Names of the run folders below a folder, the one that changed last first. */
export function runFolderNames(runs: string): string[] {
  return entries(runs).filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => ({ name, time: changeOf(`${runs}/${name}`) }))
    .filter(({ time }) => time > 0)
    .sort((a, b) => b.time - a.time || (a.name < b.name ? -1 : 1))
    .map(({ name }) => name);
}

/** A run folder as it stands. @throws {BenchError} If its configuration cannot be read */
export function watchRun(runs: string, name: string): WatchedRun {
  const folder = `${runs}/${name}`;
  const path = `${folder}/config.json`;
  const text = readSmall(path, MOST_CONFIG_BYTES);
  if (text === undefined) throw new BenchError(`Cannot view ${folder}: it has no config.json, or too large a one`);
  const config = checkResolved(parseJsonRecord(text, path), path);
  const progress = readSmall(`${folder}/${PROGRESS_FILE}`, MOST_PROGRESS_BYTES) === undefined
    ? undefined
    : readProgress(folder);
  return {
    name,
    config,
    working: isFile(`${folder}/lock`) && isRunning(folder),
    // Of an earlier session with other arms.
    ...(progress?.runs.length === armRuns(config).length && { progress }),
    changedAt: changeOf(folder),
  };
}

/** The curves of a run folder, in the order of its runs; of those that have steps. */
export function watchCurves(runs: string, { name, config }: WatchedRun): WatchedCurve[] {
  return armRuns(config).flatMap((run) => {
    const text = readSmall(metricsPath(`${runs}/${name}`, run), MOST_CURVE_BYTES);
    const points = wholeLines(text ?? "").flatMap((line) => parsed(POINT, line) as CurvePoint ?? []);
    return points.length === 0 ? [] : [{ run, points }];
  });
}

/** Changes whenever a curve of a run folder does. */
export function curvesState(runs: string, { name, config }: WatchedRun): string {
  return armRuns(config).map((run) => {
    const found = stat(metricsPath(`${runs}/${name}`, run));
    return `${found?.size} ${found?.mtime?.getTime()}`;
  }).join();
}

/** The samples that were graded last, the latest first; of datasets that may be shown. */
export function watchSamples(runs: string, { name, config }: WatchedRun, most: number): WatchedSample[] {
  const names = new Map(config.datasets.map((dataset) => [datasetFileName(dataset), dataset]));
  const samples = `${runs}/${name}/samples`;
  const latest = entries(samples).filter(({ isDirectory }) => isDirectory)
    .flatMap(({ name: evaluation }) =>
      entries(`${samples}/${evaluation}`).map((entry) => ({
        path: `${samples}/${evaluation}/${entry.name}`,
        evaluation: evaluation.replace(HASH_ENDING, ""),
        dataset: names.get(entry.name),
      }))
    )
    .flatMap((file) => {
      const found = stat(file.path);
      return file.dataset === undefined || found === undefined || isWithheld(file.dataset)
        ? []
        : [{ ...file, dataset: file.dataset, time: found.mtime?.getTime() ?? 0 }];
    })
    .reduce<{ path: string; evaluation: string; dataset: string; time: number } | undefined>(
      (best, file) => best === undefined || file.time > best.time ? file : best,
      undefined,
    );
  if (latest === undefined) return [];
  const { path, evaluation, dataset } = latest;
  return tailLines(path).slice(-most).reverse()
    .flatMap((line) => parsed(SAMPLE, line) ?? [])
    .map((sample) => ({ evaluation, dataset, ...sample }));
}

/** The results that a run folder holds. @throws {BenchError} If one of them is not valid */
export function watchResults(runs: string, name: string): Result[] {
  return ["results", "results/out-of-domain"].flatMap((folder) =>
    entries(`${runs}/${name}/${folder}`).filter((entry) => entry.isFile && entry.name.endsWith(".json"))
      .map((entry) => readResult(`${runs}/${name}/${folder}/${entry.name}`))
  );
}

function metricsPath(folder: string, run: ArmRun): string {
  return `${folder}/metrics/${fileLabel(run)}.jsonl`;
}

/** The time of the last change of what tells how far a run is; 0 where there is nothing of it. */
function changeOf(folder: string): number {
  const times = ["config.json", PROGRESS_FILE].map((name) => stat(`${folder}/${name}`)?.mtime?.getTime() ?? 0);
  return Math.max(...times);
}

function entries(folder: string): Deno.DirEntry[] {
  try {
    return Deno.lstatSync(folder).isDirectory ? [...Deno.readDirSync(folder)] : [];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** A regular file's facts; undefined where there is none of this name. */
function stat(path: string): Deno.FileInfo | undefined {
  try {
    const found = Deno.lstatSync(path);
    return found.isFile ? found : undefined;
  } catch (error) {
    // The second where a part of the path is a file.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

function isFile(path: string): boolean {
  return stat(path) !== undefined;
}

function readSmall(path: string, most: number): string | undefined {
  const found = stat(path);
  return found === undefined || found.size > most ? undefined : Deno.readTextFileSync(path);
}

/** The last whole lines of a file, without the first of those that were read, which may lack its beginning. */
function tailLines(path: string): string[] {
  using file = Deno.openSync(path);
  const size = file.statSync().size;
  const from = Math.max(0, size - TAIL_BYTES);
  file.seekSync(from, Deno.SeekMode.Start);
  const bytes = new Uint8Array(size - from);
  let filled = 0;
  for (let count = file.readSync(bytes); count !== null && count > 0; count = file.readSync(bytes.subarray(filled))) {
    filled += count;
  }
  const lines = wholeLines(new TextDecoder().decode(bytes.subarray(0, filled)));
  return from === 0 ? lines : lines.slice(1);
}

/** Without what follows the last line break. */
function wholeLines(text: string): string[] {
  return text.split("\n").slice(0, -1);
}

function parsed<T>(schema: z.ZodType<T>, line: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
