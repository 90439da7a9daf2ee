/**
 * A finished training -> what a reader has to know before the scores: that nothing was learned, or that completions were
 * cut off.
 *
 * @module
 */
import type { CurvePoint } from "./curve.ts";

/** What training came to. */
export interface TrainedWeights {
  /** Whether the trained model is the base, byte for byte. */
  readonly isBase: boolean;
}

/** Share of completions cut off from which on a run is told to have too little room, */
const MOSTLY_TRUNCATED = 0.9;
/** over this share of its steps, the last ones. */
const LAST_SHARE = 0.1;

/**
 * What is wrong with a training that ended without an error, as plain sentences.
 *
 * @param curve a point per step
 * @returns nothing where a reader need not be warned
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const point = { step: 1, reward: 0, equalGroups: 1, gradientNorm: 0, truncated: 0 };
 * const [note] = trainingNotes([point], { isBase: false });
 * assertEquals(note, "No step of 1 had a gradient: the rewards of every group were equal (mean reward 0)");
 * ```
 */
export function trainingNotes(
  curve: readonly CurvePoint[],
  { isBase }: TrainedWeights,
): string[] {
  if (curve.length === 0) return [];
  return [
    ...gradientNotes(curve),
    ...(isBase ? ["The trained weights are the base's, byte for byte: nothing was learned"] : []),
    ...truncationNotes(curve),
  ];
}

function gradientNotes(curve: readonly CurvePoint[]): string[] {
  // A step without any group to learn from has no norm at all.
  if (curve.some(({ gradientNorm = 0 }) => gradientNorm !== 0)) return [];
  if (curve.some(({ equalGroups }) => equalGroups !== 1)) {
    return [`No step of ${curve.length} had a gradient: no completion with an advantage carried loss`];
  }
  const rewards = curve.map(({ reward }) => reward);
  const [least, most] = [Math.min(...rewards), Math.max(...rewards)].map(shortNumber);
  return [
    `No step of ${curve.length} had a gradient: the rewards of every group were equal ` +
    `(mean reward ${least === most ? least : `${least} to ${most}`})`,
  ];
}

function truncationNotes(curve: readonly CurvePoint[]): string[] {
  const last = curve.slice(-Math.ceil(curve.length * LAST_SHARE));
  const truncated = last.reduce((sum, point) => sum + (point.truncated ?? 0), 0) / last.length;
  if (truncated <= MOSTLY_TRUNCATED) return [];
  return [
    `${shortNumber(100 * truncated)} % of completions were cut off in the last ${last.length} of ${curve.length} ` +
    `steps: the policy does not come to an end within maxNewTokens`,
  ];
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
