/**
 * Pass@k by the rules of others, each by name: what a published number is an estimate by. Tables and result files of this
 * project hold the unbiased one; the others stand beside it, never in its place, and are never averaged with it.
 *
 * All agree at k = 1, but for `first-k`, which then is the first sample alone.
 *
 * @module
 */
import { MersenneTwister } from "../random/mersenne_twister.ts";
import { mean } from "./estimate.ts";
import type { PassEstimatorName } from "./pass_estimator_name.ts";
import { checkCounts, firstK, passAtK } from "./pass_at_k.ts";

/** What became of the samples of one problem. */
export interface ProblemOutcome {
  /** Samples. */
  readonly n: number;
  /** Correct samples. */
  readonly c: number;
  /** (n), whether each was correct, in the order of generation; absent where only counts are known. */
  readonly correct?: readonly boolean[];
}

/** One with the order of its samples. */
export type OrderedOutcome = ProblemOutcome & Required<Pick<ProblemOutcome, "correct">>;

/** A rule that makes Pass@k of samples. */
export interface PassEstimator {
  /** What it does, in one sentence without a full stop. */
  readonly summary: string;
  /** Who states or uses it. */
  readonly source: string;
  /** Whether it needs the order of the samples, or only how many were correct. */
  readonly needs: "counts" | "order";
  /**
   * (P), Pass@k of each problem, in [0, 1].
   *
   * @throws {RangeError} If k is beyond the samples of a problem
   */
  readonly values: (problems: readonly OrderedOutcome[], k: number) => number[];
}

/**
 * The expectation of Pass@k when k samples are drawn **with** replacement from the n that exist, `1 − (1 − c/n)^k`: what
 * a bootstrap tends to with more draws. It is below the unbiased one wherever 0 < c < n and k > 1, most at k = n, where a
 * problem with one correct sample counts `1 − (1 − 1/n)^n`, about .63, instead of 1.
 *
 * @throws {RangeError} If k > n, or if a number is no count
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * // Of the 4 · 4 pairs, 7 hold the correct sample; without replacement 3 of 6 do.
 * assertEquals(bootstrapPassAtK(4, 1, 2), 7 / 16);
 * ```
 */
export function bootstrapPassAtK(n: number, c: number, k: number): number {
  checkCounts(n, c, k);
  return 1 - (1 - c / n) ** k;
}

/**
 * Standard deviation of a bootstrap's Pass@k of one problem over its own draws: it is a share of `draws` yes-or-no
 * answers. More draws make it vanish and leave the bias.
 *
 * @throws {RangeError} If k > n, or if a number is no count
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(bootstrapDrawError(4, 2, 1, 25), 0.1);
 * ```
 */
export function bootstrapDrawError(n: number, c: number, k: number, draws: number): number {
  const value = bootstrapPassAtK(n, c, k);
  return Math.sqrt(value * (1 - value) / draws);
}

/**
 * The mean of {@link firstK} over ⌊n/k⌋ consecutive blocks of k samples; samples that fill no block are left out.
 *
 * @param correct (n), in the order of generation
 * @throws {RangeError} If k > n
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(blocksPassAtK([false, true, false, false, true], 2), 0.5);
 * ```
 */
export function blocksPassAtK(correct: readonly boolean[], k: number): number {
  checkCounts(correct.length, 0, k);
  const blocks = Array.from({ length: Math.floor(correct.length / k) }, (_, i) => correct.slice(i * k, (i + 1) * k));
  return mean(blocks.map((block) => firstK(block, k)));
}

/** Draws and seed of verl's validation. */
const VERL_DRAWS = 1000;
const VERL_SEED = 42;

/**
 * verl's `best@k` of each problem, digit for digit: the share of 1,000 draws of k samples with replacement that hold a
 * correct one. Its generator is seeded anew for each problem, so that problems with as many samples share their draws, and
 * the noise of drawing does not average out over problems.
 *
 * @param problems (P)(n), in the order of generation
 * @throws {RangeError} If k is beyond the samples of a problem
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * // Its expectation is 7/16.
 * assertEquals(verlBestAtK([[false, true, false, false]], 2), [0.434]);
 * ```
 */
