/**
 * Forward and backward passes over training groups in tfjs ops.
 *
 * Logits are read on the host, and a backend's numbers can only be read asynchronously, which no tfjs tape spans.
 * So each block is differentiated by itself: the forward pass keeps the input of every block, the backward pass computes
 * a block again under `tf.grads` and hands the derivative down. That is also what bounds memory: activations of one
 * block, and one chunk of logits.
 *
 * Letters: `N` sequences of a micro-batch, `T` positions, `R` drawn positions of a chunk, `V` vocabulary, `D` width.
 *
 * @module
 */
import * as tf from "./tf.ts";
import { safePoint } from "../interruption.ts";
import type { Device } from "./device.ts";
import { addSlopes, readRow } from "../models/host_readings.ts";
import type { TrainingGroup } from "../models/language_model.ts";
import type { RowLoss } from "../models/readings.ts";
import { batchInputs, logitChunks, type LogitSpan, type MicroBatch, packMicroBatches } from "./micro_batch.ts";
import { EMBEDDING_NAME, FINAL_NORM_NAME, layerTensor } from "../models/parameters.ts";
import { rotarySizeOf, windowOf } from "../models/model_config.ts";
import { rotaryFrequencies, rotaryScale, rotaryTables } from "../models/rope.ts";
import { causalAttention } from "./attention.ts";
import { type Attend, decoderBlock, rmsNorm, type Rotation } from "./block.ts";
import type { TfjsWeights } from "./weights.ts";

/** How passes are cut. */
export interface PassLimits {
  /** Most positions of a micro-batch, padding included. */
  readonly maxPositions: number;
  /** Most logits held at once. */
  readonly maxLogits: number;
}

/** What a pass does: visit logits only, or gather gradients too. */
export interface PassOptions {
  readonly gradients: boolean;
  /** Whether inputs pass their derivative on to the embedding table. */
  readonly trainInputs: boolean;
  /** Stops the pass between two micro-batches. */
  readonly abort?: AbortSignal | undefined;
}

/** Runs all micro-batches of some groups; gradients are added to those that `weights` holds. */
export async function runGroups(
  weights: TfjsWeights,
  device: Device,
  groups: readonly TrainingGroup[],
  visit: RowLoss,
  limits: PassLimits,
  options: PassOptions,
): Promise<void> {
  const maxRows = Math.max(1, Math.floor(limits.maxLogits / weights.config.vocabularySize));
  for (const batch of packMicroBatches(groups, limits.maxPositions)) {
    await safePoint(options.abort);
    const widest = Math.max(weights.config.intermediateSize, weights.config.hiddenSize);
    device.requireFits([batch.sequences.length, batch.positions, widest], "activations of a micro-batch");
    await new BatchPass(weights, device, batch, options).run(visit, maxRows);
  }
}

class BatchPass {
  readonly #weights: TfjsWeights;
  readonly #device: Device;
  readonly #batch: MicroBatch;
  readonly #options: PassOptions;

  constructor(weights: TfjsWeights, device: Device, batch: MicroBatch, options: PassOptions) {
    this.#weights = weights;
    this.#device = device;
    this.#batch = batch;
    this.#options = options;
  }

  async run(visit: RowLoss, maxRows: number): Promise<void> {
    const rotation = this.#rotation();
    const blockInputs: tf.Tensor3D[] = [];
    let derivative: tf.Tensor3D | undefined;
    try {
      const last = this.#forward(rotation, blockInputs);
      try {
        derivative = await this.#head(last, visit, maxRows);
      } finally {
        last.dispose();
      }
      if (derivative === undefined) return;
      derivative = this.#backward(derivative, rotation, blockInputs);
      if (this.#options.trainInputs) this.#trainTable(derivative);
    } finally {
      tf.dispose([rotation.cos, rotation.sin, ...blockInputs]);
      derivative?.dispose();
    }
  }

  #rotation(): Rotation {
    const { config } = this.#weights;
    const T = this.#batch.positions;
    const positions = Int32Array.from({ length: T }, (_, t) => t);
    const { cos, sin } = rotaryTables(rotaryFrequencies(config), positions, rotaryScale(config));
    const shape: [number, number, number, number] = [1, 1, T, rotarySizeOf(config)];
    return { cos: tf.tensor4d(cos, shape), sin: tf.tensor4d(sin, shape) };
  }

