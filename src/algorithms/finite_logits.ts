/**
 * The check of a row of logits where it is read: a model whose weights are damaged, or whose training diverged, gives
 * NaN, and every rule would take some token from it as if nothing were wrong.
 *
 * @module
 */
import { BenchError } from "../errors.ts";

/**
 * Refuses logits that are no law: NaN or +Infinity anywhere, or −Infinity everywhere. −Infinity elsewhere is a token that
 * cannot come.
 *
 * @param row (V)
 * @param purpose what is not done then, such as `draw position 7 of problem p0`; asked for where it fails
 * @throws {BenchError} That names the purpose, the value and its id
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * requireFiniteLogits(Float32Array.of(1, -Infinity), () => "draw position 1");
 * assertThrows(() => requireFiniteLogits(Float32Array.of(1, NaN), () => "draw position 1"), Error, "hold NaN (id 1)");
 * ```
 */
export function requireFiniteLogits(row: Float32Array, purpose: () => string): void {
  let possible = false;
  for (let id = 0; id < row.length; id++) {
    const value = row[id];
    if (!(value < Infinity)) throw refused(purpose, `${value} (id ${id})`);
    if (value > -Infinity) possible = true;
  }
  if (!possible) throw refused(purpose, "-Infinity alone");
}

function refused(purpose: () => string, found: string): BenchError {
  return new BenchError(
    `Cannot ${purpose()}: the model's logits hold ${found}, expected finite numbers; the weights are damaged or training ` +
      `diverged: go back to an earlier checkpoint, or lower the learning rate`,
  );
}
