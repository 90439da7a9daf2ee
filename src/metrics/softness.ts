/**
 * How soft the thoughts of all samples of a result were.
 *
 * @module
 */
import type { Sample } from "../evaluation/sample.ts";
import type { MeasuredValues, SampleSoftness } from "../rollout/softness.ts";
import type { Softness, Spread } from "./types.ts";

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
  const all = joinSoftness(samples);
  if (all === undefined) return undefined;
  const positions = sum(all.topWeight.counts.map(([, count]) => count));
  const measure = ({ sum, counts }: MeasuredValues): Spread => ({
    mean: sum / positions,
    quartiles: quartiles(counts, positions),
  });
  return {
    positions,
    topWeight: measure(all.topWeight),
    entropy: measure(all.entropy),
    divergence: measure(all.divergence),
    entries: measure(all.entries),
    oneToken: all.oneToken / positions,
    ...(all.noiseShare !== undefined && { noiseShare: all.noiseShare / positions }),
  };
}

/** Many samples as one, which says the same of all their positions in little room; undefined where none has a thought. */
export function joinSoftness(samples: readonly Pick<Sample, "softness">[]): SampleSoftness | undefined {
  const soft = samples.flatMap(({ softness }) => softness === undefined ? [] : [softness]);
  if (soft.length === 0) return undefined;
  const measure = (read: (sample: SampleSoftness) => MeasuredValues): MeasuredValues => ({
    sum: sum(soft.map((sample) => read(sample).sum)),
    counts: risingCounts(soft.map(read)),
  });
  const shares = soft.flatMap(({ noiseShare }) => noiseShare === undefined ? [] : [noiseShare]);
  return {
    topWeight: measure(({ topWeight }) => topWeight),
    entropy: measure(({ entropy }) => entropy),
    divergence: measure(({ divergence }) => divergence),
    entries: measure(({ entries }) => entries),
    oneToken: sum(soft.map(({ oneToken }) => oneToken)),
    ...(shares.length > 0 && { noiseShare: sum(shares) }),
  };
}

function risingCounts(measured: readonly MeasuredValues[]): [value: number, count: number][] {
  const counts = new Map<number, number>();
  for (const values of measured) {
    for (const [value, count] of values.counts) counts.set(value, (counts.get(value) ?? 0) + count);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/** The quantile p of n values lies at index p · (n - 1) of the sorted values, as in NumPy. */
function quartiles(rising: MeasuredValues["counts"], positions: number): Spread["quartiles"] {
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
