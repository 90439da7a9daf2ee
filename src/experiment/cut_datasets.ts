/**
 * Evaluation datasets as far as an experiment takes them.
 *
 * @module
 */
import type { Dataset } from "../datasets/dataset.ts";
import { loadDatasets } from "../datasets/registry.ts";
import { UsageError } from "../errors.ts";
import type { ResolvedExperimentConfig } from "./resolve.ts";

/** A dataset as far as the experiment takes it, and how many problems it holds whole. */
export interface CutDataset extends Dataset {
  readonly of: number;
}

/**
 * The experiment's datasets, each cut to its number of problems.
 *
 * @throws {UsageError} If a name is unknown, or two of them have one name
 * @throws {BenchError} If a file is missing or damaged
 */
export async function loadCutDatasets(
  config: Pick<ResolvedExperimentConfig, "datasets" | "problemsPerDataset" | "limit">,
  mirror: { readonly mirror?: string },
): Promise<CutDataset[]> {
  const datasets = (await loadDatasets(config.datasets, mirror)).map((dataset) => cut(dataset, config));
  const names = datasets.map(({ name }) => name);
  const repeated = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (repeated >= 0) {
    throw new UsageError(
      `Cannot take ${config.datasets[names.indexOf(names[repeated])]} and ${config.datasets[repeated]} together: ` +
        `both are called ${JSON.stringify(names[repeated])}; rename one of the files`,
    );
  }
  return datasets;
}

/** What of a dataset decides the numbers of a run. */
export function datasetIdentity({ name, version, sha256, kind, problems }: CutDataset) {
  return { name, version, sha256, ...(kind !== undefined && { kind }), problems: problems.length };
}

/** The first problems of a dataset, as many as the experiment and `--limit` leave. */
function cut(
  dataset: Dataset,
  { problemsPerDataset, limit }: Pick<ResolvedExperimentConfig, "problemsPerDataset" | "limit">,
): CutDataset {
  const most = Math.min(problemsPerDataset ?? Infinity, limit ?? Infinity);
  return { ...dataset, problems: dataset.problems.slice(0, most), of: dataset.problems.length };
}
