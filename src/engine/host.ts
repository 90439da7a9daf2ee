/**
 * What the main thread's parts of the engine share: the memory, the workers, the weights and what is derived from them.
 *
 * @module
 */
import { type ModelConfig, rotarySizeOf } from "../models/model_config.ts";
import { type AdapterLayout, layoutAdapter } from "./adapter_layout.ts";
import type { EngineSetup, PackCommand, Places, WorkerCommand } from "./commands.ts";
import { at } from "./forward.ts";
import { type Block, blockBytes, EngineMemory } from "./memory.ts";
import { areBf16, PANEL_BYTES, panelBytes, type PanelDtype, PanelTable, PROJECTIONS, roundedFloats } from "./panels.ts";
import {
  type CopiesLayout,
  layoutCopies,
  layoutParameters,
  type Matrix,
  panelFloats,
  type ParameterLayout,
} from "./parameters.ts";
import type { SizedEngine } from "./pass_room.ts";
import { type Pool, SEATS, type Task } from "./pool.ts";
import { fillRopeTable } from "./rope_table.ts";
import { panelWidths, tileRowsOf } from "./weight_product.ts";

/** A matrix is packed in so many commands a worker, where that leaves each enough rows or columns. */
const PACKINGS_PER_WORKER = 4;
const LEAST_PACKED = 512;

/** Floats of a layer's projections from which on to read them is a good part of a step. */
const LARGE_FLOATS = 1e6;
/**
 * Workers of a step split such weights where they have fewer rows than this each: SmolLM2-135M then decodes 1 to 8 sequences
 * 1.7 times as fast on 2 cores, 32 of them 1.25 times, and no more of 64.
 */
const SPLIT_ROWS = 32;

/**
 * What computes: what is trained, the weights without their adapter, or what is trained as it is evaluated, by rounded
 * weights where the engine is told so.
 */
