/**
 * Result files: derived from counts, checked on reading, written once and never changed.
 *
 * @module
 */
import { averageMetrics, deriveMetrics, type MetricSizes } from "../metrics/derive.ts";
import { INTERVALS_VERSION } from "../metrics/estimate.ts";
import type { DatasetResult, Result } from "./types.ts";

/** A result before its metrics are derived. */
export type ResultCounts = Omit<Result, "datasets" | "average"> & {
  readonly datasets: readonly Omit<DatasetResult, "metrics">[];
};

/**
 * Adds the metrics that follow from counts.
 *
 * @param sizes which k; by default powers of two up to the samples of each dataset, and that number
 */
export function completeResult(counts: ResultCounts, sizes?: Partial<MetricSizes>): Result {
  const datasets = counts.datasets.map((dataset) => ({ ...dataset, metrics: deriveMetrics(dataset.problems, sizes) }));
  return {
    ...counts,
    intervals: INTERVALS_VERSION,
    datasets,
    average: averageMetrics(datasets.map(({ metrics }) => metrics)),
  };
}
