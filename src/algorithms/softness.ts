/**
 * How soft a soft thought was: four measures of the mixture that was fed.
 *
 * @module
 */
import type { ThoughtAction } from "./algorithm.ts";

/** Measures of one mixture; a single token has 1, 0, 0, 1. */
export interface ThoughtSoftness {
  /** Weight of its heaviest entry, in (0, 1]. */
  readonly topWeight: number;
  /** Entropy, nats. */
  readonly entropy: number;
  /** Jensen-Shannon divergence to the heaviest token alone, nats, in [0, log 2). */
  readonly divergence: number;
  /** Entries of weight 0.01 or more. */
  readonly entries: number;
}

/** Entries at least as heavy count. */
export const COUNTED_WEIGHT = 0.01;

/**
 * Softness of one thought. A noisy embedding hides what was mixed, so that its action says it.
 */
export function thoughtSoftness(action: ThoughtAction): ThoughtSoftness {
  return action.softness ?? mixtureSoftness(action.input.weights);
}

/**
 * Measures of a mixture. Negative weights, which Gaussian scores have, count as 0, and the others are renormalised: the
 * measures are of a distribution.
 *
 * @param weights (K), at least one above 0
 * @example
 * ```ts
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 * const { topWeight, entropy, entries } = mixtureSoftness([0.25, 0.75, 0]);
 * assertEquals([topWeight, entries], [0.75, 2]);
 * assertAlmostEquals(entropy, 2 * Math.log(2) - 0.75 * Math.log(3));
 * ```
 */
export function mixtureSoftness(weights: ArrayLike<number>): ThoughtSoftness {
  let mass = 0;
  let top = 0;
  for (let i = 0; i < weights.length; i++) {
    mass += Math.max(weights[i], 0);
    top = Math.max(top, weights[i]);
  }
  let entropy = 0;
  let entries = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i] / mass;
    if (weight >= COUNTED_WEIGHT) entries++;
    if (weight > 0) entropy -= weight * Math.log(weight);
  }
  return { topWeight: top / mass, entropy: Math.max(entropy, 0), divergence: divergenceToTop(top / mass), entries };
}

/**
 * Jensen-Shannon divergence in nats between a mixture and its heaviest token alone. It depends on that token's weight w
 * alone: halfway between the two it weighs (1 + w)/2 and every other entry half of what it did, so that the divergence is
 * `log 2 + (w log w - (1 + w) log(1 + w)) / 2`.
 *
 * @param topWeight in (0, 1]
 */
export function divergenceToTop(topWeight: number): number {
  const inner = topWeight * Math.log(topWeight) - (1 + topWeight) * Math.log1p(topWeight);
  return Math.max(Math.LN2 + inner / 2, 0);
}
