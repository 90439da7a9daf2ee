/**
 * The fast CPU engine: the causal language model of `models/` in WebAssembly SIMD over one shared memory, on every core,
 * with nothing to install. The same bytes for any number of workers.
 *
 * @module
 */
import { BenchError, UsageError } from "../errors.ts";
import { InterruptedError } from "../interruption.ts";
import type {
  AccumulateOptions,
  DecodeOptions,
  Decoder,
  EvaluatedModel,
  LanguageModel,
  NamedTensors,
  Reproducibility,
  TrainingGroup,
} from "../models/language_model.ts";
import { type AdapterConfig, initialAdapter } from "../models/adapter.ts";
import { rmsOfCoordinates } from "../models/embedding_table.ts";
import type { RowLoss } from "../models/readings.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { COMMAND_FORM } from "./command_form.ts";
import type { EngineSetup, WorkerCommand } from "./commands.ts";
import { BaseModel } from "./base_model.ts";
import { startDecoder } from "./decoder.ts";
import { Host } from "./host.ts";
import { compileKernels, createSharedMemory, type KernelPath, memorylessKernels, STACK_BYTES } from "./kernels.ts";
import { EngineMemory, FLOAT_BYTES } from "./memory.ts";
import { chooseProducts, type ChosenProducts, type Products } from "./native/choose.ts";
import { Optimizer } from "./optimizer.ts";
import { type PanelDtype, panelTableFloats } from "./panels.ts";
import { hasRoomToPack, layoutParameters, readTensorsMeanwhile, writeTensors } from "./parameters.ts";
import { Pool } from "./pool.ts";
import { Recordings } from "./recordings.ts";
import { nativeMemory, WASM_CAPACITY } from "./shared_memory.ts";
import { GradientShards, GroupPasses } from "./training.ts";
import type { OptimizerStep } from "../models/adamw.ts";

/**
 * How an engine computes; nothing here but `decodeDtype` changes what it computes, `kernels` and `products` its last bits at
 * most.
 */
export interface EngineOptions {
  /** Threads besides the main one; as many as the machine has cores unless given. */
  readonly workers?: number;
  /** Rounding of multiply-add; relaxed where the machine fuses it unless given. */
  readonly kernels?: KernelPath;
  /** What computes; unless given, our C kernels where they load, with the bytes of WebAssembly. */
  readonly products?: Products;
  /** Whether a backward pass computes each layer again from its input: a third more work, and no memory for a layer more. */
  readonly recompute?: boolean;
  /** Bytes of memory beyond which a backward pass does so, whatever `recompute` says; 4 GiB unless given. */
  readonly mostBytes?: number;
  /**
   * Numbers of the weights that `evaluated` multiplies by, `bfloat16` being the nearest of those (default float32). Embeddings
   * that are fed, biases, norms, an adapter, and all sums have 32 bits always; so has `decode`, by which completions for
   * training are drawn, as their log-densities are to be those of the policy that is trained.
   */
  readonly decodeDtype?: PanelDtype;
  /** Whether decoding has a copy of the projections in panels; unless given, where that leaves a quarter of `mostBytes`. */
  readonly packs?: boolean;
  /**
   * Whether what decoding computes of completions that will be trained on is kept for their backward pass, a fifth less work;
   * unless given, where that takes at most a quarter of `mostBytes`.
   */
  readonly records?: boolean;
  /** Whether the workers of a decoding step split the weights and not the sequences; unless given, where that is faster. */
  readonly splits?: boolean;
  /** What is trained in place of the weights (absent: they are); it starts as under seed 0. */
  readonly adapter?: AdapterConfig;
}

/** The engine as a language model, with what only it can tell. */
export interface EngineModel extends LanguageModel {
  /** Bytes of the memory that weights, caches and activations share; it never shrinks. */
  readonly memoryBytes: number;
  /** What computes, and why, for people. */
  readonly productsLine: string;
}

/**
 * Starts an engine with these weights.
 *
 * @throws {BenchError} If a weight is missing or has another shape than `config` says, the memory does not suffice, the
 * model cannot have the adapter, or what `products` asks for is not on this machine or cannot multiply by `decodeDtype`
 */
export async function createEngine(
  config: ModelConfig,
  weights: NamedTensors,
  options: EngineOptions = {},
): Promise<EngineModel> {
  const workers = options.workers ?? navigator.hardwareConcurrency;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new UsageError(`Cannot start an engine with ${workers} workers: expected an integer of at least 1`);
  }
  const { module, path } = await compileKernels(options.kernels);
  const products = await chooseProducts(options.products, path);
  const { native } = products;
  const { decodeDtype = "float32" } = options;
  const rounds = decodeDtype === "bfloat16";
  if (rounds && native?.kind === "blas") {
    throw new BenchError(
      "Cannot decode by weights in bfloat16: found an OpenBLAS, expected the engine's own products; " +
        "leave --native or --decode-dtype out",
    );
  }
  const memory = new EngineMemory(native?.kind === "c" ? nativeMemory(native) : createSharedMemory());
  const stacks = memory.allocate(workers * STACK_BYTES / FLOAT_BYTES).address;
  const panels = memory.allocate(panelTableFloats(config.layers)).address;
  const { adapter, mostBytes = WASM_CAPACITY } = options;
  const packs = options.packs ?? hasRoomToPack(config, layoutParameters(config), mostBytes);
  const setup: EngineSetup = {
    ...{ module, memory: memory.shared, stacks, panels, config },
    ...(adapter !== undefined && { adapter }),
    ...(native !== undefined && { native }),
  };
  const url = new URL("./worker.ts", import.meta.url);
  const pool = await Pool.start<WorkerCommand, EngineSetup>({ url, form: COMMAND_FORM, workers, setup });
  try {
    const host = new Host(setup, memory, memorylessKernels(module), pool, packs, rounds, options.splits);
    const engine = new Engine(host, path, products, options.recompute ? 0 : mostBytes, options.records, adapter);
    writeTensors(host.weights, host.parameters, weights, "weights");
    host.weightsChanged();
    if (adapter !== undefined) await engine.restore(initialAdapter(config, adapter, 0));
    return engine;
  } catch (error) {
    pool.terminate();
    throw error;
  }
}

