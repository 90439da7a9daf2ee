/**
 * Samples to look at: a few of each arm and dataset, found through the results that lie in the same run folder.
 *
 * @module
 */
import { basename } from "node:path";
import { PUBLISHED_DATASETS } from "../datasets/registry.ts";
import { readRows } from "../files/chained_lines.ts";
import { datasetFileName } from "../experiment/run_folder.ts";
import type { Sample } from "../evaluation/sample.ts";
import { contentSha256 } from "../result/serialize.ts";
import { fileContentSha256, resultPaths } from "../result/store.ts";
import type { Result } from "../result/types.ts";

/** Whether the owners of a dataset ask that nothing of it be shown; a completion may repeat its question. */
export function isWithheld(dataset: string): boolean {
  return PUBLISHED_DATASETS.some(({ name, withheld }) => name === dataset && withheld === true);
}

/** A problem as a reader sees it. */
export interface ShownProblem {
  readonly id: string;
  /** Absent where the dataset is not at hand. */
  readonly question?: string;
  readonly gold?: string;
  /** In the order of sample numbers; a few of all. */
  readonly samples: readonly Sample[];
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

/** How many are shown: a page is to stay small. */
export interface SampleLimits {
  readonly problems: number;
  readonly samples: number;
}

/** Enough to read, and about a megabyte for the default experiment. */
export const DEFAULT_SAMPLE_LIMITS: SampleLimits = { problems: 6, samples: 3 };

/** Questions and answers by problem id; undefined for a dataset that is not at hand. */
export type Questions = (
  dataset: string,
) => Promise<ReadonlyMap<string, { question: string; answer: string }> | undefined>;

/**
 * Samples of those results that have a run folder under `runs`.
 *
 * @param runs folder of all runs; absent is empty
 */
export async function readSampleSets(
  runs: string,
  results: readonly Result[],
  questions: Questions,
  limits: SampleLimits = DEFAULT_SAMPLE_LIMITS,
): Promise<SampleSet[]> {
  const wanted = new Map(results.map((result) => [contentSha256(result), result]));
  const sets: SampleSet[] = [];
  for (const folder of subfolders(runs)) {
    for (const path of [...resultPaths(`${folder}/results`), ...resultPaths(`${folder}/results/out-of-domain`)]) {
      // Its hash says whether it is one of those that were checked; what is in the folder otherwise is not looked at.
      const hash = fileContentSha256(path);
      const result = wanted.get(hash);
      if (result === undefined) continue;
      wanted.delete(hash);
      const label = basename(path, ".json");
      for (const { name } of result.datasets) {
        if (isWithheld(name)) continue;
        const rows = readRows<Sample>(`${folder}/samples/${label}/${datasetFileName(name)}`);
        if (rows.length === 0) continue;
        const { arm: { label: arm, seed } } = result;
        sets.push({
          result: hash,
          arm,
          seed,
          dataset: name,
          problems: chooseProblems(rows, await questions(name), limits),
        });
      }
    }
  }
  return sets;
}

/**
 * Problems spread evenly from those that are solved least to those that are solved most; of each the first samples, and
 * among them one that is right and one that is wrong where both exist.
 */
export function chooseProblems(
  rows: readonly Sample[],
  questions: ReadonlyMap<string, { question: string; answer: string }> | undefined,
  limits: SampleLimits,
): ShownProblem[] {
  const problems = [...Map.groupBy(rows, (row) => row.problem)].map(([id, samples]) => ({
    id,
    ...known(questions?.get(id)),
    samples: chooseSamples(samples, limits.samples),
    correct: samples.filter((sample) => sample.correct).length,
    total: samples.length,
  })).sort((a, b) => a.correct / a.total - b.correct / b.total || (a.id < b.id ? -1 : 1));
  const count = Math.min(limits.problems, problems.length);
  const last = problems.length - 1;
  return Array.from({ length: count }, (_, i) => problems[count === 1 ? 0 : Math.round((i * last) / (count - 1))]);
}

function known(problem: { question: string; answer: string } | undefined) {
  return problem === undefined ? {} : { question: problem.question, gold: problem.answer };
}

function chooseSamples(samples: readonly Sample[], count: number): Sample[] {
  const ordered = samples.toSorted((a, b) => a.sample - b.sample);
  const chosen = ordered.slice(0, count);
  const other = ordered.find((sample) => sample.correct !== ordered[0].correct);
  if (count > 1 && other !== undefined && !chosen.includes(other)) chosen[count - 1] = other;
  return chosen;
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
