/**
 * Samples to look at: one of each of a few problems, the same problems for all arms, found through the results that lie
 * in the same run folder.
 *
 * @module
 */
import { basename } from "node:path";
import { PUBLISHED_DATASETS } from "../datasets/registry.ts";
import { spreadOver } from "../evaluation/evaluation.ts";
import { readRows } from "../files/chained_lines.ts";
import { datasetFileName } from "../experiment/run_paths.ts";
import type { Sample } from "../evaluation/sample.ts";
import { contentSha256 } from "../result/serialize.ts";
import { type OnSkipped, unlessSkipped } from "../result/skipped.ts";
import { fileContentSha256, refuseLinkOut, resultPaths } from "../result/store.ts";
import type { Result } from "../result/types.ts";

/** Whether the owners of a dataset ask that nothing of it be shown; a completion may repeat its question. */
export function isWithheld(dataset: string): boolean {
  return PUBLISHED_DATASETS.some(({ name, withheld }) => name === dataset && withheld === true);
}

/** A problem as a reader sees it, with one sample. */
export interface ShownProblem {
  readonly id: string;
  /** Absent where the dataset is not at hand. */
  readonly question?: string;
  readonly gold?: string;
  /** Of the smallest number; that whose thought was kept where one was. */
  readonly sample: Sample;
  /** How many of the problem's samples are right. */
  readonly correct: number;
  readonly total: number;
}

/** Samples of one result on one dataset. */
export interface SampleSet {
  /** The result's content hash. */
  readonly result: string;
  readonly arm: string;
  readonly seed: number;
  readonly dataset: string;
  readonly problems: readonly ShownProblem[];
}

/** Problems of a dataset that are shown: enough to compare arms by eye. */
export const DEFAULT_SHOWN_PROBLEMS = 8;

/** Questions and answers by problem id; undefined for a dataset that is not at hand. */
export type Questions = (
  dataset: string,
) => Promise<ReadonlyMap<string, { question: string; answer: string }> | undefined>;

/** What is shown of the samples. */
export interface SampleLimits {
  /** Most problems of a dataset. */
  readonly most?: number;
  /** Is told of files of results that cannot be read. */
  readonly onSkipped?: OnSkipped | undefined;
}

/**
 * Samples of those results that have a run folder under `runs`; of several seeds of an arm, those of the first.
 *
 * @param runs folder of all runs; absent is empty
 * @throws {BenchError} If there is a file of results that cannot be read, and nobody is told
 */
export async function readSampleSets(
  runs: string,
  results: readonly Result[],
  questions: Questions,
  { most = DEFAULT_SHOWN_PROBLEMS, onSkipped }: SampleLimits = {},
): Promise<SampleSet[]> {
  const sets: SampleSet[] = [];
  const seen = new Set<string>();
  for (const { result, hash, samples } of findSamples(runs, results, onSkipped)) {
    const { arm: { label: arm, seed } } = result;
    for (const { name } of result.datasets) {
      const key = JSON.stringify([result.experiment.name, result.model.sha256, arm, name]);
      if (isWithheld(name) || seen.has(key)) continue;
      const rows = readRows<Sample>(`${samples}/${datasetFileName(name)}`);
      if (rows.length === 0) continue;
      seen.add(key);
      const problems = chooseProblems(rows, await questions(name), most);
      sets.push({ result: hash, arm, seed, dataset: name, problems });
    }
  }
  return sets;
}

/** Folders of samples with the results that were counted from them, by rising seed. */
function findSamples(
  runs: string,
  results: readonly Result[],
  onSkipped: OnSkipped | undefined,
): { result: Result; hash: string; samples: string }[] {
  const wanted = new Map(results.map((result) => [contentSha256(result), result]));
  return subfolders(runs).flatMap((folder) =>
    [...resultPaths(`${folder}/results`), ...resultPaths(`${folder}/results/out-of-domain`)].flatMap((path) => {
      // Its hash says whether it is one of those that were checked; what is in the folder otherwise is not looked at.
      const hash = unlessSkipped(path, () => {
        refuseLinkOut(path);
        return fileContentSha256(path);
      }, onSkipped);
      const result = wanted.get(hash ?? "");
      if (hash === undefined || result === undefined) return [];
      wanted.delete(hash);
      return [{ result, hash, samples: `${folder}/samples/${basename(path, ".json")}` }];
    })
  ).sort((a, b) => a.result.arm.seed - b.result.arm.seed);
}

/**
 * Problems spread evenly over those whose thought was kept, else over all: as both are the same for all arms of a dataset,
 * so is what is shown.
 */
export function chooseProblems(
  rows: readonly Sample[],
  questions: ReadonlyMap<string, { question: string; answer: string }> | undefined,
  most: number,
): ShownProblem[] {
  const problems = [...Map.groupBy(rows, (row) => row.problem)].map(([id, samples]) => ({
    id,
    ...known(questions?.get(id)),
    sample: samples.find(({ recorded }) => recorded !== undefined) ??
      samples.reduce((a, b) => b.sample < a.sample ? b : a),
    correct: samples.filter((sample) => sample.correct).length,
    total: samples.length,
  })).sort((a, b) => a.id < b.id ? -1 : 1);
  const kept = problems.filter(({ sample }) => sample.recorded !== undefined);
  return spreadOver(kept.length > 0 ? kept : problems, most);
}

function known(problem: { question: string; answer: string } | undefined) {
  return problem === undefined ? {} : { question: problem.question, gold: problem.answer };
}

function subfolders(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter((entry) => entry.isDirectory).map(({ name }) => `${folder}/${name}`)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
