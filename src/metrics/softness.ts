/**
 * How soft the thoughts of all samples of a result were.
 *
 * @module
 */
import type { Sample } from "../evaluation/sample.ts";
import type { MeasuredValues, SampleSoftness } from "../rollout/softness.ts";

/** One measure over all thought positions. */
export interface SoftnessMeasure {
  /** Mean over positions. */
  readonly mean: number;
  /** Lower quartile, median and upper quartile of values rounded to 0.001, interpolated between two positions. */
  readonly quartiles: readonly [low: number, median: number, high: number];
}

/** Softness of a result: what its thought steps fed. Discrete thoughts have 1, 0, 0, 1 everywhere. */
export interface Softness {
  /** Thought positions of all samples (an integer of at least 1). */
  readonly positions: number;
  /** Weight of the heaviest entry, in (0, 1]. */
  readonly topWeight: SoftnessMeasure;
  /** Entropy of the mixture, nats. */
  readonly entropy: SoftnessMeasure;
  /** Jensen-Shannon divergence to the heaviest token alone, nats, in [0, log 2). */
  readonly divergence: SoftnessMeasure;
  /** Entries of weight 0.01 or more. */
  readonly entries: SoftnessMeasure;
  /** Share of positions whose heaviest entry weighs more than 0.99. */
  readonly oneToken: number;
  /** Mean of ‖noise‖/‖mean embedding‖, where thoughts are noisy embeddings. */
  readonly noiseShare?: number;
}

/**
 * Merges what samples say; undefined where none of them has a thought, or where they do not say it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const one = (value: number) => ({ sum: 2 * value, counts: [[value, 2]] as const });
 * const softness = { topWeight: one(1), entropy: one(0), divergence: one(0), entries: one(1), oneToken: 2 };
 * const merged = mergeSoftness([{ softness }, {}]);
 * assertEquals([merged?.positions, merged?.topWeight.mean, merged?.oneToken], [2, 1, 1]);
 * ```
 */
export function mergeSoftness(samples: readonly Pick<Sample, "softness">[]): Softness | undefined {
  const soft = samples.flatMap(({ softness }) => softness === undefined ? [] : [softness]);
  const positions = sum(soft.flatMap(({ topWeight }) => topWeight.counts.map(([, count]) => count)));
  if (positions === 0) return undefined;
  const measure = (read: (sample: SampleSoftness) => MeasuredValues): SoftnessMeasure => ({
    mean: sum(soft.map((sample) => read(sample).sum)) / positions,
    quartiles: quartiles(soft.map(read), positions),
  });
  const shares = soft.flatMap(({ noiseShare }) => noiseShare === undefined ? [] : [noiseShare]);
  return {
    positions,
    topWeight: measure(({ topWeight }) => topWeight),
    entropy: measure(({ entropy }) => entropy),
    divergence: measure(({ divergence }) => divergence),
    entries: measure(({ entries }) => entries),
    oneToken: sum(soft.map(({ oneToken }) => oneToken)) / positions,
    ...(shares.length > 0 && { noiseShare: sum(shares) / positions }),
  };
}

/** The quantile p of n values lies at index p · (n - 1) of the sorted values, as in NumPy. */
function quartiles(measured: readonly MeasuredValues[], positions: number): SoftnessMeasure["quartiles"] {
  const counts = new Map<number, number>();
  for (const [value, count] of measured.flatMap((values) => values.counts)) {
    counts.set(value, (counts.get(value) ?? 0) + count);
  }
  const rising = [...counts].sort(([a], [b]) => a - b);
  const at = (index: number) => {
    let before = 0;
    for (const [value, count] of rising) if (index < (before += count)) return value;
    throw new Error("Cannot take a value beyond the last");
  };
  const quantile = (p: number) => {
    const index = p * (positions - 1);
    const below = Math.floor(index);
    return at(below) + (index - below) * (at(Math.ceil(index)) - at(below));
  };
  return [quantile(0.25), quantile(0.5), quantile(0.75)];
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
