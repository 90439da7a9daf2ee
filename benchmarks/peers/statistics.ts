/**
 * What is said about repeated timings.
 *
 * @module
 */

/** The smallest: what the work takes where nothing disturbs it. */
export function best(values: readonly number[]): number {
  return Math.min(...values);
}

/** The middle one, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Half of the values lie between. */
export function quartiles(values: readonly number[]): [low: number, high: number] {
  return [quantile(values, 0.25), quantile(values, 0.75)];
}

/** How the time of one compares with that of another which took turns with it. */
export interface Ratio {
  /** Of the best times. */
  readonly best: number;
  /** Of the times of each round: the middle one, and the quartiles. */
  readonly median: number;
  readonly quartiles: readonly [low: number, high: number];
}

/** Times of `numerator` over those of `denominator`, which are of the same rounds in the same order. */
export function timeRatio(numerator: readonly number[], denominator: readonly number[]): Ratio {
  const rounds = denominator.map((time, round) => numerator[round] / time);
  return { best: best(numerator) / best(denominator), median: median(rounds), quartiles: quartiles(rounds) };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = q * (sorted.length - 1), below = Math.floor(at);
  return sorted[below] + (at - below) * ((sorted[below + 1] ?? sorted[below]) - sorted[below]);
}
