/**
 * Samples to look at: one of each of a few problems, the same problems for all arms, found through the results that lie
 * in the same run folder.
 *
 * @module
 */
import { spreadOver } from "../evaluation/evaluation.ts";
import type { Sample } from "../evaluation/sample.ts";
import { storedSamples } from "../exports/samples/stored_samples.ts";
import type { OnSkipped } from "../result/skipped.ts";
import type { Result } from "../result/types.ts";

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
  const bySeed = [...storedSamples(runs, results, onSkipped)].sort((a, b) => a.result.arm.seed - b.result.arm.seed);
  for (const { result, hash, rowsOf } of bySeed) {
    const { arm: { label: arm, seed } } = result;
    for (const { name } of result.datasets) {
      const key = JSON.stringify([result.experiment.name, result.model.sha256, arm, name]);
      if (seen.has(key)) continue;
      const rows = rowsOf(name);
      if (rows.length === 0) continue;
      seen.add(key);
      const problems = chooseProblems(rows, await questions(name), most);
      sets.push({ result: hash, arm, seed, dataset: name, problems });
    }
  }
  return sets;
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
