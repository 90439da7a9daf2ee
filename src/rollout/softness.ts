/**
 * How soft the thoughts of completions were, small enough to be stored with every sample and exact enough for means and
 * quartiles over all of them.
 *
 * @module
 */
import { thoughtSoftness } from "../algorithms/softness.ts";
import type { Completion } from "./completion.ts";

/** A measure at the positions of a thought. */
export interface MeasuredValues {
  /** Sum of the values, to six decimals. */
  readonly sum: number;
  /** Values rounded to 0.001, rising, each with the number of positions that have it. */
  readonly counts: readonly (readonly [value: number, count: number])[];
}

/** Softness of the thought positions of one completion, see {@link thoughtSoftness}. */
export interface SampleSoftness {
  /** Weight of the heaviest entry. */
  readonly topWeight: MeasuredValues;
  /** Entropy of the mixture, nats. */
  readonly entropy: MeasuredValues;
  /** Jensen-Shannon divergence to the heaviest token alone, nats. */
  readonly divergence: MeasuredValues;
  /** Entries of weight 0.01 or more. */
  readonly entries: MeasuredValues;
  /** Positions whose heaviest entry weighs more than 0.99. */
  readonly oneToken: number;
  /** Sum over positions of ‖noise‖/‖mean embedding‖, where thoughts are noisy embeddings. */
  readonly noiseShare?: number;
}

/** A thought whose heaviest entry weighs more is one token in all but name. */
const ONE_TOKEN_WEIGHT = 0.99;
const VALUE_DECIMALS = 3;
const SUM_DECIMALS = 6;

/** The thought positions of a completion. */
export function thoughtCount({ steps }: Completion): number {
  return steps.reduce((count, step) => count + (step.kind === "thought" ? 1 : 0), 0);
}

/**
 * Softness of a completion's thought; undefined where it has none.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const [ids, weights] = [Int32Array.of(4, 5), Float32Array.of(0.75, 0.25)];
 * const action = { token: 4, input: { ids, weights }, ids, scores: new Float32Array(2), count: 2 };
 * const softness = sampleSoftness({ steps: [{ kind: "thought", action }], finish: "length" });
 * assertEquals(softness?.topWeight, { sum: 0.75, counts: [[0.75, 1]] });
 * ```
 */
export function sampleSoftness(completion: Completion): SampleSoftness | undefined {
  const actions = completion.steps.flatMap((step) => step.kind === "thought" ? [step.action] : []);
  if (actions.length === 0) return undefined;
  const measured = actions.map(thoughtSoftness);
  const shares = actions.flatMap(({ noiseShare }) => noiseShare === undefined ? [] : [noiseShare]);
  return {
    topWeight: measuredValues(measured.map(({ topWeight }) => topWeight)),
    entropy: measuredValues(measured.map(({ entropy }) => entropy)),
    divergence: measuredValues(measured.map(({ divergence }) => divergence)),
    entries: measuredValues(measured.map(({ entries }) => entries)),
    oneToken: measured.reduce((count, { topWeight }) => count + (topWeight > ONE_TOKEN_WEIGHT ? 1 : 0), 0),
    ...(shares.length > 0 && { noiseShare: rounded(sumOf(shares), SUM_DECIMALS) }),
  };
}

/** Mean weight of the heaviest entry over all thought positions of some completions; undefined where there is none. */
export function meanTopWeight(completions: readonly Completion[]): number | undefined {
  let sum = 0;
  let count = 0;
  for (const { steps } of completions) {
    for (const step of steps) {
      if (step.kind !== "thought") continue;
      sum += thoughtSoftness(step.action).topWeight;
      count++;
    }
  }
  return count === 0 ? undefined : sum / count;
}

function measuredValues(values: readonly number[]): MeasuredValues {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bin = rounded(value, VALUE_DECIMALS);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return { sum: rounded(sumOf(values), SUM_DECIMALS), counts: [...counts].sort(([a], [b]) => a - b) };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
