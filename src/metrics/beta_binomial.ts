/**
 * The law of accuracies over problems, from counts: each problem's accuracy is a draw of Beta(a, b), its count of right
 * samples a binomial draw of that (Kazdan et al., arXiv:2510.05197, fit this law to foresee Pass@k).
 *
 * @module
 */
import { lnGamma } from "./distributions.ts";
import type { ProblemCounts } from "./types.ts";

/** Beta(a, b): both above 0, but for a = 0 where nothing was right and b = 0 where nothing was wrong. */
export interface BetaLaw {
  /** Draws an accuracy towards 1. */
  readonly a: number;
  /** Draws it towards 0. */
  readonly b: number;
}

/** What counts of a problem are needed. */
export type Counts = Pick<ProblemCounts, "n" | "c">;

/**
 * The most likely law. For each a + b the best mean is the root of a falling function; over a + b the likelihood is looked
 * at on a grid, since it may have more than one top, and the best top is then found by its slope. a + b ends at
 * {@link LEAST_TOTAL} where all problems are all right or all wrong, and at {@link MOST_TOTAL} where they differ by no more
 * than chance.
 *
 * @param problems at least one
 */
export function fitBetaLaw(problems: readonly Counts[]): BetaLaw {
  const rightAbove = countsAbove(problems.map(({ c }) => c));
  const wrongAbove = countsAbove(problems.map(({ n, c }) => n - c));
  const allAbove = countsAbove(problems.map(({ n }) => n));
  if (rightAbove.length === 0) return { a: 0, b: 1 };
  if (wrongAbove.length === 0) return { a: 1, b: 0 };
  const bestMean = (total: number) =>
    fallingRoot(0, 1, (mean) => reciprocals(rightAbove, mean * total) - reciprocals(wrongAbove, (1 - mean) * total));
  const logLikelihood = (lnTotal: number) => {
    const total = Math.exp(lnTotal);
    const mean = bestMean(total);
    return logarithms(rightAbove, mean * total) + logarithms(wrongAbove, (1 - mean) * total) -
      logarithms(allAbove, total);
  };
  const slope = (lnTotal: number) => {
    const total = Math.exp(lnTotal);
    const mean = bestMean(total);
    return mean * reciprocals(rightAbove, mean * total) + (1 - mean) * reciprocals(wrongAbove, (1 - mean) * total) -
      reciprocals(allAbove, total);
  };
  const [least, most] = [Math.log(LEAST_TOTAL), Math.log(MOST_TOTAL)];
  const grid = Array.from({ length: GRID }, (_, i) => least + (most - least) * i / (GRID - 1));
  const heights = grid.map(logLikelihood);
  const top = heights.indexOf(Math.max(...heights));
  const lnTotal = fallingRoot(grid[Math.max(0, top - 1)], grid[Math.min(GRID - 1, top + 1)], slope);
  const total = Math.exp(lnTotal);
  const mean = bestMean(total);
  return { a: mean * total, b: (1 - mean) * total };
}

/** Below it, every accuracy is as good as 0 or 1. */
const LEAST_TOTAL = 1e-4;
/** Above it, all accuracies are as good as equal. */
const MOST_TOTAL = 1e5;
/** Two places a factor of e, so that no top is narrower. */
const GRID = 43;

/** `E[1 − (1 − p)^k] = 1 − B(a, b + k) / B(a, b)` of a law of accuracies, in [0, 1]. */
export function betaPassAtK({ a, b }: BetaLaw, k: number): number {
  if (a === 0) return 0;
  if (b === 0) return 1;
  return -Math.expm1(lnGamma(b + k) - lnGamma(b) + lnGamma(a + b) - lnGamma(a + b + k));
}

/** What is known of a problem's accuracy once its samples are: Beta(a + c, b + n − c). */
export function posterior({ a, b }: BetaLaw, { n, c }: Counts): BetaLaw {
  return { a: a + c, b: b + n - c };
}

/** How many of the values are above 0, above 1, … up to the largest. */
function countsAbove(values: readonly number[]): number[] {
  const above = Array<number>(Math.max(...values)).fill(0);
  for (const value of values) for (let j = 0; j < value; j++) above[j]++;
  return above;
}

/** `Σ_j counts_j / (x + j)`: the slope of {@link logarithms}. */
function reciprocals(counts: readonly number[], x: number): number {
  let sum = 0;
  for (let j = 0; j < counts.length; j++) sum += counts[j] / (x + j);
  return sum;
}

/** `Σ_j counts_j ln(x + j)`: logarithms of `Γ(x + value) / Γ(x)`, summed over values. */
function logarithms(counts: readonly number[], x: number): number {
  let sum = 0;
  for (let j = 0; j < counts.length; j++) sum += counts[j] * Math.log(x + j);
  return sum;
}

/** Where a falling function meets zero, to the last bits; the end that is nearer to zero where it does not. */
function fallingRoot(low: number, high: number, f: (x: number) => number): number {
  for (let step = 0; step < BISECTIONS; step++) {
    const middle = (low + high) / 2;
    if (f(middle) > 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** 2^-50 of a bracket is its rounding. */
const BISECTIONS = 50;
