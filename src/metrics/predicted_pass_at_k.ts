/**
 * Pass@k for more samples than there are, k > n: a prediction from a law of accuracies over problems, never an estimate
 * without a model. It is kept apart from the unbiased Pass@k and marked wherever it is shown.
 *
 * @module
 */
import { betaPassAtK, type Counts, fitBetaLaw, posterior } from "./beta_binomial.ts";
import { mean, meanInterval, wilsonInterval } from "./estimate.ts";
import { passAtK } from "./pass_at_k.ts";

/** Samples of a problem from which anything can be predicted. */
export const FEWEST_SAMPLES = 2;

/** A predicted mean over problems. */
export interface PredictedEstimate {
  /** In [0, 1]. */
  readonly value: number;
  /** Lower end of the 95 % interval for new problems of the same kind, if accuracies follow a beta law. */
  readonly low: number;
  /** Its upper end. */
  readonly high: number;
}

/**
 * Predicted Pass@k: with Beta(a, b) fitted to all problems, the mean over problems of `1 − E[(1 − p)^k]` under each one's
 * posterior Beta(a + c, b + n − c) (arXiv:2510.05197).
 *
 * Its interval is Wilson's, with the variance of a delete-one jackknife: each problem is left out and the law fitted anew,
 * so that what the law does not know is in it. That costs one fit for each distinct count, where a bootstrap over problems
 * costs hundreds. Where fewer than {@link FEW_FAILURES} problems are foreseen to fail, or the jackknife sees no variance
 * (one problem, all alike), the data cannot tell how the law ends, and any law is allowed: `Pass@n ≤ Pass@k ≤
 * 1 − (1 − Pass@n)^(k/n)` (Jensen), between the ends of the interval of Pass@n. docs/statistics.md has the coverage.
 *
 * @param problems at least one
 * @param sizes k, each above the samples of the problem with the fewest
 * @throws {RangeError} If no problem has two samples: one each says nothing of how problems differ
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * // All alike: accuracy .25, as good as certain, and 1 − .75^8.
 * const problems = [{ n: 4, c: 1 }, { n: 4, c: 1 }];
 * assertAlmostEquals(predictPassAtK(problems, [8])[0].value, 1 - 0.75 ** 8, 1e-3);
 * ```
 */
export function predictPassAtK(problems: readonly Counts[], sizes: readonly number[]): PredictedEstimate[] {
  if (!problems.some(({ n }) => n >= FEWEST_SAMPLES)) {
    throw new RangeError(
      `Cannot predict Pass@${sizes[0]} from one sample per problem: expected at least ${FEWEST_SAMPLES}`,
    );
  }
  const values = predictedMeans(problems, sizes);
  const without = leaveOneOut(problems).map(({ rest, count }) => ({ count, values: predictedMeans(rest, sizes) }));
  return sizes.map((k, s) => {
    const left = without.map(({ count, values }) => ({ count, value: values[s] }));
    return { value: values[s], ...interval(problems, k, values[s], left) };
  });
}

/** Unweighted mean over datasets, errors joined in squares as those of Pass@k are. */
export function averagePredicted(datasets: readonly PredictedEstimate[]): PredictedEstimate {
  const value = mean(datasets.map((dataset) => dataset.value));
  const joined = (distances: number[]) => Math.hypot(...distances) / datasets.length;
  return {
    value,
    low: Math.max(0, value - joined(datasets.map(({ value, low }) => value - low))),
    high: Math.min(1, value + joined(datasets.map(({ value, high }) => high - value))),
  };
}

function predictedMeans(problems: readonly Counts[], sizes: readonly number[]): number[] {
  const law = fitBetaLaw(problems);
  const kinds = kindsOf(problems);
  return sizes.map((k) =>
    kinds.reduce((sum, { problem, count }) => sum + count * betaPassAtK(posterior(law, problem), k), 0) /
    problems.length
  );
}

interface LeftOut {
  /** Predicted without a problem. */
  readonly value: number;
  /** Number of problems whose loss gives it. */
  readonly count: number;
}

function interval(
  problems: readonly Counts[],
  k: number,
  value: number,
  without: readonly LeftOut[],
): { low: number; high: number } {
  const count = problems.length;
  const center = without.reduce((sum, own) => sum + own.count * own.value, 0) / count;
  const variance = without.reduce((sum, own) => sum + own.count * (own.value - center) ** 2, 0) * (count - 1) / count;
  if (!(variance > SMALLEST_VARIANCE) || count * (1 - value) < FEW_FAILURES) return anyLaw(problems, k, value);
  return wilsonInterval(value, value * (1 - value) / variance, count - 1);
}

/** Rounding, not variance. */
const SMALLEST_VARIANCE = 1e-18;
/** Chosen by simulation: with fewer, Wilson's interval covers 50 to 90 %. */
const FEW_FAILURES = 3;

/** What the interval of Pass@n leaves open under any law of accuracies, and at least the value itself. */
function anyLaw(problems: readonly Counts[], k: number, value: number): { low: number; high: number } {
  const n = Math.min(...problems.map((problem) => problem.n));
  const { low, high } = meanInterval(problems.map((problem) => passAtK(problem.n, problem.c, n)));
  return { low: Math.min(value, low), high: Math.max(value, 1 - (1 - high) ** (k / n)) };
}

interface Kind {
  readonly problem: Counts;
  readonly count: number;
}

/** Problems with equal counts are alike. */
function kindsOf(problems: readonly Counts[]): Kind[] {
  return [...Map.groupBy(problems, ({ n, c }) => `${n} ${c}`).values()]
    .map((own) => ({ problem: own[0], count: own.length }));
}

/** Every way to lose one problem, with the number of problems whose loss leaves the same; none where there is one. */
function leaveOneOut(problems: readonly Counts[]): { readonly rest: readonly Counts[]; readonly count: number }[] {
  if (problems.length < 2) return [];
  return kindsOf(problems).map(({ problem, count }) => ({
    rest: problems.toSpliced(problems.indexOf(problem), 1),
    count,
  }));
}
