/**
 * What the main thread's parts of the engine share: the memory, the workers, the weights and what is derived from them.
 *
 * @module
 */
import { type ModelConfig, rotarySizeOf } from "../models/model_config.ts";
import { type AdapterLayout, layoutAdapter } from "./adapter_layout.ts";
import type { EngineSetup, PackCommand, Places, WorkerCommand } from "./commands.ts";
import { at } from "./forward.ts";
import { type Block, EngineMemory } from "./memory.ts";
import {
  type CopiesLayout,
  layoutCopies,
  layoutParameters,
  type Matrix,
  panelFloats,
  type ParameterLayout,
} from "./parameters.ts";
import type { SizedEngine } from "./pass_room.ts";
import { type Pool, type Task } from "./pool.ts";
import { fillRopeTable } from "./rope_table.ts";
import { panelWidths } from "./weight_product.ts";

/** A matrix is packed in so many commands a worker, where that leaves each enough rows or columns. */
const PACKINGS_PER_WORKER = 4;
const LEAST_PACKED = 512;
const PROJECTIONS = ["queryKeyValue", "attentionOutput", "gateUp", "down"] as const;

/**
 * Workers of a step split the weights where they have fewer rows than this each, and a layer's projections more floats than
 * that: SmolLM2-135M then decodes 1 to 8 sequences 1.7 times as fast on 2 cores, 32 of them 1.25 times, and no more of 64.
 */
const SPLIT_ROWS = 32, SPLIT_FLOATS = 1e6;

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
  readonly kernels: SizedEngine["kernels"];
  readonly pool: Pool<WorkerCommand>;
  readonly parameters: ParameterLayout;
  readonly adapter?: AdapterLayout;
  readonly #weights: Block;
  readonly #adapter: Block | undefined;
  readonly #headTransposed: Block;
  #rope: { readonly block: Block; readonly positions: number } | undefined;
  readonly #copiesLayout: CopiesLayout;
  readonly #panelWidth: (columns: number) => number;
  readonly #packs: boolean;
  /** Whether the workers of a step of so many rows split the weights, in place of the rows. */
  readonly splitsWeights: (rows: number) => boolean;
  #copies: Block | undefined;
  /** Whether the head's copy is that of the weights, and which copies of the projections are. */
  #headFresh = false;
  #fresh: "packed" | "transposed" | undefined;

  /**
   * @param packs whether decoding has the projections in panels
   * @param splits whether the workers of a step split the weights, however many rows there are (absent: as is faster)
   */
  constructor(
    setup: EngineSetup,
    memory: EngineMemory,
    kernels: SizedEngine["kernels"],
    pool: Pool<WorkerCommand>,
    packs: boolean,
    splits?: boolean,
  ) {
    this.config = setup.config;
    this.memory = memory;
    this.kernels = kernels;
    this.pool = pool;
    this.parameters = layoutParameters(setup.config);
    this.#copiesLayout = layoutCopies(this.parameters);
    this.#panelWidth = panelWidths(setup.native);
    this.#packs = packs;
    const isLarge = this.#copiesLayout.size / setup.config.layers >= SPLIT_FLOATS;
    // A library sums columns in an order that their number decides.
    const canSplit = pool.size > 1 && setup.native?.kind !== "blas";
    this.splitsWeights = (rows) => canSplit && (splits ?? (isLarge && rows < SPLIT_ROWS * pool.size));
    if (setup.adapter !== undefined) this.adapter = layoutAdapter(setup.config, setup.adapter, this.parameters);
    this.#weights = memory.allocateZeroed(this.parameters.size);
    this.#adapter = this.adapter && memory.allocateZeroed(this.adapter.size);
    this.#headTransposed = memory.allocate(panelFloats(setup.config.hiddenSize, setup.config.vocabularySize));
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

  /** The copies are made again before they are next used. */
  weightsChanged(): void {
    this.#headFresh = false;
    this.#fresh = undefined;
  }

  /** Runs commands on whichever worker is free; `take` sees the answer to each. */
  async runAll<C extends WorkerCommand>(
    commands: readonly C[],
    take?: (answer: readonly number[] | undefined, command: C) => void,
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
      await this.runAll(this.#packTransposed(table, this.#headTransposed.address));
      this.#headFresh = true;
    }
    return {
      weights: this.#weights.address,
      adapter: policy === "trained" ? this.#adapter?.address ?? 0 : 0,
      headTransposed: this.#headTransposed.address,
      packed: 0,
      rope: this.#ropeTable(positions),
    };
  }

  /** The same for decoding, where few rows meet each weight: with the projections in panels, if there is room for them. */
  async decodingPlaces(positions: number, policy: Policy): Promise<Places> {
    const places = await this.places(positions, policy);
    if (!this.#packs) return places;
    return { ...places, packed: await this.#copiesOf("packed", (matrix, to) => this.#pack(matrix, to)) };
  }

  /** Address of the transposed projections, for a backward pass. */
  transposed(): Promise<number> {
    return this.#copiesOf("transposed", (matrix, to) => this.#packTransposed(matrix, to));
  }

  /** The projections' copies of one kind, in the room that both kinds share: a step first decodes, then trains. */
  async #copiesOf(
    kind: "packed" | "transposed",
    renew: (matrix: Matrix, to: number) => PackCommand[],
  ): Promise<number> {
    this.#copies ??= this.memory.allocate(this.#copiesLayout.size);
    const { address } = this.#copies;
    if (this.#fresh !== kind) {
      const commands = this.parameters.layers.flatMap((layer, i) => {
        const places = this.#copiesLayout.layers[i];
        return PROJECTIONS.flatMap((name) => renew(layer[name], at(address, places[name])));
      });
      await this.runAll(commands);
      this.#fresh = kind;
    }
    return address;
  }

  #pack({ offset, input, output }: Matrix, to: number): PackCommand[] {
    const width = this.#panelWidth(output);
    return this.#ranges(output, width).map(([first, columns]) => ({
      kind: "pack",
      from: at(this.#weights.address, offset + first),
      fromStride: output,
      rows: input,
      columns,
      to: at(to, first * input),
      width,
    }));
  }

  #packTransposed({ offset, input, output }: Matrix, to: number): PackCommand[] {
    const width = this.#panelWidth(input);
    return this.#ranges(input, width).map(([first, rows]) => ({
      kind: "packTransposed",
      from: at(this.#weights.address, offset + first * output),
      fromStride: output,
      rows,
      columns: output,
      to: at(to, first * output),
      width,
    }));
  }

  /** Parts of so many rows or columns, in whole panels, a few a worker: where each begins, and how many it has. */
  #ranges(count: number, width: number): [first: number, count: number][] {
    const share = Math.max(LEAST_PACKED, count / this.pool.size / PACKINGS_PER_WORKER);
    const each = Math.ceil(share / width) * width;
    return Array.from({ length: Math.ceil(count / each) }, (_, i) => [i * each, Math.min(each, count - i * each)]);
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
