/**
 * The key-value cache of decoding in tfjs, which cannot write into a tensor: keys and values lie in two parts, a long one
 * that stays as it is and a short tail that grows by concatenation and is joined to the long one every
 * {@link TAIL_SLOTS} positions.
 *
 * Letters: `R` rows of a batch, `S` slots, `H_kv` key and value heads, `d` width of a head.
 *
 * @module
 */
import * as tf from "./tf.ts";
import { MASKED } from "./attention.ts";

/** Slots after which the tail is joined to the long part: copying the cache costs 1/64 of reading it. */
const TAIL_SLOTS = 64;

/** Some slots of some rows: for each layer keys and values (R, H_kv, S, d); mask and position of each (R, 1, 1, S). */
export interface Slots {
  readonly keys: readonly tf.Tensor4D[];
  readonly values: readonly tf.Tensor4D[];
  readonly bias: tf.Tensor4D;
  readonly positions: tf.Tensor4D;
}

/** Rows that are computed together. */
export interface Batch {
  /** (R), the sequence of each row. */
  readonly sequences: Int32Array;
  readonly long: Slots;
  readonly tail: Slots | undefined;
}

/** Applies `change` to every tensor of some slots; the caller disposes both. */
function mapSlots(
  slots: Slots,
  change: (tensor: tf.Tensor4D, kind: "cache" | "bias" | "positions") => tf.Tensor4D,
): Slots {
  return {
    keys: slots.keys.map((keys) => change(keys, "cache")),
    values: slots.values.map((values) => change(values, "cache")),
    bias: change(slots.bias, "bias"),
    positions: change(slots.positions, "positions"),
  };
}

/** The same slots of some rows, in the order given. */
export function takeRows(slots: Slots, rows: readonly number[]): Slots {
  return tf.tidy(() => {
    const indices = tf.tensor1d(Int32Array.from(rows), "int32");
    return mapSlots(slots, (tensor) => tf.gather(tensor, indices)) as unknown as tf.TensorContainerObject;
  }) as unknown as Slots;
}

/** A batch of some rows of another one, which stays. */
export function batchRows({ sequences, long, tail }: Batch, rows: readonly number[]): Batch {
  return {
    sequences: Int32Array.from(rows, (row) => sequences[row]),
    long: takeRows(long, rows),
    tail: tail && takeRows(tail, rows),
  };
}

/** Joins the tail to the long part when it is full, or when `now` is set; takes the batch over. */
export function joinTail(batch: Batch, now = false): Batch {
  const { long, tail } = batch;
  if (tail === undefined || (!now && tail.bias.shape[3] < TAIL_SLOTS)) return batch;
  const joined = concatSlots(long, tail);
  disposeBatch(batch);
  return { sequences: batch.sequences, long: joined, tail: undefined };
}

function concatSlots(a: Slots, b: Slots): Slots {
  return {
    keys: a.keys.map((keys, layer) => tf.concat([keys, b.keys[layer]], 2)),
    values: a.values.map((values, layer) => tf.concat([values, b.values[layer]], 2)),
    bias: tf.concat([a.bias, b.bias], 3),
    positions: tf.concat([a.positions, b.positions], 3),
  };
}

/** One batch of all rows; shorter ones get masked slots in front. Takes the batches over. */
export function mergeBatches(batches: readonly Batch[]): Batch {
  if (batches.length === 1) return batches[0];
  const joined = batches.map((batch) => joinTail(batch, true));
  const longest = Math.max(...joined.map(({ long }) => long.bias.shape[3]));
  const padded = joined.map(({ long }) => {
    const missing = longest - long.bias.shape[3];
    return mapSlots(
      long,
      (tensor, kind) =>
        kind === "cache"
          ? tf.pad(tensor, [[0, 0], [0, 0], [missing, 0], [0, 0]])
          : tf.pad(tensor, [[0, 0], [0, 0], [0, 0], [missing, 0]], kind === "bias" ? MASKED : 0),
    );
  });
  const layers = [...padded[0].keys.keys()];
  const long: Slots = {
    keys: layers.map((layer) => tf.concat(padded.map(({ keys }) => keys[layer]), 0)),
    values: layers.map((layer) => tf.concat(padded.map(({ values }) => values[layer]), 0)),
    bias: tf.concat(padded.map(({ bias }) => bias), 0),
    positions: tf.concat(padded.map(({ positions }) => positions), 0),
  };
  padded.forEach(disposeSlots);
  joined.forEach(disposeBatch);
  return { sequences: Int32Array.from(joined.flatMap(({ sequences }) => [...sequences])), long, tail: undefined };
}

/** Frees a batch. */
export function disposeBatch({ long, tail }: Batch): void {
  disposeSlots(long);
  if (tail !== undefined) disposeSlots(tail);
}

/** Frees some slots. */
export function disposeSlots({ keys, values, bias, positions }: Slots): void {
  tf.dispose([...keys, ...values, bias, positions]);
}
