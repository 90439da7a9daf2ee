/**
 * A folder of results -> one HTML page, with samples where the runs that drew them are at hand.
 *
 * @module
 */
import { loadDataset } from "../datasets/registry.ts";
import { BenchError } from "../errors.ts";
import { readCandidates } from "../result/candidates.ts";
import { chooseResults } from "../result/choice.ts";
import type { OnSkipped } from "../result/skipped.ts";
import type { StoredResult } from "../result/store.ts";
import { reportPage } from "./page.ts";
import { DEFAULT_SHOWN_PROBLEMS, type Questions, readSampleSets } from "./sample_sets.ts";

/** What a report is made from. */
export interface ReportOptions {
  /** Folder of results, whose `v1`, `v2` and `smoke` are read. */
  readonly resultsFolder: string;
  /** Folder of runs, for samples; absent: the page shows none. */
  readonly runsFolder?: string;
  /** Problems per dataset of an arm of which a sample is shown (default 8). */
  readonly problems?: number;
  /** Also smoke runs (default: only where there is nothing else). */
  readonly smoke?: boolean;
  /** Only results of these experiments (default: all but ablations, those where there is nothing else). */
  readonly experiments?: readonly string[] | undefined;
  /** Is told of files that have a result's name and are none; absent: one of them is an error. */
  readonly onSkipped?: OnSkipped | undefined;
}

/** A page, and what is on it. */
export interface Report {
  /** One self-contained HTML document. */
  readonly page: string;
  /** Result files that it shows or names. */
  readonly results: number;
  /** Datasets of arms with samples. */
  readonly sampleSets: number;
}

/**
 * Makes the report of all results of a folder.
 *
 * @throws {BenchError} If there is no result, or if one is not valid and nobody is told
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const resultsFolder = await Deno.makeTempDir();
 * await bench(tiny, { ...few, resultsFolder });
 * const { page, results } = await report({ resultsFolder });
 * assert(results === 7 && page.includes("<svg"));
 * ```
 */
export async function report({ resultsFolder, onSkipped, ...options }: ReportOptions): Promise<Report> {
  const { experiments } = options;
  return await reportOf(readCandidates(resultsFolder, { experiments, onSkipped }).results, resultsFolder, {
    ...options,
    onSkipped,
  });
}

/** The report of results that were read from a folder. */
export async function reportOf(
  candidates: readonly StoredResult[],
  resultsFolder: string,
  { runsFolder, problems = DEFAULT_SHOWN_PROBLEMS, smoke = false, experiments, onSkipped }: Omit<
    ReportOptions,
    "resultsFolder"
  >,
): Promise<Report> {
  const { counted, leftOut } = chooseResults(candidates, { smoke, experiments });
  // A failed run is no result, but the page names it.
  const failed = leftOut.filter(({ reason }) => reason === "failed").map(({ source }) => source);
  const results = [...counted, ...failed].map(({ result }) => result);
  if (results.length === 0) {
    const wanted = experiments === undefined ? "result files" : `results of ${experiments.join(", ")}`;
    throw new BenchError(`Cannot make a report: ${resultsFolder} has no ${wanted}; \`deno task bench\` writes some`);
  }
  const samples = runsFolder === undefined || problems === 0
    ? []
    : await readSampleSets(runsFolder, results, questionsAtHand, { most: problems, onSkipped });
  return { page: reportPage({ results, samples }), results: results.length, sampleSets: samples.length };
}

/** Questions of generated datasets, and of published ones that were fetched; a report needs none. */
const questionsAtHand: Questions = async (name) => {
  try {
    const { problems } = await loadDataset(name);
    return new Map(problems.map((problem) => [problem.id, problem]));
  } catch (error) {
    if (error instanceof BenchError || error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
};