export function verlBestAtK(problems: readonly (readonly boolean[])[], k: number): number[] {
  const drawn = new Map<number, Uint32Array>();
  return problems.map((correct) => {
    const n = correct.length;
    checkCounts(n, 0, k);
    // verl has no best@1: Pass@1 is its mean@n.
    if (k === 1) return mean(correct.map(Number));
    const indices = drawn.get(n) ?? verlDraws(n, k);
    drawn.set(n, indices);
    let found = 0;
    for (let draw = 0; draw < VERL_DRAWS; draw++) {
      if (indices.subarray(draw * k, (draw + 1) * k).some((i) => correct[i])) found++;
    }
    return found / VERL_DRAWS;
  });
}

function verlDraws(n: number, k: number): Uint32Array {
  const random = new MersenneTwister(VERL_SEED);
  return Uint32Array.from({ length: VERL_DRAWS * k }, () => random.integer(n));
}

/** Every rule by its name. */
export const PASS_ESTIMATORS: Readonly<Record<PassEstimatorName, PassEstimator>> = {
  "unbiased": {
    summary: "the share of all subsets of k samples that hold a correct one",
    source: "Chen et al., arXiv:2107.03374, Eq. 1",
    needs: "counts",
    values: (problems, k) => problems.map(({ n, c }) => passAtK(n, c, k)),
  },
  "first-k": {
    summary: "whether one of the first k samples is correct",
    source: "SofT-GRPO, zz1358m/SofT-GRPO-master@2b9d8ec, run_sglang_softthinking.py:381-384 and 460-463",
    needs: "order",
    values: (problems, k) => problems.map(({ correct }) => firstK(correct, k)),
  },
  "blocks": {
    summary: "the mean of that over consecutive blocks of k samples",
    source:
      "SofT-GRPO, arXiv:2511.06411, appendix E.4; CoT2, alperengozeten/CoT2@4978788, eval/evaluation.py, 10 blocks",
    needs: "order",
    values: (problems, k) => problems.map(({ correct }) => blocksPassAtK(correct, k)),
  },
  "bootstrap": {
    summary:
      "the chance that k samples drawn with replacement hold a correct one: a bootstrap of infinitely many draws",
    source: "expectation of verl's rule, 1 − (1 − c/n)^k",
    needs: "counts",
    values: (problems, k) => problems.map(({ n, c }) => bootstrapPassAtK(n, c, k)),
  },
  "verl-best": {
    summary: `the same from ${VERL_DRAWS} draws of seed ${VERL_SEED}, which all problems share`,
    source: "verl, volcengine/verl@07c9cf1, trainer/ppo/metric_utils.py, bootstrap_metric",
    needs: "order",
    values: (problems, k) => verlBestAtK(problems.map(({ correct }) => correct), k),
  },
};

/**
 * (P), Pass@k of each problem by a rule, in [0, 1]; undefined where a problem has too few samples, or where the rule needs
 * their order and only counts are known.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const counts = [{ n: 4, c: 1 }];
 * assertEquals(passAtKBy("unbiased", counts, 2), [0.5]);
 * assertEquals(passAtKBy("bootstrap", counts, 2), [0.4375]);
 * assertEquals(passAtKBy("first-k", counts, 2), undefined);
 * assertEquals(passAtKBy("first-k", [{ ...counts[0], correct: [false, true, false, false] }], 2), [1]);
 * ```
 */
export function passAtKBy(
  name: PassEstimatorName,
  problems: readonly ProblemOutcome[],
  k: number,
): number[] | undefined {
  const { needs, values }: PassEstimator = PASS_ESTIMATORS[name];
  if (problems.some(({ n, correct }) => n < k || (needs === "order" && correct === undefined))) return undefined;
  return values(problems as readonly OrderedOutcome[], k);
}
