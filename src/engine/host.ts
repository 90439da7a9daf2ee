/**
 * What the main thread's parts of the engine share: the memory, the workers, the weights and what is derived from them.
 *
 * @module
 */
import { type ModelConfig, rotarySizeOf } from "../models/model_config.ts";
import { type AdapterLayout, layoutAdapter } from "./adapter_layout.ts";
import type { EngineSetup, Places, TransposeCommand, WorkerCommand } from "./commands.ts";
import { at } from "./forward.ts";
import type { Kernels } from "./kernels.ts";
import { type Block, EngineMemory } from "./memory.ts";
import {
  layoutParameters,
  layoutTransposed,
  type Matrix,
  type ParameterLayout,
  type TransposedLayout,
} from "./parameters.ts";
import { type Pool, type Task } from "./pool.ts";
import { fillRopeTable } from "./rope_table.ts";

/** Rows of a matrix that one command transposes. */
const TRANSPOSED_ROWS = 512;

/** What computes: what is trained, or the weights without their adapter. */
export type Policy = "trained" | "base";
/** Positions of the rope table where so many are needed: the next power of two, so that it settles soon. */
export function ropePositions(positions: number): number {
  return 2 ** Math.ceil(Math.log2(positions));
}

/** Shared state of one engine. */
export class Host {
  readonly config: ModelConfig;
  readonly memory: EngineMemory;
  readonly kernels: Kernels;
  readonly pool: Pool<WorkerCommand>;
  readonly parameters: ParameterLayout;
  readonly transposedLayout: TransposedLayout;
  readonly adapter?: AdapterLayout;
  readonly #weights: Block;
  readonly #adapter: Block | undefined;
  readonly #headTransposed: Block;
  #rope: { readonly block: Block; readonly positions: number } | undefined;
  #transposed: Block | undefined;
  /** Whether the transposed copies are those of the weights. */
  #headFresh = false;
  #layersFresh = false;

  constructor(setup: EngineSetup, memory: EngineMemory, kernels: Kernels, pool: Pool<WorkerCommand>) {
    this.config = setup.config;
    this.memory = memory;
    this.kernels = kernels;
    this.pool = pool;
    this.parameters = layoutParameters(setup.config);
    this.transposedLayout = layoutTransposed(this.parameters);
    if (setup.adapter !== undefined) this.adapter = layoutAdapter(setup.config, setup.adapter, this.parameters);
    this.#weights = memory.allocateZeroed(this.parameters.size);
    this.#adapter = this.adapter && memory.allocateZeroed(this.adapter.size);
    this.#headTransposed = memory.allocate(setup.config.vocabularySize * setup.config.hiddenSize);
  }

  /** The parameters on the host; call `weightsChanged` after writing. */
  get weights(): Float32Array {
    return this.memory.floats(this.#weights.address, this.parameters.size);
  }

  /** (V, D), a view of the input embedding table. */
  get embeddingTable(): Float32Array {
    const { embedding } = this.parameters;
    return this.weights.subarray(embedding, embedding + this.config.vocabularySize * this.config.hiddenSize);
  }

  /** Threads that compute. */
  get workers(): number {
    return this.pool.size;
  }

  /** Where each tensor of what is trained lies, in a buffer of so many floats. */
  get trainedLayout(): Pick<ParameterLayout, "size" | "tensors"> {
    return this.adapter ?? this.parameters;
  }

  /** What is trained, the adapter's buffer or that of the parameters. */
  get trainedAddress(): number {
    return (this.#adapter ?? this.#weights).address;
  }

  /** The same on the host; call `trainedChanged` after writing. */
  get trained(): Float32Array {
    return this.memory.floats(this.trainedAddress, this.trainedLayout.size);
  }

  trainedChanged(): void {
    if (this.adapter === undefined) this.weightsChanged();
  }

  /** The transposed copies are made again before they are next used. */
  weightsChanged(): void {
    this.#headFresh = false;
    this.#layersFresh = false;
  }

  /** Runs commands on whichever worker is free; `take` sees the answer to each. */
  async runAll<C extends WorkerCommand>(
    commands: readonly C[],
    take?: (answer: unknown, command: C) => void,
  ): Promise<void> {
    const queue = commands.values();
    await this.pool.run(function* (): Task<WorkerCommand> {
      for (const command of queue) take === undefined ? yield command : take(yield command, command);
    });
  }

  /**
   * Addresses for a forward pass.
   *
   * @param positions positions that the rope table must have
   * @param policy whether the adapter, where there is one, takes part
   */
  async places(positions: number, policy: Policy = "trained"): Promise<Places> {
    const { vocabularySize, hiddenSize } = this.config;
    if (!this.#headFresh) {
      const table: Matrix = { offset: this.parameters.head, input: vocabularySize, output: hiddenSize };
      await this.runAll(this.#transposeMatrix(table, this.#headTransposed.address));
      this.#headFresh = true;
    }
    return {
      weights: this.#weights.address,
      adapter: policy === "trained" ? this.#adapter?.address ?? 0 : 0,
      headTransposed: this.#headTransposed.address,
      rope: this.#ropeTable(positions),
    };
  }

  /** Address of the transposed projections, for a backward pass. */
  async transposed(): Promise<number> {
    this.#transposed ??= this.memory.allocate(this.transposedLayout.size);
    const { address } = this.#transposed;
    if (!this.#layersFresh) {
      const commands = this.parameters.layers.flatMap((layer, i) => {
        const places = this.transposedLayout.layers[i];
        return [
          ...this.#transposeMatrix(layer.queryKeyValue, at(address, places.queryKeyValue)),
          ...this.#transposeMatrix(layer.attentionOutput, at(address, places.attentionOutput)),
          ...this.#transposeMatrix(layer.gateUp, at(address, places.gateUp)),
          ...this.#transposeMatrix(layer.down, at(address, places.down)),
        ];
      });
      await this.runAll(commands);
      this.#layersFresh = true;
    }
    return address;
  }

  #transposeMatrix(matrix: Matrix, to: number): TransposeCommand[] {
    const { offset, input, output } = matrix;
    const commands: TransposeCommand[] = [];
    for (let first = 0; first < input; first += TRANSPOSED_ROWS) {
      commands.push({
        kind: "transpose",
        from: at(this.#weights.address, offset + first * output),
        rows: Math.min(TRANSPOSED_ROWS, input - first),
        columns: output,
        to: at(to, first),
        toStride: input,
      });
    }
    return commands;
  }

  #ropeTable(positions: number): number {
    if (this.#rope === undefined || this.#rope.positions < positions) {
      if (this.#rope !== undefined) this.memory.free(this.#rope.block);
      const roomy = ropePositions(positions);
      const floats = roomy * rotarySizeOf(this.config);
      const block = this.memory.allocate(floats);
      fillRopeTable(this.memory.floats(block.address, floats), this.config);
      this.#rope = { block, positions: roomy };
    }
    return this.#rope.block.address;
  }
}
