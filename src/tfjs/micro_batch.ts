/**
 * Groups of prompts and completions -> padded batches that fit in memory, as training and scoring replay them.
 *
 * @module
 */
import { mixInputs, tokenRows } from "../models/input_rows.ts";
import type { InputRows, TrainingGroup } from "../models/language_model.ts";

/** One sequence: a prompt with the inputs of one of its completions. */
export interface ReplayedSequence {
  readonly group: number;
  readonly completion: number;
  readonly prompt: Int32Array;
  readonly inputs: InputRows;
  /** Positions, prompt and inputs together. */
  readonly length: number;
}

/** Sequences that are computed together, padded on the right to `positions`. */
export interface MicroBatch {
  readonly sequences: readonly ReplayedSequence[];
  /** `T`, positions of the longest. */
  readonly positions: number;
}

/**
 * Packs all completions of some groups, long ones first so that little is padded.
 *
 * @param maxPositions most positions of a batch, padding included; a longer sequence is a batch of its own
 */
export function packMicroBatches(groups: readonly TrainingGroup[], maxPositions: number): MicroBatch[] {
  const sequences = groups.flatMap(({ prompt, completions }, group) =>
    completions.map((inputs, completion) => (
      { group, completion, prompt, inputs, length: prompt.length + inputs.count }
    ))
  ).sort((a, b) => b.length - a.length);
  const batches: MicroBatch[] = [];
  for (let first = 0; first < sequences.length;) {
    const positions = sequences[first].length;
    const count = Math.max(1, Math.floor(maxPositions / positions));
    batches.push({ sequences: sequences.slice(first, first + count), positions });
    first += count;
  }
  return batches;
}

/** (N, T, D), the inputs of a batch; zero at padding. */
export function batchInputs(
  { sequences, positions }: MicroBatch,
  table: Float32Array,
  width: number,
  scale = 1,
): Float32Array {
  const x = new Float32Array(sequences.length * positions * width);
  sequences.forEach(({ prompt, inputs, length }, row) => {
    const start = row * positions * width;
    mixInputs(tokenRows(prompt), table, x.subarray(start, start + prompt.length * width), scale);
    mixInputs(inputs, table, x.subarray(start + prompt.length * width, start + length * width), scale);
  });
  return x;
}

/** Positions of a batch whose logits are wanted, of one completion: actions [first, first + count). */
export interface LogitSpan {
  readonly sequence: ReplayedSequence;
  /** Position in the flattened (N·T) batch that scores action `first`. */
  readonly position: number;
  readonly first: number;
  readonly count: number;
}

/**
 * Cuts the drawn positions of a batch into chunks of bounded size.
 *
 * @param maxRows most positions of a chunk
 */
export function logitChunks({ sequences, positions }: MicroBatch, maxRows: number): LogitSpan[][] {
  const chunks: LogitSpan[][] = [];
  let open: LogitSpan[] = [];
  let free = maxRows;
  sequences.forEach((sequence, row) => {
    const actions = sequence.inputs.count + 1;
    for (let first = 0; first < actions;) {
      const count = Math.min(free, actions - first);
      open.push({ sequence, position: row * positions + sequence.prompt.length - 1 + first, first, count });
      first += count;
      free -= count;
      if (free === 0) {
        chunks.push(open);
        open = [];
        free = maxRows;
      }
    }
  });
  if (open.length > 0) chunks.push(open);
  return chunks;
}