export type Policy = "trained" | "base" | "evaluated";
/** The numbers of panels: the weights themselves, or the nearest bf16. */
type Numbers = "exact" | "rounded";

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
  /** Whether what is evaluated decodes by weights in bf16. */
  readonly rounds: boolean;
  readonly #panels: PanelTable;
  /** Whether what multiplies knows panels in bf16. */
  readonly #knowsBf16: boolean;
  /**
   * Tasks that a worker has at once while sequences step apart: one in WebAssembly, which gains nothing by more, and where
   * weights are large, so that each of two would read them.
   */
  readonly seats: number;
  /** Rows that a product with weights takes at once. */
  readonly tileRows: number;
  /** Whether the workers of a step of so many rows split the weights, in place of the rows. */
  readonly splitsWeights: (rows: number) => boolean;
  #copies: Block | undefined;
  /** Which copies of the head and of the projections are those of the weights. */
  #headFresh: Numbers | undefined;
  #fresh: Numbers | "transposed" | undefined;

  /**
   * @param packs whether decoding by exact weights has the projections in panels
   * @param rounds whether what is evaluated decodes by weights in bf16 (default false)
   * @param splits whether the workers of a step split the weights, however many rows there are (absent: as is faster)
   */
  constructor(
    setup: EngineSetup,
    memory: EngineMemory,
    kernels: SizedEngine["kernels"],
    pool: Pool<WorkerCommand>,
    packs: boolean,
    rounds = false,
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
    this.rounds = rounds;
    this.#panels = new PanelTable(memory.shared, setup.panels, setup.config.layers);
    this.#knowsBf16 = setup.native?.kind !== "blas";
    const isLarge = this.#copiesLayout.size / setup.config.layers >= LARGE_FLOATS;
    this.seats = setup.native === undefined || isLarge ? 1 : SEATS;
    this.tileRows = tileRowsOf(setup.native);
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
    this.#headFresh = undefined;
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
   * @param policy whether the adapter, where there is one, takes part, and whether the head is rounded
   */
  async places(positions: number, policy: Policy = "trained"): Promise<Places> {
    const { vocabularySize, hiddenSize } = this.config;
    const numbers = this.#numbersOf(policy);
    if (this.#headFresh !== numbers) {
      const table: Matrix = { offset: this.parameters.head, input: vocabularySize, output: hiddenSize };
      const dtype = this.#dtypeOf(table, numbers), { address } = this.#headTransposed;
      this.#panels.head = { address, dtype };
      await this.runAll(this.#packTransposed(table, address, dtype));
      this.#headFresh = numbers;
    }
    return {
      weights: this.#weights.address,
      adapter: policy === "base" ? 0 : this.#adapter?.address ?? 0,
      inPanels: false,
      rope: this.#ropeTable(positions),
    };
  }

  /** The same for decoding, where few rows meet each weight: with the projections in panels, if there is room for them. */
  async decodingPlaces(positions: number, policy: Policy): Promise<Places> {
    const places = await this.places(positions, policy), numbers = this.#numbersOf(policy);
    // Rounded weights lie in panels alone; whether others do changes no number.
    if (!this.#packs && numbers === "exact") return places;
    if (this.#fresh !== numbers) {
      let to = this.#roomFor(numbers);
      const commands = this.parameters.layers.flatMap((layer, i) =>
        PROJECTIONS.flatMap((name) => {
          const address = to, matrix = layer[name], dtype = this.#dtypeOf(matrix, numbers);
          this.#panels.setProjection(i, name, { address, dtype });
          to += panelBytes(matrix, dtype);
          return this.#pack(matrix, address, dtype);
        })
      );
      await this.runAll(commands);
      this.#fresh = numbers;
    }
    return { ...places, inPanels: true };
  }

  /** Address of the transposed projections, for a backward pass. */
  async transposed(): Promise<number> {
    const address = this.#roomFor("transposed");
    if (this.#fresh !== "transposed") {
      const commands = this.parameters.layers.flatMap((layer, i) => {
        const places = this.#copiesLayout.layers[i];
        return PROJECTIONS.flatMap((name) => this.#packTransposed(layer[name], at(address, places[name]), "float32"));
      });
      await this.runAll(commands);
      this.#fresh = "transposed";
    }
    return address;
  }

  /** Takes the memory of copies, if training needs any. */
  reserveCopies(): void {
    if (this.adapter === undefined) this.#roomFor("transposed");
  }

  /** Address of the room that all kinds of copies share: a step first decodes, then trains. */
  #roomFor(kind: Numbers | "transposed"): number {
    const floats = kind === "rounded" && !this.#packs ? roundedFloats(this.parameters) : this.#copiesLayout.size;
    if (this.#copies !== undefined && this.#copies.bytes < blockBytes(floats)) {
      this.memory.free(this.#copies);
      this.#copies = undefined;
    }
    this.#copies ??= this.memory.allocate(floats);
    return this.#copies.address;
  }

  #numbersOf(policy: Policy): Numbers {
    return policy === "evaluated" && this.rounds ? "rounded" : "exact";
  }

  /** How a matrix is stored in panels: in bf16 too where it loses nothing. */
  #dtypeOf({ offset, input, output }: Matrix, numbers: Numbers): PanelDtype {
    if (numbers === "rounded") return "bfloat16";
    const { buffer, byteOffset } = this.weights.subarray(offset);
    return this.#knowsBf16 && areBf16(new Uint32Array(buffer, byteOffset, input * output)) ? "bfloat16" : "float32";
  }

  #pack({ offset, input, output }: Matrix, to: number, dtype: PanelDtype): PackCommand[] {
    const width = this.#panelWidth(output);
    return this.#ranges(output, width).map(([first, columns]) => ({
      kind: dtype === "bfloat16" ? "packBf16" : "pack",
      from: at(this.#weights.address, offset + first),
      fromStride: output,
      rows: input,
      columns,
      to: to + first * input * PANEL_BYTES[dtype],
      width,
    }));
  }

  #packTransposed({ offset, input, output }: Matrix, to: number, dtype: PanelDtype): PackCommand[] {
    const width = this.#panelWidth(input);
    return this.#ranges(input, width).map(([first, rows]) => ({
      kind: dtype === "bfloat16" ? "packTransposedBf16" : "packTransposed",
      from: at(this.#weights.address, offset + first * output),
      fromStride: output,
      rows,
      columns: output,
      to: to + first * output * PANEL_BYTES[dtype],
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
