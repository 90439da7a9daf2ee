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
 * Of the rule of {@link meanInterval}, stored beside intervals: 1 pooled the variance with pseudo-problems, whatever the
 * problems that carry the mean.
 */
export const INTERVALS_VERSION = 2;

/**
 * 95 % interval of the mean over new problems of the same kind, right for few problems and near 0 and 1.
 *
 * Wilson's score interval with Student's quantile, at the number of yes-or-no answers that would vary as much. Values in
 * [0, 1] with mean m vary by a share `ρ = Σ(v − m)² / (P m(1 − m))` of what yes-or-no answers would, at most 1. How well
 * the values tell that share depends on how many problems carry the mean, `C = (Σv)² / Σv²`, or what it misses of 1,
 * whichever are fewer: of 30 problems that are all equally hard 30 carry it, of 30 hopeless ones and a few exceptions the
 * exceptions alone, and the next ones may be of any size. So ρ is averaged with 1, at weights C² and
 * {@link UNKNOWN_PROBLEMS}. No problem is worth less than one yes-or-no answer. docs/statistics.md has the simulated
 * coverage.
 *
 * @param values (P), each in [0, 1]
 */
export function meanInterval(values: readonly number[]): { low: number; high: number } {
  const count = values.length;
  if (count < 2) return { low: 0, high: 1 };
  const center = mean(values);
  const bernoulli = center * (1 - center);
  // All right or all wrong: each problem is one such answer.
  if (!(bernoulli > 0)) return wilsonInterval(center, count, count - 1);
  const share = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (count * bernoulli);
  const weight = Math.min(carriers(values), carriers(values.map((value) => 1 - value))) ** 2;
  const pooled = (weight * Math.min(1, share) + UNKNOWN_PROBLEMS) / (weight + UNKNOWN_PROBLEMS);
  return wilsonInterval(center, (count - 1) / pooled, count - 1);
}

/** How many problems carry a sum: all P where they are equal, one where the others are 0. */
function carriers(values: readonly number[]): number {
  const squares = values.reduce((sum, value) => sum + value ** 2, 0);
  return (values.length * mean(values)) ** 2 / squares;
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

/** Weight of problems of a size not yet seen, chosen by simulation: 1 covers hard sets too seldom, 4 is wide for them. */
const UNKNOWN_PROBLEMS = 2;

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
