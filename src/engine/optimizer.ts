/**
 * The optimizer step, on the main thread: shards are summed and measured, then AdamW runs over ranges. Sums of squares
 * are taken over pieces of a fixed size, so the norm does not depend on the number of workers.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { NamedTensors } from "../models/language_model.ts";
import type { AdamwCommand, SumShardsCommand } from "./commands.ts";
import type { Host } from "./host.ts";
import type { Block } from "./memory.ts";
import { readTensorsMeanwhile, writeTensors } from "./parameters.ts";
import type { GradientShards } from "./training.ts";
import { clipFactor, type OptimizerStep } from "../models/adamw.ts";

/** Floats whose squares are summed together, a multiple of 4. */
const PIECE = 16384;
/** Pieces of one command: its answer, a number each, must fit the channel whatever the model's size. */
const MOST_PIECES = 1024;
/** Ranges of AdamW are multiples of this. */
const ALIGNMENT = 16;

/** AdamW's moments, and its step. */
export class Optimizer {
  readonly #host: Host;
  readonly #gradients: GradientShards;
  #moments: { readonly first: Block; readonly second: Block } | undefined;

  constructor(host: Host, gradients: GradientShards) {
    this.#host = host;
    this.#gradients = gradients;
  }

  /** Takes the moments' memory. */
  reserve(): void {
    this.#state();
  }

  #state(): { readonly first: Block; readonly second: Block } {
    const { memory, trainedLayout: { size } } = this.#host;
    this.#moments ??= { first: memory.allocateZeroed(size), second: memory.allocateZeroed(size) };
    return this.#moments;
  }

  /** One step; returns the global gradient norm before clipping. See LanguageModel.update. */
  async update(step: OptimizerStep): Promise<number> {
    const norm = await this.#sumGradients();
    if (!Number.isFinite(norm)) {
      throw new BenchError(`Cannot update the weights: the gradient's norm is ${norm}; lower the learning rate`);
    }
    const scale = clipFactor(norm, step.maxGradientNorm);
    const { first, second } = this.#state();
    const { beta1, beta2, learningRate, weightDecay, epsilon } = step;
    const { size } = this.#host.trainedLayout;
    const numbers = {
      weights: this.#host.trainedAddress,
      gradients: this.#gradients.address,
      first: first.address,
      second: second.address,
      gradientScale: scale,
      beta1,
      beta2,
      decay: 1 - learningRate * weightDecay,
      rate: learningRate / (1 - beta1 ** step.step),
      correction: 1 / Math.sqrt(1 - beta2 ** step.step),
      epsilon,
    };
    const each = Math.ceil(size / this.#host.pool.size / ALIGNMENT) * ALIGNMENT;
    const commands: AdamwCommand[] = [];
    for (let offset = 0; offset < size; offset += each) {
      commands.push({ kind: "adamw", ...numbers, offset, count: Math.min(each, size - offset) });
    }
    await this.#host.runAll(commands);
    this.#gradients.reset();
    this.#host.trainedChanged();
    return norm;
  }

  /** Sums the shards into the first; the norm of the sum. */
  async #sumGradients(): Promise<number> {
    const { address, shardBytes } = this.#gradients;
    const { size } = this.#host.trainedLayout;
    if (this.#gradients.used === 0) this.#host.memory.floats(this.#gradients.use(0).gradients, size).fill(0);
    const pieces = Math.ceil(size / PIECE), each = Math.min(MOST_PIECES, Math.ceil(pieces / this.#host.pool.size));
    const commands: SumShardsCommand[] = [];
    for (let firstPiece = 0; firstPiece < pieces; firstPiece += each) {
      commands.push({
        kind: "sumShards",
        gradients: address,
        shardBytes,
        shards: this.#gradients.used,
        size,
        piece: PIECE,
        firstPiece,
        pieces: Math.min(each, pieces - firstPiece),
      });
    }
    const squares = new Float64Array(pieces);
    await this.#host.runAll(commands, (answer, command) => {
      squares.set(answer!, command.firstPiece);
    });
    return Math.sqrt(squares.reduce((sum, square) => sum + square, 0));
  }

  /** Moments by tensor name, copied. */
  async read(): Promise<{ first: NamedTensors; second: NamedTensors }> {
    const { memory, trainedLayout } = this.#host;
    const { first, second } = this.#state();
    const copy = (block: Block) =>
      readTensorsMeanwhile(memory.floats(block.address, trainedLayout.size), trainedLayout);
    return { first: await copy(first), second: await copy(second) };
  }

  /** Puts moments back, or zeroes them. */
  restore(moments?: { first: NamedTensors; second: NamedTensors }): void {
    if (moments === undefined && this.#moments === undefined) return;
    const { memory, trainedLayout } = this.#host;
    const { first, second } = this.#state();
    const firstValues = memory.floats(first.address, trainedLayout.size);
    const secondValues = memory.floats(second.address, trainedLayout.size);
    if (moments === undefined) {
      firstValues.fill(0);
      secondValues.fill(0);
      return;
    }
    writeTensors(firstValues, trainedLayout, moments.first, "first moments");
    writeTensors(secondValues, trainedLayout, moments.second, "second moments");
  }
}
