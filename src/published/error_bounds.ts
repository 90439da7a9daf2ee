/**
 * What a printed mean alone leaves open of its standard errors: the largest that any counts with this mean can have.
 *
 * @module
 */

/** Largest standard errors of a mean, as shares. */
export interface ErrorBounds {
  /** For new problems: reached where each problem is always or never solved. */
  readonly mostNew: number;
  /** On these problems alone: reached where all are equally hard. */
  readonly mostSet: number;
}

/**
 * The bounds for Pass@1. With m the mean of P problems' shares p_i of n samples, `Σ (p_i − m)² ≤ P m (1 − m)` and
 * `Σ p_i (1 − p_i) ≤ P m (1 − m)`, so that `seNew ≤ √(m (1 − m) / (P − 1))` and `seSet ≤ √(m (1 − m) / (P (n − 1)))`.
 *
 * @param value the mean, in [0, 1]
 * @param problems P, at least 2
 * @param samples n of each problem, at least 2
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(errorBounds(0.5, 5, 6), { mostNew: 0.25, mostSet: 0.1 });
 * ```
 */
export function errorBounds(value: number, problems: number, samples: number): ErrorBounds {
  const bernoulli = value * (1 - value);
  return {
    mostNew: Math.sqrt(bernoulli / (problems - 1)),
    mostSet: Math.sqrt(bernoulli / (problems * (samples - 1))),
  };
}
