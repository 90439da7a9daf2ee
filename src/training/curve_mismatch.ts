/**
 * How far sampler and trainer disagree over a run: on one engine by rounding, with separate samplers by more.
 *
 * @module
 */
import type { CurvePoint } from "./curve.ts";

/** |log-density as drawn - log-density as replayed before the update|, nats. */
export interface Mismatch {
  /** Mean over the steps that have one. */
  readonly mean: number;
  /** Largest of any position. */
  readonly max: number;
}

/**
 * The mismatch of a whole run.
 *
 * @returns null where no step has one
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const curve = [{ step: 1, reward: 0, mismatchMean: 0.25, mismatchMax: 2 }, { step: 2, reward: 0 }];
 * assertEquals(curveMismatch(curve), { mean: 0.25, max: 2 });
 * ```
 */
export function curveMismatch(curve: readonly CurvePoint[]): Mismatch | null {
  const seen = curve.filter(({ mismatchMean, mismatchMax }) => mismatchMean !== undefined && mismatchMax !== undefined);
  if (seen.length === 0) return null;
  return {
    mean: seen.reduce((sum, { mismatchMean }) => sum + mismatchMean, 0) / seen.length,
    max: seen.reduce((most, { mismatchMax }) => Math.max(most, mismatchMax), 0),
  };
}
