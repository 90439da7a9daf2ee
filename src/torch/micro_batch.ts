/**
 * Groups of prompts and completions -> rows [prompt | completion | completion …] and micro-batches of them, as the worker
 * computes them.
 *
 * Letters: `T` actions, `P` positions fed, `K` ids per position, `D` width.
 *
 * @module
 */
import type { InputRows, TrainingGroup } from "../models/language_model.ts";
import type { ActionPlace } from "../models/readings.ts";
import { matrix, type ShapedArray } from "./frames.ts";

/** One row: a prompt, computed once, with some completions that do not see each other. */
export interface PackedRow {
  readonly group: number;
  readonly prompt: Int32Array;
  /** Indices into the group's completions. */
  readonly completions: readonly number[];
  /** Inputs of each. */
  readonly inputs: readonly InputRows[];
  /** Positions in all. */
  readonly length: number;
}

/** Completions join a row while it has no more positions than this: attention over it grows with their square. */
const LONGEST_SHARED_ROW = 1024;

/**
 * Micro-batches of at most so many positions, padding included, long rows first; one row at least each. The same groups
 * and limit give the same micro-batches.
 */
export function packGroups(groups: readonly TrainingGroup[], maxPositions: number): PackedRow[][] {
  const rows = groups.flatMap(packGroup).sort((a, b) => b.length - a.length);
  const batches: PackedRow[][] = [];
  for (const row of rows) {
    const open = batches.at(-1);
    if (open !== undefined && (open.length + 1) * open[0].length <= maxPositions) open.push(row);
    else batches.push([row]);
  }
  return batches;
}

function packGroup({ prompt, completions }: TrainingGroup, group: number): PackedRow[] {
  const rows: PackedRow[] = [];
  let open: number[] = [];
  let length = prompt.length;
  const close = () => {
    if (open.length === 0) return;
    rows.push({ group, prompt, completions: open, inputs: open.map((index) => completions[index]), length });
    [open, length] = [[], prompt.length];
  };
  completions.forEach(({ count }, index) => {
    if (length + count > LONGEST_SHARED_ROW) close();
    open.push(index);
    length += count;
  });
  close();
  return rows;
}

/** Every action of a micro-batch, in the order in which the worker scores them. */
export function actionPlaces(batch: readonly PackedRow[]): ActionPlace[] {
  return batch.flatMap(({ group, completions, inputs }) =>
    completions.flatMap((completion, i) =>
      Array.from({ length: inputs[i].count + 1 }, (_, action) => ({ group, completion, action }))
    )
  );
}

/** Lengths of each row's prompt and completions, and what is fed at all positions, one row after the other. */
export function batchRequest(
  batch: readonly PackedRow[],
  width: number,
): { rows: unknown[]; arrays: Record<string, ShapedArray> } {
  const positions = batch.reduce((sum, { length }) => sum + length, 0);
  const kept = Math.max(1, ...batch.flatMap(({ inputs }) => inputs.map((own) => own.width)));
  const ids = new Int32Array(positions * kept);
  const weights = new Float32Array(positions * kept);
  const hasOffset = batch.some(({ inputs }) => inputs.some(({ offset }) => offset !== undefined));
  const offset = new Float32Array(hasOffset ? positions * width : 0);
  let position = 0;
  for (const { prompt, inputs } of batch) {
    for (const id of prompt) {
      ids[position * kept] = id;
      weights[position * kept] = 1;
      position++;
    }
    for (const own of inputs) {
      for (let r = 0; r < own.count; r++) {
        const from = r * own.width, to = from + own.width;
        ids.set(own.ids.subarray(from, to), (position + r) * kept);
        weights.set(own.weights.subarray(from, to), (position + r) * kept);
      }
      if (own.offset !== undefined) offset.set(own.offset, position * width);
      position += own.count;
    }
  }
  return {
    rows: batch.map(({ prompt, inputs }) => [prompt.length, inputs.map(({ count }) => count)]),
    arrays: {
      ids: matrix(positions, kept, ids),
      weights: matrix(positions, kept, weights),
      ...(hasOffset && { offset: matrix(positions, width, offset) }),
    },
  };
}
