/**
 * Reads rows of logits, and turns slopes by what was read into gradients of the logits, in a worker: the numbers of
 * `models/host_readings.ts`. `reading_tape.ts` has the main thread's side.
 *
 * @module
 */
import type { Places } from "./commands.ts";
import { at, type Machine } from "./forward.ts";

/** Reads what is asked of each of a table's rows. */
export function readRows(machine: Machine, places: Places, table: number, count: number): void {
  if (table === 0) return;
  const { kernels, config: { vocabularySize, hiddenSize } } = machine;
  kernels.readRows(0, table, count, vocabularySize, embeddingOf(machine, places), hiddenSize);
}

/** Adds d loss / d logits of each of a table's rows that have slopes to a gradient (count, V). */
export function addRowSlopes(machine: Machine, places: Places, table: number, count: number, gradient: number): void {
  if (table === 0) return;
  const { kernels, config: { vocabularySize, hiddenSize } } = machine;
  kernels.addRowSlopes(0, table, count, vocabularySize, embeddingOf(machine, places), hiddenSize, gradient);
}

/** Address of the (V, D) embedding table. */
function embeddingOf({ parameters }: Machine, { weights }: Places): number {
  return at(weights, parameters.embedding);
}
