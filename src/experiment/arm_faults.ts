/**
 * Whether the work of an arm is all there and as it was written: its results, samples, training curve and checkpoints. What
 * is not is made again when the work is continued.
 *
 * @module
 */
import { type ArmRun, armTraining, type ResolvedExperimentConfig } from "./resolve.ts";
import { domainOf, type ProblemKind } from "../datasets/problem_kind.ts";
import { readChainedLines } from "../files/chained_lines.ts";
import { hashedFileFault, isWrittenWithHash } from "../files/hashed_file.ts";
import { countLines } from "../files/json_lines.ts";
import { isPresent, readBytesIfPresent } from "../files/read.ts";
import { checkpointFaults, curvePath, rolloutsIn, stepFolder, stepsSaved } from "../training/checkpoint.ts";
import { countText } from "../text/numbers.ts";
import type { RunPaths } from "./run_paths.ts";

/** A file of a run that is not as it was written. */
export interface RunFault {
  /** Its path, and what is wrong, in one line. */
  readonly fault: string;
  /** What the command that continues the run does about it. */
  readonly next: string;
}

/** How closely files are looked at. */
export interface Look {
  /** Whether they are read, each in whole, or only looked for (default true). */
  readonly contents?: boolean;
  /** Whether checkpoints before a whole one, which nothing reads as long as it is whole, are looked at too (default true). */
  readonly spares?: boolean;
}

/** A dataset as far as an experiment takes it. */
export interface TakenDataset {
  readonly name: string;
  /** Absent: mathematics. */
  readonly kind?: ProblemKind;
  /** Number of problems. */
  readonly problems: number;
}

/** What an experiment's arms leave, and where. */
export interface Work {
  readonly folder: RunPaths;
  readonly config: ResolvedExperimentConfig;
  readonly datasets: readonly TakenDataset[];
}

/** The results of an arm, in the order of its evaluations, of each those of all domains. */
export function resultFiles({ folder, datasets }: Pick<Work, "folder" | "datasets">, run: ArmRun): string[][] {
  const domains = [...new Set(datasets.map(({ kind }) => domainOf(kind)))];
  return run.arm.evaluations.map((evaluation) => domains.map((domain) => folder.resultFile(run, evaluation, domain)));
}

/** All of an arm's files that are not as they were written; of an arm that is finished those that are missing too. */
export async function armFaults(work: Work, run: ArmRun, look: Look = {}): Promise<RunFault[]> {
  const { folder, datasets, config } = work;
  const results = resultFiles(work, run).flat();
  const finished = results.every(isPresent);
  const faults = results.filter(isWrittenWithHash).flatMap((path) => resultFaults(path, look));
  for (const evaluation of run.arm.evaluations) {
    for (const { name, problems } of datasets) {
      const path = folder.samplesFile(run, evaluation, name);
      const owner = folder.samplesOwner(run, evaluation, name);
      faults.push(...sampleFaults(path, { owner, expected: problems * config.samples, finished, ...look }));
    }
  }
  if (run.arm.objective === undefined) return faults;
  const { steps } = armTraining(config, run.arm);
  const training = {
    checkpoints: folder.checkpoints(run),
    metrics: folder.metricsFile(run),
    rollouts: folder.rolloutsFile(run),
    run: folder.identityOf(run),
  };
  return [...faults, ...await trainingFaults(training, { steps, finished, ...look })];
}

/** A result that has changed. */
export function resultFaults(path: string, { contents = true }: Look): RunFault[] {
  const fault = contents ? hashedFileFault(path) : isPresent(path) ? undefined : `${path} is missing`;
  return fault === undefined ? [] : [{ fault, next: "it is written again from the samples" }];
}

/** How a file of samples is looked at. */
export interface SamplesLook extends Look {
  /** What its chain began from; absent where that is not known. */
  readonly owner?: string;
  /** Samples that there are when all are drawn; absent where that is not known. */
  readonly expected?: number;
  /** Whether all must be there. */
  readonly finished?: boolean;
}

