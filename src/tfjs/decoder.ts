/**
 * Cached decoding in tfjs ops.
 *
 * Sequences of unequal length share their slots in the cache; a bias masks slots that a sequence has not filled.
 * Sequences that are left out of a step drop out of the batch once they are a good part of it; a later step may take
 * them up again.
 *
 * Letters: `N` sequences, `R` rows of a batch, `B` prompts, `T` positions of a prompt, `V` vocabulary, `D` width.
 *
 * @module
 */
import * as tf from "./tf.ts";
import type { Device } from "./device.ts";
import { BenchError } from "../errors.ts";
import { readRow } from "../models/host_readings.ts";
import { mixInputs, tokenRows } from "../models/input_rows.ts";
import type { Decoder, InputRows } from "../models/language_model.ts";
import { rotarySizeOf, windowOf } from "../models/model_config.ts";
import type { Readings, Reads } from "../models/readings.ts";
import { rotaryFrequencies, rotaryScale, rotaryTables } from "../models/rope.ts";
import { causalAttention, MASKED } from "./attention.ts";
import {
  type Batch,
  batchRows,
  disposeBatch,
  disposeSlots,
  joinTail,
  mergeBatches,
  type Slots,
  takeRows,
} from "./cache.ts";
import { cachedAttention, decoderBlock, rmsNorm, type Rotation } from "./block.ts";
import type { TfjsWeights } from "./weights.ts";

/** A batch is compacted when fewer than this share of its rows is still stepped. */
const COMPACT_BELOW = 0.85;
/** Most positions, padding included, of prompts that are computed together. */
const PREFILL_POSITIONS = 4096;

/** Starts sequences after prompts; see `LanguageModel.decode`. */
export async function startTfjsDecoder(
  weights: TfjsWeights,
  device: Device,
  prompts: readonly Int32Array[],
  copies: readonly number[],
): Promise<Decoder> {
  const decoder = new TfjsDecoder(weights, device, copies.reduce((sum, count) => sum + count, 0));
  await decoder.prefill(prompts, copies);
  return decoder;
}

class TfjsDecoder implements Decoder {
  readonly #weights: TfjsWeights;
  readonly #device: Device;
  readonly #frequencies: Float64Array;
  /** (N), positions that each sequence has. */
  readonly #lengths: Int32Array;
  #batches: Batch[] = [];
  /** (N), logits (V) after the prompt of each sequence, until the first step. */
  #promptLogits: Float32Array[] | undefined = [];

  constructor(weights: TfjsWeights, device: Device, sequences: number) {
    this.#weights = weights;
    this.#device = device;
    this.#frequencies = rotaryFrequencies(weights.config);
    this.#lengths = new Int32Array(sequences);
  }

  /** Computes each prompt once, and repeats its rows. */
  async prefill(prompts: readonly Int32Array[], copies: readonly number[]): Promise<void> {
    const { vocabularySize } = this.#weights.config;
    let sequence = 0;
    for (const [first, last] of prefillRanges(prompts)) {
      const { slots, logits } = this.#computePrompts(prompts.slice(first, last));
      const read = await this.#device.read(logits);
      logits.dispose();
      const rows: number[] = [];
      const sequences: number[] = [];
      for (let prompt = first; prompt < last; prompt++) {
        for (let copy = 0; copy < copies[prompt]; copy++) {
          const row = prompt - first;
          this.#promptLogits!.push(read.subarray(row * vocabularySize, (row + 1) * vocabularySize));
          this.#lengths[sequence] = prompts[prompt].length;
          rows.push(row);
          sequences.push(sequence++);
        }
      }
      if (rows.length > 0) {
        this.#batches.push({ sequences: Int32Array.from(sequences), long: takeRows(slots, rows), tail: undefined });
      }
      disposeSlots(slots);
    }
  }

