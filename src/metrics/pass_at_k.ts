/**
 * Pass@k from counts: the chance that at least one of k samples, drawn without replacement from the n that exist, is
 * correct (Chen et al., arXiv:2107.03374, Eq. 1), and how much it moves when the same problem is sampled again.
 *
 * @module
 */
import { binomialPmf } from "./distributions.ts";

/** Most samples of a problem: the work on counts grows with them, and files of counts come from anybody. */
export const MOST_SAMPLES = 2 ** 16;

/** A variance, and the method that gave it: see `Estimate.seSetMethod` of the result schema. */
export interface WithinVariance {
  /** The variance. */
  readonly value: number;
  /** How it was estimated. */
  readonly method: "unbiased" | "plug-in";
}

/**
 * Unbiased Pass@k of one problem, `1 − C(n−c, k) / C(n, k)`, in [0, 1].
 *
 * @param n samples
 * @param c correct samples
 * @throws {RangeError} If k > n, or if a number is no count
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(passAtK(4, 1, 2), 0.5);
 * ```
 */
export function passAtK(n: number, c: number, k: number): number {
  checkCounts(n, c, k);
  return k === 1 ? c / n : 1 - noneCorrect(n, c, k);
}

/**
 * Pass@k by the rule of the SofT-GRPO release: is any of the first k samples correct. It needs samples in the order of
 * generation, is far noisier than {@link passAtK}, and agrees with it at k = n. Never mix the two.
 *
 * @throws {RangeError} If k > n
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals([firstK([false, true, false], 1), firstK([false, true, false], 2)], [0, 1]);
 * ```
 */
export function firstK(correct: readonly boolean[], k: number): 0 | 1 {
  checkCounts(correct.length, 0, k);
  return correct.slice(0, k).includes(true) ? 1 : 0;
}

/**
 * Variance of {@link passAtK} over fresh samples of the same problem. Where 2k ≤ n it is unbiased,
 * `q_k² − q_2k` with `q_m = C(n−c, m) / C(n, m)`: two disjoint sets of k samples are independent, and q_2k is the chance
 * that both fail. Beyond, no unbiased estimate exists, and c/n is taken for the true accuracy: exact under that model,
 * 0 at c = 0 and c = n, hence too small there.
 *
 * @throws {RangeError} If k > n
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * // k = 1: p (1 - p) / (n - 1) with p = c/n, the unbiased variance of a mean.
 * assertEquals(passAtKVariance(4, 1, 1), { value: 0.0625, method: "unbiased" });
 * ```
 */
export function passAtKVariance(n: number, c: number, k: number): WithinVariance {
  checkCounts(n, c, k);
  if (2 * k <= n) {
    return { value: Math.max(0, noneCorrect(n, c, k) ** 2 - noneCorrect(n, c, 2 * k)), method: "unbiased" };
  }
  const probabilities = binomialPmf(n, c / n);
  let mean = 0;
  let square = 0;
  // With one more right sample of n, the chance that none of k is right falls by this factor, down to 0.
  for (let [other, value] = [0, 1]; other <= n - k; value *= (n - other - k) / (n - other), other++) {
    mean += probabilities[other] * value;
    square += probabilities[other] * value * value;
  }
  return { value: Math.max(0, square - mean * mean), method: "plug-in" };
}

/** `C(n−c, k) / C(n, k)` as the shorter of its two products; every factor is in [0, 1]. */
function noneCorrect(n: number, c: number, k: number): number {
  if (n - c < k) return 0;
  const [few, many] = c < k ? [c, k] : [k, c];
  let product = 1;
  for (let i = 0; i < few; i++) product *= (n - many - i) / (n - i);
  return product;
}

/** @throws {RangeError} If k > n, or if a number is no count */
export function checkCounts(n: number, c: number, k: number): void {
  if (!Number.isInteger(n) || n < 1) throw new RangeError(`Cannot count n = ${n} samples: n must be an integer >= 1`);
  if (!Number.isInteger(c) || c < 0 || c > n) {
    throw new RangeError(`Cannot have c = ${c} of ${n} samples correct: c must be an integer in [0, n]`);
  }
  if (!Number.isInteger(k) || k < 1 || k > n) {
    throw new RangeError(`Cannot compute Pass@${k} from ${n} samples: k must be an integer in [1, n]`);
  }
}
