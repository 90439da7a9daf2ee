/**
 * Bootstrap over problems: a second opinion on the interval of an average, free of any formula.
 *
 * @module
 */
import { RandomSequence } from "../random/streams.ts";
import { CONFIDENCE } from "./estimate.ts";

/**
 * 95 % percentile interval of the unweighted mean over datasets, resampling problems within each dataset. P − 1 of P
 * problems are drawn, which makes the variance unbiased (Rao and Wu 1988). Near 0 and 1 it is too narrow: see
 * `averageEstimate`.
 *
 * @param datasets (datasets)(problems), each value in [0, 1], at least two problems each
 * @param replicates at least 100
 * @param name of the random draws; equal names give equal intervals
 */
export function bootstrapInterval(
  datasets: readonly (readonly number[])[],
  replicates: number,
  name: string,
): { low: number; high: number } {
  const random = new RandomSequence("bootstrap", name);
  const means = new Float64Array(replicates);
  for (const values of datasets) {
    const drawn = values.length - 1;
    for (let replicate = 0; replicate < replicates; replicate++) {
      let sum = 0;
      for (let i = 0; i < drawn; i++) sum += values[random.integer(values.length)];
      means[replicate] += sum / drawn / datasets.length;
    }
  }
  means.sort();
  return { low: quantile(means, (1 - CONFIDENCE) / 2), high: quantile(means, (1 + CONFIDENCE) / 2) };
}

/** Linear between order statistics. */
function quantile(sorted: Float64Array, p: number): number {
  const place = p * (sorted.length - 1);
  const below = Math.floor(place);
  return sorted[below] + (place - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}
