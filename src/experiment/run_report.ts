/**
 * How far a run folder's work is, how much room it takes, and which of its files are not as they were written.
 *
 * @module
 */
import { basename } from "node:path";
import { countLines } from "../files/json_lines.ts";
import { isFolder, isPresent } from "../files/read.ts";
import { stepsSaved } from "../training/checkpoint.ts";
import {
  armFaults,
  type Look,
  resultFaults,
  resultFiles,
  type RunFault,
  sampleFaults,
  trainingFaults,
  type Work,
} from "./arm_faults.ts";
import { type ArmRun, armRuns, armTraining } from "./resolve.ts";
import type { StoredRun } from "./stored_run.ts";

const ANY = /(?:)/;

/** Of so many, so many are done; `of` is absent where that is not known. */
export interface Share {
  readonly done: number;
  readonly of?: number;
}

/** How far the work of the last command is. */
export interface RunProgress {
  /** Training steps that are kept; while a process is at work, those that it has done. */
  readonly steps: Share;
  readonly samples: Share;
  /** Whether every result is there. */
  readonly finished: boolean;
}

/** What lies in a folder. */
export interface FolderSize {
  readonly bytes: number;
  /** When a file changed last. */
  readonly changed: Date;
}

/** How far the work of the last command in a run folder is. */
export function runProgress(run: StoredRun): RunProgress {
  const work = workOf(run);
  if (work === undefined) return { steps: { done: 0 }, samples: { done: 0 }, finished: false };
  const { folder, config, datasets } = work;
  const runs = armRuns(config);
  const trained = runs.filter(({ arm }) => arm.objective !== undefined).map((own) => {
    const of = armTraining(config, own.arm).steps;
    const done = run.running
      ? countLines(folder.metricsFile(own)).lines
      : stepsSaved(folder.checkpoints(own)).at(-1) ?? 0;
    return { of, done: Math.min(of, done) };
  });
  const sampled = runs.flatMap((own) =>
    own.arm.evaluations.flatMap((evaluation) =>
      datasets.map(({ name, problems }) => {
        const of = problems * config.samples;
        return { of, done: Math.min(of, countLines(folder.samplesFile(own, evaluation, name)).lines) };
      })
    )
  );
  return {
    steps: together(trained),
    samples: together(sampled),
    finished: runs.flatMap((own) => resultFiles(work, own).flat()).every(isPresent),
  };
}

function together(parts: readonly { readonly done: number; readonly of: number }[]): Share {
  const sum = (key: "done" | "of") => parts.reduce((total, part) => total + part[key], 0);
  return { done: sum("done"), of: sum("of") };
}

/**
 * Every file of a run that is not as it was written: those of the last command's arms and seeds, and those of others that
 * lie there too.
 */
export async function runFaults(run: StoredRun, look: Look = {}): Promise<RunFault[]> {
  const faults = [...run.faults];
  const work = workOf(run);
  const runs = work === undefined ? [] : armRuns(work.config);
  for (const own of runs) faults.push(...await armFaults(work!, own, look));
  return [...faults, ...await strangers(run, work, runs, look)];
}

/** Files of arms and seeds that the last command did not take; whose samples they are is then not known. */
async function strangers(
  { folder }: StoredRun,
  work: Work | undefined,
  runs: readonly ArmRun[],
  look: Look,
): Promise<RunFault[]> {
  const known = new Set(runs.flatMap((own) => [
    folder.checkpoints(own),
    folder.metricsFile(own),
    folder.rolloutsFile(own),
    ...resultFiles(work!, own).flat(),
    ...own.arm.evaluations.flatMap((evaluation) =>
      work!.datasets.map(({ name }) => folder.samplesFile(own, evaluation, name))
    ),
  ]));
  const others = (path: string, ending: RegExp) =>
    entries(`${folder.path}/${path}`).filter((name) => ending.test(name))
      .map((name) => `${folder.path}/${path}/${name}`).filter((own) => !known.has(own));
  const faults: RunFault[] = [];
  const labels = new Set([
    ...others("checkpoints", ANY).map((path) => basename(path)),
    ...["metrics", "rollouts"].flatMap((folder) => others(folder, /\.jsonl$/))
      .map((path) => basename(path, ".jsonl")),
  ]);
  for (const label of labels) {
    const place = {
      checkpoints: `${folder.path}/checkpoints/${label}`,
      metrics: `${folder.path}/metrics/${label}.jsonl`,
      rollouts: `${folder.path}/rollouts/${label}.jsonl`,
      run: `${basename(folder.path)}/${label}`,
    };
    faults.push(...await trainingFaults(place, look));
  }
  for (const label of entries(`${folder.path}/samples`)) {
    for (const path of others(`samples/${label}`, /\.jsonl$/)) faults.push(...sampleFaults(path, look));
  }
  for (const results of ["results", "results/out-of-domain"]) {
    for (const path of others(results, /\.json$/)) faults.push(...resultFaults(path, look));
  }
  return faults;
}

function workOf({ folder, config, datasets }: StoredRun): Work | undefined {
  return config === undefined || datasets === undefined ? undefined : { folder, config, datasets };
}

function entries(folder: string): string[] {
  return isFolder(folder) ? [...Deno.readDirSync(folder)].map(({ name }) => name).sort() : [];
}

/** What a folder takes, and when something in it changed; links are not followed. */
export function folderSize(path: string): FolderSize {
  let [bytes, changed] = [0, 0];
  for (const { name, isDirectory } of Deno.readDirSync(path)) {
    const own = `${path}/${name}`;
    const { size, mtime } = Deno.lstatSync(own);
    const below = isDirectory ? folderSize(own) : { bytes: size, changed: mtime ?? new Date(0) };
    bytes += below.bytes;
    changed = Math.max(changed, below.changed.getTime());
  }
  return { bytes, changed: new Date(changed) };
}