class Engine implements EngineModel {
  readonly config: ModelConfig;
  readonly backend = "cpu-engine";
  readonly reproducibility: Reproducibility;
  readonly details: Readonly<Record<string, string>>;
  readonly productsLine: string;
  readonly adapter?: AdapterConfig;
  readonly withoutAdapter?: () => LanguageModel;
  readonly evaluated?: EvaluatedModel;
  readonly #host: Host;
  readonly #passes: GroupPasses;
  readonly #gradients: GradientShards;
  readonly #optimizer: Optimizer;
  readonly #recordings: Recordings;

  constructor(
    host: Host,
    path: KernelPath,
    { native, line }: ChosenProducts,
    mostBytes: number,
    records: boolean | undefined,
    adapter: AdapterConfig | undefined,
  ) {
    this.config = host.config;
    // An OpenBLAS sums in an order of its own, which may differ by shape and version.
    this.reproducibility = native?.kind === "blas" ? "same-shape" : "bitwise";
    this.details = {
      ...{ kernels: path, products: native?.kind ?? "wasm" },
      ...(host.rounds && { decodeDtype: "bfloat16" satisfies PanelDtype }),
    };
    this.productsLine = line;
    this.#host = host;
    this.#gradients = new GradientShards(host);
    this.#optimizer = new Optimizer(host, this.#gradients);
    this.#recordings = new Recordings(host, mostBytes, records, () => this.#reserveForTraining());
    this.#passes = new GroupPasses(host, mostBytes, this.#recordings);
    if (host.rounds) {
      this.evaluated = {
        config: host.config,
        weights: () => this.weights(),
        decode: (prompts, copies, maxNewPositions, { abort } = {}) =>
          startDecoder(host, prompts, copies, maxNewPositions, "evaluated", { abort }),
      };
    }
    if (adapter === undefined) return;
    this.adapter = adapter;
    const base = new BaseModel(this, host, this.#passes);
    this.withoutAdapter = () => base;
  }

  /** Takes the memory that training will hold, so that it lies before what comes and goes. */
  #reserveForTraining(): void {
    this.#host.reserveCopies();
    this.#gradients.reserve();
    this.#optimizer.reserve();
  }

  get memoryBytes(): number {
    return this.#host.memory.size;
  }

  async coordinateRms(neverFed?: readonly number[]): Promise<number> {
    return rmsOfCoordinates(this.#host.embeddingTable, this.config.hiddenSize, neverFed);
  }

  decode(
    prompts: readonly Int32Array[],
    copies: readonly number[],
    maxNewPositions: number,
    { willTrain = false, abort }: DecodeOptions = {},
  ): Promise<Decoder> {
    const recordings = willTrain && { recordings: this.#recordings };
    return startDecoder(this.#host, prompts, copies, maxNewPositions, "trained", { abort, ...recordings });
  }

  forward(groups: readonly TrainingGroup[], visit: RowLoss, abort?: AbortSignal): Promise<void> {
    return this.#passes.run(groups, visit, { trainInputs: false, abort });
  }

  async accumulate(
    groups: readonly TrainingGroup[],
    loss: RowLoss,
    { trainInputs = false, abort }: AccumulateOptions = {},
  ): Promise<void> {
    try {
      await this.#passes.run(groups, loss, { gradients: this.#gradients, trainInputs, abort });
    } catch (error) {
      // A part of a gradient is of no use.
      if (error instanceof InterruptedError) this.#gradients.reset();
      throw error;
    }
  }

  update(step: OptimizerStep): Promise<number> {
    this.#recordings.clear();
    return this.#optimizer.update(step);
  }

  async gradients(): Promise<NamedTensors> {
    return this.#gradients.read();
  }

  async weights(): Promise<NamedTensors> {
    return await readTensorsMeanwhile(this.#host.trained, this.#host.trainedLayout);
  }

  async optimizerState(): Promise<{ first: NamedTensors; second: NamedTensors }> {
    return await this.#optimizer.read();
  }

  async restore(weights: NamedTensors, moments?: { first: NamedTensors; second: NamedTensors }): Promise<void> {
    writeTensors(this.#host.trained, this.#host.trainedLayout, weights, this.adapter ? "adapter" : "weights");
    this.#host.trainedChanged();
    this.#recordings.clear();
    this.#optimizer.restore(moments);
    this.#gradients.reset();
  }

  async dispose(): Promise<void> {
    await this.#host.pool.close();
  }
}