  #attend(layer: number): Attend {
    const window = windowOf(this.#weights.config, layer);
    return (queries, keys, values) => causalAttention(queries, keys, values, { window });
  }

  /** (N, T, D) after the last block; where gradients are wanted, the input of every block goes to `kept`. */
  #forward(rotation: Rotation, kept: tf.Tensor3D[]): tf.Tensor3D {
    const { config, table, blocks } = this.#weights;
    const D = config.hiddenSize;
    let h = tf.tensor3d(batchInputs(this.#batch, table, D, config.embeddingScale), [
      this.#batch.sequences.length,
      this.#batch.positions,
      D,
    ]);
    for (const [layer, block] of blocks.entries()) {
      const next = tf.tidy(() => decoderBlock(config, layer, block, h, rotation, this.#attend(layer)));
      if (this.#options.gradients) kept.push(h);
      else h.dispose();
      h = next;
    }
    return h;
  }

  /** Visits the logits chunk by chunk; d loss / d h (N, T, D), or undefined where no gradient is wanted. */
  async #head(h: tf.Tensor3D, visit: RowLoss, maxRows: number): Promise<tf.Tensor3D | undefined> {
    const [N, T, D] = h.shape;
    const derivatives: tf.Tensor2D[] = [];
    const chunks = logitChunks(this.#batch, maxRows);
    for (const runs of chunks) {
      const derivative = await this.#headChunk(h, runs, visit);
      if (derivative !== undefined) derivatives.push(derivative);
    }
    if (!this.#options.gradients) return undefined;
    // Row of each position among those of the head; all others take the row of zeros at the end.
    const spans = chunks.flat();
    const rowOf = new Int32Array(N * T).fill(spans.reduce((sum, { count }) => sum + count, 0));
    let row = 0;
    for (const { position, count } of spans) for (let i = 0; i < count; i++) rowOf[position + i] = row++;
    const full = tf.tidy(() => {
      const rows = tf.concat([...derivatives, tf.zeros<tf.Rank.R2>([1, D])], 0);
      return tf.gather(rows, tf.tensor1d(rowOf, "int32")).reshape<tf.Tensor3D>([N, T, D]);
    });
    tf.dispose(derivatives);
    return full;
  }

  /** One chunk: logits to the host, the loss's derivative back; d loss / d h (R, D). */
  async #headChunk(h: tf.Tensor3D, runs: readonly LogitSpan[], visit: RowLoss): Promise<tf.Tensor2D | undefined> {
    const { config, finalNorm, head, headName } = this.#weights;
    const { hiddenSize: D, vocabularySize: V } = config;
    const positions = Int32Array.from(
      runs.flatMap(({ position, count }) => Array.from({ length: count }, (_, i) => position + i)),
    );
    const R = positions.length;
    const [rows, normed, logits] = tf.tidy(() => {
      const rows = tf.gather(h.reshape<tf.Tensor2D>([-1, D]), tf.tensor1d(positions, "int32"));
      const normed = rmsNorm(rows, finalNorm, config);
      return [rows, normed, tf.matMul(normed, head, false, true)];
    });
    try {
      const values = await this.#device.read(logits);
      logits.dispose();
      const gradient = this.#options.gradients ? new Float32Array(R * V) : undefined;
      visitRuns(runs, values, gradient, this.#weights.table, visit);
      if (gradient === undefined) return undefined;
      const [derivative, dNorm, dHead] = tf.tidy(() => {
        const dLogits = tf.tensor2d(gradient, [R, V]);
        const normGradients = tf.grads((x, w) => rmsNorm(x, w, config));
        const [dRows, dNorm] = normGradients([rows, finalNorm], tf.matMul(dLogits, head));
        return [dRows as tf.Tensor2D, dNorm, tf.matMul(dLogits, normed, true)];
      });
      this.#weights.addGradient(FINAL_NORM_NAME, dNorm);
      this.#weights.addGradient(headName, dHead);
      return derivative;
    } finally {
      tf.dispose([rows, normed, logits]);
    }
  }

  /** Hands the derivative down through the blocks; takes it over and returns d loss / d inputs (N, T, D). */
  #backward(
    derivative: tf.Tensor3D,
    rotation: Rotation,
    blockInputs: readonly tf.Tensor3D[],
  ): tf.Tensor3D {
    const { config, blocks } = this.#weights;
    for (let layer = blocks.length - 1; layer >= 0; layer--) {
      const names = Object.keys(blocks[layer]);
      const block = (x: tf.Tensor, ...tensors: tf.Tensor[]) => {
        const weights = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
        return decoderBlock(config, layer, weights, x as tf.Tensor3D, rotation, this.#attend(layer));
      };
      const [dx, ...dWeights] = tf.tidy(() =>
        tf.grads(block)([blockInputs[layer], ...Object.values(blocks[layer])], derivative)
      );
      names.forEach((name, i) => this.#weights.addGradient(layerTensor(layer, name), dWeights[i]));
      derivative.dispose();
      derivative = dx as tf.Tensor3D;
    }
    return derivative;
  }

  /** Adds what the inputs contribute to the embedding table's gradient: weight times derivative, summed by token. */
  #trainTable(derivative: tf.Tensor3D): void {
    const { sequences, positions: T } = this.#batch;
    const { hiddenSize: D, vocabularySize: V, embeddingScale = 1 } = this.#weights.config;
    const kept = Math.max(1, ...sequences.map(({ inputs }) => inputs.width));
    for (let k = 0; k < kept; k++) {
      const ids = new Int32Array(sequences.length * T);
      const factors = new Float32Array(sequences.length * T);
      sequences.forEach(({ prompt, inputs }, row) => {
        if (k === 0) {
          ids.set(prompt, row * T);
          factors.fill(embeddingScale, row * T, row * T + prompt.length);
        }
        if (k >= inputs.width) return;
        for (let r = 0; r < inputs.count; r++) {
          ids[row * T + prompt.length + r] = inputs.ids[r * inputs.width + k];
          factors[row * T + prompt.length + r] = inputs.weights[r * inputs.width + k] * embeddingScale;
        }
      });
      const gradient = tf.tidy(() => {
        const rows = tf.mul(derivative.reshape([-1, D]), tf.tensor2d(factors, [factors.length, 1]));
        return tf.unsortedSegmentSum(rows, tf.tensor1d(ids, "int32"), V);
      });
      this.#weights.addGradient(EMBEDDING_NAME, gradient);
    }
  }
}

function visitRuns(
  runs: readonly LogitSpan[],
  logits: Float32Array,
  gradient: Float32Array | undefined,
  table: Float32Array,
  visit: RowLoss,
): void {
  const V = logits.length / runs.reduce((sum, { count }) => sum + count, 0);
  let row = 0;
  for (const { sequence, first, count } of runs) {
    const { group, completion } = sequence;
    for (let action = first; action < first + count; action++, row++) {
      const [from, to] = [row * V, (row + 1) * V];
      const place = { group, completion, action };
      const own = logits.subarray(from, to);
      const readings = readRow(own, visit.reads(place), table);
      const slopes = visit.score(place, readings);
      if (gradient && slopes) addSlopes(own, readings.reads, slopes, gradient.subarray(from, to), table);
    }
  }
}
