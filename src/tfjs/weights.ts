/**
 * A model's weights on a tfjs backend, with gradients and AdamW's moments beside them.
 *
 * @module
 */
import * as tf from "./tf.ts";
import { BenchError } from "../errors.ts";
import type { HostTensor, NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { EMBEDDING_NAME, FINAL_NORM_NAME, HEAD_NAME, layerTensor, parameterShapes } from "../models/parameters.ts";
import type { BlockWeights } from "./block.ts";
import type { Device } from "./device.ts";
import { clipFactor, type OptimizerStep } from "../models/adamw.ts";

/** Tensors by parameter name; absent names count as zero. */
type TensorMap = Map<string, tf.Tensor>;

/** Weights, gradients and moments of one model. Owns every tensor in it. */
export class TfjsWeights {
  readonly #shapes: ReadonlyMap<string, readonly number[]>;
  readonly #device: Device;
  readonly #weights: TensorMap = new Map();
  readonly #gradients: TensorMap = new Map();
  readonly #first: TensorMap = new Map();
  readonly #second: TensorMap = new Map();
  /** (V, D), kept equal to the embedding table on the backend. */
  readonly table: Float32Array;
  /** Tensors of each block, by name within it. */
  #blocks: readonly BlockWeights[] = [];

  constructor(readonly config: ModelConfig, device: Device) {
    this.#shapes = parameterShapes(config);
    this.#device = device;
    this.table = new Float32Array(config.vocabularySize * config.hiddenSize);
    for (const [name, shape] of this.#shapes) device.requireFits(shape, `tensor "${name}"`);
  }

  get blocks(): readonly BlockWeights[] {
    return this.#blocks;
  }

  get finalNorm(): tf.Tensor1D {
    return this.#weights.get(FINAL_NORM_NAME) as tf.Tensor1D;
  }

  /** Name of the output head's tensor: the embedding table where tied. */
  get headName(): string {
    return this.config.tiedEmbeddings ? EMBEDDING_NAME : HEAD_NAME;
  }

  /** (V, D). */
  get head(): tf.Tensor2D {
    return this.#weights.get(this.headName) as tf.Tensor2D;
  }

  /** Adds to the gradient of a parameter, and takes the tensor over. */
  addGradient(name: string, gradient: tf.Tensor): void {
    const sum = this.#gradients.get(name);
    this.#gradients.set(name, sum === undefined ? gradient : tf.add(sum, gradient));
    if (sum === undefined) return;
    sum.dispose();
    gradient.dispose();
  }

  /**
   * One AdamW step (see `adamW` in optimizer.ts), tensor by tensor, so that no more than one is held twice. A step
   * whose gradient norm is not finite changes no weight.
   *
   * @returns the gradients' global norm before clipping
   */
  async update(step: OptimizerStep): Promise<number> {
    const norm = await this.#gradientNorm();
    if (Number.isFinite(norm)) {
      const factor = clipFactor(norm, step.maxGradientNorm);
      for (const name of this.#shapes.keys()) this.#updateOne(name, step, factor);
      this.#weightsChanged();
      this.table.set(await this.#read(this.#weights.get(EMBEDDING_NAME)!));
    }
    clear(this.#gradients);
    return norm;
  }

  async #gradientNorm(): Promise<number> {
    if (this.#gradients.size === 0) return 0;
    const squares = tf.tidy(() =>
      tf.stack([...this.#gradients.values()].map((gradient) => tf.sum(tf.square(gradient))))
    );
    const read = await this.#read(squares);
    squares.dispose();
    return Math.sqrt(read.reduce((sum, square) => sum + square, 0));
  }

  #updateOne(name: string, step: OptimizerStep, factor: number): void {
    const { learningRate, beta1, beta2, epsilon, weightDecay } = step;
    const correction1 = 1 - beta1 ** step.step;
    const correction2 = Math.sqrt(1 - beta2 ** step.step);
    const weight = this.#weights.get(name)!;
    const [first, second, updated] = tf.tidy(() => {
      const gradient = this.#gradients.get(name)?.mul(factor) ?? tf.zerosLike(weight);
      const moved = (moment: tf.Tensor | undefined, target: tf.Tensor, beta: number) =>
        moment === undefined ? target.mul(1 - beta) : moment.mul(beta).add(target.mul(1 - beta));
      const m = moved(this.#first.get(name), gradient, beta1);
      const v = moved(this.#second.get(name), gradient.square(), beta2);
      const direction = m.div(v.sqrt().div(correction2).add(epsilon));
      const w = weight.mul(1 - learningRate * weightDecay).sub(direction.mul(learningRate / correction1));
      return [m, v, w];
    });
    replace(this.#first, name, first);
    replace(this.#second, name, second);
    replace(this.#weights, name, updated);
  }

  /** All gradients are zero. */
  clearGradients(): void {
    clear(this.#gradients);
  }

  /** Gradients held now; zero where none was added. */
  gradients(): Promise<NamedTensors> {
    return this.#readAll(this.#gradients);
  }

  weights(): Promise<NamedTensors> {
    return this.#readAll(this.#weights);
  }

  async moments(): Promise<{ first: NamedTensors; second: NamedTensors }> {
    return { first: await this.#readAll(this.#first), second: await this.#readAll(this.#second) };
  }

  /** Puts weights and moments back (zero where absent), and forgets gradients. */
  restore(weights: NamedTensors, moments?: { first: NamedTensors; second: NamedTensors }): void {
    this.#upload(this.#weights, weights);
    for (const map of [this.#gradients, this.#first, this.#second]) clear(map);
    if (moments !== undefined) {
      this.#upload(this.#first, moments.first);
      this.#upload(this.#second, moments.second);
    }
    this.#weightsChanged();
  }

  dispose(): void {
    for (const map of [this.#weights, this.#gradients, this.#first, this.#second]) clear(map);
  }

  #upload(target: TensorMap, source: NamedTensors): void {
    for (const [name, shape] of this.#shapes) {
      const tensor = source.get(name);
      if (tensor?.shape.join() !== shape.join()) {
        throw new BenchError(`Cannot restore "${name}": found shape [${tensor?.shape ?? "none"}], expected [${shape}]`);
      }
      if (target === this.#weights && name === EMBEDDING_NAME) this.table.set(tensor.data);
      // A copy: the cpu backend would otherwise compute on the caller's own array.
      replace(target, name, tf.tensor(tensor.data.slice(), [...shape]));
    }
  }

  #weightsChanged(): void {
    const blocks: BlockWeights[] = [];
    for (let layer = 0; layer < this.config.layers; layer++) {
      const prefix = layerTensor(layer, "");
      const names = [...this.#shapes.keys()].filter((name) => name.startsWith(prefix));
      blocks.push(Object.fromEntries(names.map((name) => [name.slice(prefix.length), this.#weights.get(name)!])));
    }
    this.#blocks = blocks;
  }

  async #readAll(map: TensorMap): Promise<NamedTensors> {
    const found = new Map<string, HostTensor>();
    for (const [name, shape] of this.#shapes) {
      const tensor = map.get(name);
      const size = shape.reduce((product, length) => product * length, 1);
      found.set(name, { shape, data: tensor === undefined ? new Float32Array(size) : await this.#read(tensor) });
    }
    return found;
  }

  async #read(tensor: tf.Tensor): Promise<Float32Array> {
    return await this.#device.read(tensor);
  }
}

function replace(map: TensorMap, name: string, tensor: tf.Tensor): void {
  map.get(name)?.dispose();
  map.set(name, tensor);
}

function clear(map: TensorMap): void {
  for (const tensor of map.values()) tensor.dispose();
  map.clear();
}
