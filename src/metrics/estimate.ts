/**
 * From values per problem to a mean with an interval and two standard errors.
 *
 * @module
 */
import { studentQuantile } from "./distributions.ts";
import type { Estimate } from "./types.ts";

/** Coverage of every interval. */
export const CONFIDENCE = 0.95;

/** One problem's value in [0, 1] and the variance that fresh samples of the same problem would give it. */
export interface ProblemValue {
  /** In [0, 1]. */
  readonly value: number;
  /** Variance over fresh samples of this problem. */
  readonly within: number;
}

/** Mean; 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased variance, ddof 1, of at least two values. */
export function sampleVariance(values: readonly number[]): number {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
}

/**
 * The mean over problems with both standard errors.
 *
 * `seNew = sd / √P` is for new problems and already holds the sampling noise (Miller, arXiv:2411.00640, Eq. 1, applied to
 * one mean per problem); `seSet = √(Σ within) / P` is for these problems and fresh samples.
 */
export function estimateMean(problems: readonly ProblemValue[], method: Estimate["seSetMethod"]): Estimate {
  const values = problems.map(({ value }) => value);
  const within = problems.reduce((sum, problem) => sum + problem.within, 0);
  return {
    value: mean(values),
    ...meanInterval(values),
    seNew: values.length < 2 ? null : Math.sqrt(sampleVariance(values) / values.length),
    seSet: method === null ? null : Math.sqrt(within) / values.length,
    seSetMethod: method,
  };
}

/**
 * 95 % interval of the mean over new problems of the same kind, right for few problems and near 0 and 1.
 *
 * Wilson's score interval with Student's quantile, at an effective number of problems `m(1−m) / (s²/P)`. Near 0 and 1 the
 * variance of few problems is mostly too small, because the rare odd problem is missing; so s² is pooled there with up to
 * two pseudo-problems of half the Bernoulli variance. No problem is worth less than one yes-or-no answer. Simulated
 * coverage for problems of mixed difficulty is 93 to 97 % (see its test); it falls to 92 % where few problems are nearly all
 * hopeless and the rest nearly certain, and is higher where few problems are all equally easy or hard, which their counts
 * cannot show.
 *
 * @param values (P), each in [0, 1]
 */
export function meanInterval(values: readonly number[]): { low: number; high: number } {
  const count = values.length;
  if (count < 2) return { low: 0, high: 1 };
  const center = mean(values);
  const smoothed = (center * count + 1) / (count + 2);
  const bernoulli = Math.max(0, center * (1 - center));
  const pseudo = PSEUDO_PROBLEMS / (1 + (count * bernoulli / ENOUGH_BERNOULLI) ** 2);
  const pooled = ((count - 1) * sampleVariance(values) + pseudo * smoothed * (1 - smoothed) / 2) / (count - 1 + pseudo);
  const effective = bernoulli === 0 ? count : Math.max(bernoulli * count / pooled, count - 1);
  return wilsonInterval(center, effective, count - 1);
}

/**
 * Wilson's 95 % interval: all true means whose score statistic stays within Student's quantile.
 *
 * @param center the observed mean, in [0, 1]
 * @param effective number of yes-or-no answers with the variance of that mean
 * @param degrees of freedom of that variance
 */
export function wilsonInterval(center: number, effective: number, degrees: number): { low: number; high: number } {
  const bernoulli = Math.max(0, center * (1 - center));
  const quantile = studentQuantile((1 + CONFIDENCE) / 2, degrees);
  const shrink = 1 + quantile ** 2 / effective;
  const middle = (center + quantile ** 2 / (2 * effective)) / shrink;
  const half = quantile * Math.sqrt(bernoulli / effective + (quantile / (2 * effective)) ** 2) / shrink;
  return {
    low: center <= 0 ? 0 : Math.max(0, middle - half),
    high: center >= 1 ? 1 : Math.min(1, middle + half),
  };
}

/** Chosen by simulation, as is {@link ENOUGH_BERNOULLI}. */
const PSEUDO_PROBLEMS = 2;
/** Where `P m(1−m)` is well above this, the observed variance speaks for itself. */
const ENOUGH_BERNOULLI = 2;

/**
 * The unweighted mean of independent estimates. Its interval joins their distances to both ends in squares (Zou and
 * Donner 2008), so it keeps their skewness near 0 and 1, where a bootstrap over problems is too narrow, and equals the
 * interval itself for one estimate.
 *
 * @param estimates at least one
 */
export function averageEstimate(estimates: readonly Estimate[]): Estimate {
  if (estimates.length === 1) return estimates[0];
  const value = mean(estimates.map((estimate) => estimate.value));
  const joined = (distance: (estimate: Estimate) => number | null): number | null => {
    const distances = estimates.map(distance);
    return distances.includes(null) ? null : Math.hypot(...distances as number[]) / estimates.length;
  };
  const methods = new Set(estimates.map(({ seSetMethod }) => seSetMethod));
  return {
    value,
    low: Math.max(0, value - joined(({ value, low }) => value - low)!),
    high: Math.min(1, value + joined(({ value, high }) => high - value)!),
    seNew: joined(({ seNew }) => seNew),
    seSet: joined(({ seSet }) => seSet),
    seSetMethod: WEAKEST_METHOD_FIRST.find((method) => methods.has(method)) ?? null,
  };
}

const WEAKEST_METHOD_FIRST = [null, "plug-in", "jackknife", "unbiased"] as const;
