/**
 * How soft one sample's thought was, as means over its positions.
 *
 * @module
 */
import type { Sample } from "../../evaluation/sample.ts";

/** Means over the thought positions of a sample. */
export interface SoftMeans {
  /** Weight of the heaviest entry. */
  readonly topWeight: number;
  /** Entropy of the mixture, nats. */
  readonly entropy: number;
  /** Jensen-Shannon divergence to the heaviest token alone, nats. */
  readonly divergence: number;
  /** Entries of weight 0.01 or more. */
  readonly entries: number;
  /** Share of positions whose heaviest entry weighs more than 0.99. */
  readonly oneToken: number;
}

/** Means of a sample; undefined where it has no thought. */
export function softMeans({ softness }: Pick<Sample, "softness">): SoftMeans | undefined {
  if (softness === undefined) return undefined;
  const positions = softness.topWeight.counts.reduce((sum, [, count]) => sum + count, 0);
  if (positions === 0) return undefined;
  const { topWeight, entropy, divergence, entries, oneToken } = softness;
  return {
    topWeight: topWeight.sum / positions,
    entropy: entropy.sum / positions,
    divergence: divergence.sum / positions,
    entries: entries.sum / positions,
    oneToken: oneToken / positions,
  };
}