/** Samples from the first on that has changed, or that are missing where all were drawn. */
export function sampleFaults(
  path: string,
  { owner, expected, finished = false, contents = true }: SamplesLook,
): RunFault[] {
  const wanted = expected ?? countLines(path).lines;
  const fromThere = (good: number) => drawnAgain(Math.max(1, wanted - good), " from there on");
  if (!isPresent(path)) {
    return finished ? [{ fault: `${path} is missing`, next: drawnAgain(wanted) }] : [];
  }
  if (!contents) {
    const { lines, torn } = countLines(path);
    if (torn) return [{ fault: `${path}:${lines + 1} is torn`, next: fromThere(lines) }];
    return finished ? fewer(path, lines, wanted) : [];
  }
  const { rows, fault } = readChainedLines(path, owner);
  if (fault !== undefined) return [{ fault, next: fromThere(rows.length) }];
  return finished ? fewer(path, rows.length, wanted) : [];
}

function fewer(path: string, found: number, expected: number): RunFault[] {
  if (found === expected) return [];
  return [{
    fault: `${path} has ${found} samples, expected ${expected}`,
    next: drawnAgain(Math.abs(expected - found)),
  }];
}

function drawnAgain(count: number, which = ""): string {
  return `${countText(count, "sample")}${which} ${count === 1 ? "is" : "are"} drawn again`;
}

/** Where the training of an arm is kept, and whose it is. */
export interface TrainingPlace {
  readonly checkpoints: string;
  readonly metrics: string;
  readonly rollouts: string;
  readonly run: string;
}

/** How the training of an arm is looked at. */
export interface TrainingLook extends Look {
  /** Steps of the whole training; absent where that is not known. */
  readonly steps?: number;
  /** Whether the checkpoint after the last step must be there. */
  readonly finished?: boolean;
}

/** Checkpoints with missing, changed or foreign files, and a curve that is not theirs. */
export async function trainingFaults(
  { checkpoints, metrics, rollouts, run }: TrainingPlace,
  { steps, finished = false, contents = true, spares = true }: TrainingLook,
): Promise<RunFault[]> {
  const saved = stepsSaved(checkpoints).reverse();
  const damaged: { step: number; file: string; fault: string }[] = [];
  let whole: number | undefined;
  for (const step of saved) {
    const faults = await checkpointFaults(stepFolder(checkpoints, step), step, run, { contents });
    damaged.push(...faults.map((fault) => ({ step, ...fault })));
    if (faults.length === 0) whole ??= step;
    if (whole !== undefined && !spares) break;
  }
  const from = whole === undefined
    ? "training begins again from the base model"
    : `training goes on from step ${whole}`;
  const found = damaged.map(({ step, file, fault }): RunFault => ({
    fault: `${stepFolder(checkpoints, step)}/${file} ${fault}`,
    next: whole !== undefined && step < whole ? `it is not needed, as that of step ${whole} is whole` : from,
  }));
  if (finished && steps !== undefined && !saved.includes(steps)) {
    found.push({ fault: `${stepFolder(checkpoints, steps)} is missing`, next: from });
  }
  const copies = [
    { path: metrics, copy: whole === undefined ? "" : textOf(curvePath(stepFolder(checkpoints, whole))) },
    { path: rollouts, copy: whole === undefined ? "" : rolloutsIn(stepFolder(checkpoints, whole)) },
  ];
  const wrong = copies.flatMap(({ path, copy }) =>
    (contents ? copyFault(path, copy, finished && whole === steps) : tornFault(path)) ?? []
  );
  return [...found, ...wrong.map((fault) => ({ fault, next: "it is written again from the checkpoint" }))];
}

/** Of unfinished training, steps behind the last checkpoint are computed again: only those before must be its. */
function copyFault(path: string, copy: string, finished: boolean): string | undefined {
  if (!isPresent(path)) return copy === "" ? undefined : `${path} is missing`;
  const text = textOf(path);
  if (finished ? text === copy : text.startsWith(copy)) return tornFault(path);
  return `${path} has changed since it was written`;
}

function tornFault(path: string): string | undefined {
  const { lines, torn } = countLines(path);
  return torn ? `${path}:${lines + 1} is torn` : undefined;
}

function textOf(path: string): string {
  return new TextDecoder().decode(readBytesIfPresent(path));
}