  async readPrompts(reads: readonly Reads[]): Promise<readonly Readings[]> {
    const rows = this.#promptLogits;
    if (rows === undefined) throw new BenchError("Cannot read the logits after the prompts once a step was taken");
    return reads.map((own, sequence) => readRow(rows[sequence], own, this.#weights.table));
  }

  async step(sequences: Int32Array, inputs: InputRows, reads: readonly Reads[]): Promise<readonly Readings[]> {
    this.#promptLogits = undefined;
    await this.#device.activate();
    const { config, table } = this.#weights;
    const { hiddenSize: D, vocabularySize: V } = config;
    const batch = this.#select(sequences);
    const R = batch.sequences.length;
    const inputOf = new Map([...sequences].map((sequence, row) => [sequence, row]));

    const mixed = new Float32Array(sequences.length * D);
    mixInputs(inputs, table, mixed, config.embeddingScale);
    const x = new Float32Array(R * D);
    const bias = new Float32Array(R).fill(MASKED);
    const positions = new Int32Array(R);
    batch.sequences.forEach((sequence, row) => {
      const input = inputOf.get(sequence);
      if (input === undefined) return;
      x.set(mixed.subarray(input * D, (input + 1) * D), row * D);
      bias[row] = 0;
      positions[row] = this.#lengths[sequence]++;
    });

    const { tail, logits } = this.#computeStep(batch, x, bias, positions);
    if (batch.tail !== undefined) disposeSlots(batch.tail);
    this.#batches[this.#batches.indexOf(batch)] = joinTail({ ...batch, tail });
    const read = await this.#device.read(logits);
    logits.dispose();
    const rowOf = new Map([...batch.sequences].map((sequence, row) => [sequence, row]));
    return reads.map((own, input) => {
      const row = rowOf.get(sequences[input])!;
      return readRow(read.subarray(row * V, (row + 1) * V), own, table);
    });
  }

  dispose(): void {
    for (const batch of this.#batches) disposeBatch(batch);
    this.#batches = [];
  }

  /** Prompts padded on the left, so that all end at the same slot; logits (B, V) of the last position. */
  #computePrompts(prompts: readonly Int32Array[]): { slots: Slots; logits: tf.Tensor2D } {
    const { config, table, blocks } = this.#weights;
    const D = config.hiddenSize, B = prompts.length;
    const T = Math.max(...prompts.map((prompt) => prompt.length));
    const x = new Float32Array(B * T * D);
    const padding = new Float32Array(B * T);
    const positions = new Int32Array(B * T);
    prompts.forEach((prompt, row) => {
      const start = row * T + T - prompt.length;
      padding.fill(MASKED, row * T, start);
      prompt.forEach((_, t) => positions[start + t] = t);
      mixInputs(tokenRows(prompt), table, x.subarray(start * D, (row + 1) * T * D), config.embeddingScale);
    });
    const kept = tf.tidy(() => {
      const bias = tf.tensor4d(padding, [B, 1, 1, T]);
      const rotation = this.#rotation(positions, B, T);
      const layerKeys: tf.Tensor4D[] = [], layerValues: tf.Tensor4D[] = [];
      let h = tf.tensor3d(x, [B, T, D]);
      blocks.forEach((block, layer) => {
        h = decoderBlock(config, layer, block, h, rotation, (queries, keys, values) => {
          layerKeys.push(keys);
          layerValues.push(values);
          return causalAttention(queries, keys, values, { padding: bias, window: windowOf(config, layer) });
        });
      });
      const logits = this.#headLogits(tf.slice(h, [0, T - 1, 0], [B, 1, D]).reshape([B, D]));
      const slotPositions = tf.tensor4d(Float32Array.from(positions), [B, 1, 1, T]);
      return { keys: layerKeys, values: layerValues, bias, positions: slotPositions, logits };
    });
    return { slots: kept, logits: kept.logits };
  }

  #computeStep(
    { long, tail }: Batch,
    x: Float32Array,
    biasValues: Float32Array,
    newPositions: Int32Array,
  ): { tail: Slots; logits: tf.Tensor2D } {
    const { config, blocks } = this.#weights;
    const R = newPositions.length, D = config.hiddenSize;
    const kept = tf.tidy(() => {
      const slot = tf.tensor4d(biasValues, [R, 1, 1, 1]);
      const bias = tail === undefined ? slot : tf.concat([tail.bias, slot], 3);
      const now = tf.tensor4d(Float32Array.from(newPositions), [R, 1, 1, 1]);
      const positions = tail === undefined ? now : tf.concat([tail.positions, now], 3);
      const rotation = this.#rotation(newPositions, R, 1);
      const tailKeys: tf.Tensor4D[] = [], tailValues: tf.Tensor4D[] = [];
      let h = tf.tensor3d(x, [R, 1, D]);
      blocks.forEach((block, layer) => {
        const window = windowOf(config, layer);
        h = decoderBlock(config, layer, block, h, rotation, (queries, key, value) => {
          const keys = tail === undefined ? key : tf.concat([tail.keys[layer], key], 2);
          const values = tail === undefined ? value : tf.concat([tail.values[layer], value], 2);
          tailKeys.push(keys);
          tailValues.push(values);
          return cachedAttention(queries, [
            { keys: long.keys[layer], values: long.values[layer], bias: windowed(long, now, window) },
            { keys, values, bias: windowed({ bias, positions }, now, window) },
          ]);
        });
      });
      return { keys: tailKeys, values: tailValues, bias, positions, logits: this.#headLogits(h.reshape([R, D])) };
    });
    return { tail: kept, logits: kept.logits };
  }

  /** (R, D) -> (R, V). */
  #headLogits(h: tf.Tensor2D): tf.Tensor2D {
    const { config, finalNorm, head } = this.#weights;
    return tf.matMul(rmsNorm(h, finalNorm, config), head, false, true);
  }

  #rotation(positions: Int32Array, N: number, T: number): Rotation {
    const { config } = this.#weights;
    const { cos, sin } = rotaryTables(this.#frequencies, positions, rotaryScale(config));
    const shape: [number, number, number, number] = [N, 1, T, rotarySizeOf(config)];
    return { cos: tf.tensor4d(cos, shape), sin: tf.tensor4d(sin, shape) };
  }

  /** The batch that holds exactly these sequences, but for a few that may come along unused. */
  #select(sequences: Int32Array): Batch {
    const wanted = new Set(sequences);
    const involved = this.#batches.filter((batch) => batch.sequences.some((sequence) => wanted.has(sequence)));
    const [only] = involved;
    if (involved.length === 1 && sequences.length >= COMPACT_BELOW * only.sequences.length) return only;
    const pieces: Batch[] = [];
    const rest: Batch[] = [];
    for (const batch of involved) {
      const rows = [...batch.sequences.keys()];
      const [taken, left] = [true, false].map((is) => rows.filter((row) => wanted.has(batch.sequences[row]) === is));
      pieces.push(batchRows(batch, taken));
      if (left.length > 0) rest.push(batchRows(batch, left));
      disposeBatch(batch);
    }
    const merged = mergeBatches(pieces);
    this.#batches = [...this.#batches.filter((batch) => !involved.includes(batch)), merged, ...rest];
    return merged;
  }
}

/** The mask of slots as seen from positions `now` (R, 1, 1, 1): what lies before the window is masked too. */
function windowed(
  { bias, positions }: Pick<Slots, "bias" | "positions">,
  now: tf.Tensor4D,
  window: number,
): tf.Tensor4D {
  if (window === Infinity) return bias;
  const before = tf.lessEqual(positions, tf.sub(now, window));
  return tf.add(bias, tf.mul(tf.cast(before, "float32"), MASKED));
}

/** Runs of prompts whose padded size is bounded, as [first, last). */
function prefillRanges(prompts: readonly Int32Array[]): [number, number][] {
  const ranges: [number, number][] = [];
  let first = 0, longest = 0;
  prompts.forEach((prompt, i) => {
    longest = Math.max(longest, prompt.length);
    if (i > first && (i + 1 - first) * longest > PREFILL_POSITIONS) {
      ranges.push([first, i]);
      first = i;
      longest = prompt.length;
    }
  });
  if (first < prompts.length) ranges.push([first, prompts.length]);
  return ranges;
}
