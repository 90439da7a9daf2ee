/**
 * The check of a row of logits where it is used: a model whose weights are damaged, or whose training diverged, gives
 * NaN, and every rule would take some token from it as if nothing were wrong.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Readings } from "../models/readings.ts";

/**
 * Refuses readings of logits that are no law: NaN or +Infinity anywhere, or −Infinity everywhere. −Infinity elsewhere is a
 * token that cannot come.
 *
 * @param purpose what is not done then, such as `draw position 7 of problem p0`; asked for where it fails
 * @throws {BenchError} That names the purpose, the value and its id
 * @example
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { readRow } from "../models/host_readings.ts";
 * requireFiniteLogits(readRow(Float32Array.of(1, -Infinity), { top: 1 }), () => "draw position 1");
 * const damaged = readRow(Float32Array.of(1, NaN), { top: 1 });
 * assertThrows(() => requireFiniteLogits(damaged, () => "draw position 1"), Error, "hold NaN (id 1)");
 * ```
 */
export function requireFiniteLogits({ fault }: Readings, purpose: () => string): void {
  if (fault === undefined) return;
  const found = fault.id === undefined ? `${fault.value} alone` : `${fault.value} (id ${fault.id})`;
  throw new BenchError(
    `Cannot ${purpose()}: the model's logits hold ${found}, expected finite numbers; the weights are damaged or training ` +
      `diverged: go back to an earlier checkpoint, or lower the learning rate`,
  );
}
