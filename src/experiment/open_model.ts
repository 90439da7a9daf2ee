/**
 * Checkpoint -> a language model on a backend, with the choice explained.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { EngineOptions } from "../engine/engine.ts";
import { requireAdaptable } from "../models/adapted_layers.ts";
import type { AdapterConfig } from "../models/adapter.ts";
import type { EvaluatedModel, LanguageModel } from "../models/language_model.ts";
import type { TfjsBackendName } from "../tfjs/device.ts";
import type { JsonObject } from "../files/json.ts";
import type { ResolvedExperimentConfig } from "./resolve.ts";

/** Backends by their command-line names. */
export type BackendName = "cpu-engine" | "torch" | "tfjs-cpu" | "webgpu" | "tensorflow";

/** What to compute on. */
export interface OpenModelOptions {
  /** Where it computes; `auto` chooses and says why. */
  readonly backend: BackendName | "auto";
  /** Threads of cpu-engine, or of each process of torch on a CPU (default all cores). */
  readonly workers?: number;
  /** Kernels of cpu-engine in WebAssembly or in C (default where it loads), or weight products by an OpenBLAS. */
  readonly products?: "wasm" | "c" | "blas";
  /**
   * Weights of cpu-engine that evaluations decode by (default float32), `bfloat16` being the nearest of those. Training keeps
   * the exact ones, its completions too: their log-densities are those of the policy that is trained.
   */
  readonly decodeDtype?: "float32" | "bfloat16";
  /** What torch computes on (default a GPU where there is one). */
  readonly device?: "cpu" | "cuda";
  /** Numbers that torch computes with (default bfloat16 on a GPU); what is trained has 32 bits always. */
  readonly dtype?: "float32" | "bfloat16";
  /** Processes of torch, one each device (default 1). */
  readonly devices?: number;
  /** Whether each device of torch holds a piece of what is trained, in place of all of it. */
  readonly shard?: boolean;
  /** A low-rank adapter that is trained in place of the weights (absent: they are). */
  readonly adapter?: AdapterConfig;
}

/** A model that computes. */
export interface OpenedModel {
  /** The model. */
  readonly model: LanguageModel;
  /** Why this backend. */
  readonly reason: string;
  /** For a result file: what decides numbers, and nothing that differs between equal runs. */
  readonly facts: JsonObject;
  /** GPUs of a backend whose batches follow from what is free there: bytes, before anything was opened. */
  readonly devices?: {
    readonly dtype: "float32" | "bfloat16";
    readonly free: readonly number[];
    /** Whether each holds a piece of what is trained. */
    readonly shard: boolean;
  };
  /** Keeps what the backend's own program writes, from its start on, in a file. */
  readonly keepLog?: (path: string) => void;
  /** The checkpoint, frozen: a second copy of its weights, or with an adapter the same; opened at the first call. */
  reference(): Promise<LanguageModel>;
  /** Ends workers and frees memory. */
  dispose(): Promise<void>;
}

/** What evaluations draw by. */
export function evaluatedModel({ model }: Pick<OpenedModel, "model">): EvaluatedModel {
  return model.evaluated ?? model;
}

/** Below this many parameters the CPU engine beats a GPU's launch overheads, and its results are bitwise. */
export const ENGINE_PARAMETERS = 50e6;

/** A backend, why it is that one, and how its engine goes about its work where it is ours. */
export interface ChosenBackend {
  /** Its name. */
  readonly backend: BackendName;
  /** Why this one. */
  readonly reason: string;
  /** Nothing here changes a number. */
  readonly engine?: Pick<EngineOptions, "recompute" | "mostBytes" | "packs" | "records">;
}

/** The backend that a checkpoint is opened on; nothing of the model is opened to tell. */
export async function backendFor(
  checkpoint: Pick<Checkpoint, "parameters" | "foreign">,
  options: OpenModelOptions,
): Promise<ChosenBackend> {
  return options.backend === "auto"
    ? await chooseBackend(checkpoint, options)
    : { backend: options.backend, reason: "as asked" };
}

/**
 * Opens a checkpoint on a backend; `auto` explains its choice. A backend asked for by name never falls back to another.
 *
 * @throws {BenchError} If the backend does not work here, or has no adapter where one is asked for
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
 *
 * const opened = await openModel(await loadCheckpoint("models/tiny"), { backend: "auto", workers: 1 });
 * assertEquals([opened.model.backend, opened.model.reproducibility], ["cpu-engine", "bitwise"]);
 * await opened.dispose();
 * ```
 */
export async function openModel(checkpoint: Checkpoint, options: OpenModelOptions): Promise<OpenedModel> {
  return await openChosen(checkpoint, options, await backendFor(checkpoint, options));
}

/** As {@link openModel}, on a backend that {@link backendFor} has named. */
export async function openChosen(
  checkpoint: Checkpoint,
  options: OpenModelOptions,
  { backend, reason, engine }: ChosenBackend,
): Promise<OpenedModel> {
  if (checkpoint.foreign !== undefined && backend !== "torch") {
    throw new BenchError(`${checkpoint.foreign}; --backend torch leaves it to transformers`);
  }
  requireOwnFlags(backend, options);
  requireAdapter(backend, checkpoint, options.adapter);
  const { open, ...kept } = await openerOf(backend, checkpoint, options, engine);
  const model = await open();
  const how = "productsLine" in model ? `; ${model.productsLine}` : "";
  let reference: LanguageModel | undefined;
  const base = model.withoutAdapter?.();
  return {
    model,
    reason: `${reason}${how}`,
    facts: { deno: Deno.version.deno, v8: Deno.version.v8, ...model.details },
    ...kept,
    reference: async () => base ?? (reference ??= await open()),
    dispose: async () => {
      await model.dispose();
      await reference?.dispose();
    },
  };
}

/** Options that not every backend has, with their flags and their backends. */
const OWN_FLAGS = {
  products: ["--native or --sandboxed", ["cpu-engine"]],
  decodeDtype: ["--decode-dtype", ["cpu-engine"]],
  workers: ["--workers", ["cpu-engine", "torch"]],
  device: ["--device", ["torch"]],
  dtype: ["--dtype", ["torch"]],
  devices: ["--devices", ["torch"]],
  shard: ["--shard", ["torch"]],
} as const satisfies Partial<Record<keyof OpenModelOptions, readonly [string, readonly BackendName[]]>>;

function requireOwnFlags(backend: BackendName, options: OpenModelOptions): void {
  for (const name of Object.keys(OWN_FLAGS) as (keyof typeof OWN_FLAGS)[]) {
    const [flag, owners]: readonly [string, readonly BackendName[]] = OWN_FLAGS[name];
    if (options[name] === undefined || owners.includes(backend)) continue;
    throw new BenchError(`Cannot use ${flag} with ${backend}: it belongs to ${owners.join(", ")}; leave it out`);
  }
}

/** The adapter that is trained, as an option of a model; empty where all weights are trained, or nothing is. */
export function trainedAdapter(
  { arms, training: { adapter } }: Pick<ResolvedExperimentConfig, "arms" | "training">,
): Pick<OpenModelOptions, "adapter"> {
  return adapter !== undefined && arms.some(({ objective }) => objective !== undefined) ? { adapter } : {};
}

/** Backends that train an adapter. */
const ADAPTER_BACKENDS: readonly BackendName[] = ["cpu-engine", "torch"];

function requireAdapter(backend: BackendName, checkpoint: Checkpoint, adapter: AdapterConfig | undefined): void {
  if (adapter === undefined) return;
  if (!ADAPTER_BACKENDS.includes(backend)) {
    throw new BenchError(
      `Cannot train an adapter with ${backend}: found training.adapter, expected a backend that has adapters ` +
        `(${ADAPTER_BACKENDS.join(", ")}); leave it out, and all weights are trained`,
    );
  }
  if (checkpoint.foreign !== undefined) {
    throw new BenchError(
      `Cannot train an adapter of ${checkpoint.folder}: ${checkpoint.foreign}; leave training.adapter out`,
    );
  }
  requireAdaptable(checkpoint.config);
}

async function chooseBackend(
  { parameters, foreign }: Pick<Checkpoint, "parameters" | "foreign">,
  options: OpenModelOptions,
): Promise<ChosenBackend> {
  if (foreign === undefined && parameters < ENGINE_PARAMETERS) {
    return { backend: "cpu-engine", reason: `${(parameters / 1e6).toFixed(1)} M parameters are fastest on the CPU` };
  }
  if (options.products === "wasm") return { backend: "cpu-engine", reason: "it needs no native code" };
  const { gpuOfTorch } = await import("../torch/workers.ts");
  const gpu = await gpuOfTorch(options);
  if (gpu !== undefined) return { backend: "torch", reason: `PyTorch works here: ${gpu}` };
  if (options.adapter !== undefined) return { backend: "cpu-engine", reason: "no PyTorch with a GPU works here" };
  const { workingAccelerator } = await import("../tfjs/device.ts");
  const found = await workingAccelerator();
  return found ??
    { backend: "cpu-engine", reason: "no PyTorch or native TensorFlow with a GPU, and no GPU adapter works here" };
}

/** How a backend opens a model, each time another, and what else it tells. */
interface Opener extends Pick<OpenedModel, "devices" | "keepLog"> {
  readonly open: () => Promise<LanguageModel>;
}

async function openerOf(
  backend: BackendName,
  checkpoint: Checkpoint,
  options: OpenModelOptions,
  engine: ChosenBackend["engine"],
): Promise<Opener> {
  switch (backend) {
    case "cpu-engine": {
      const { createEngine } = await import("../engine/engine.ts");
      const { workers, products, decodeDtype, adapter } = options;
      const own = {
        ...engine,
        ...(workers !== undefined && { workers }),
        ...(products !== undefined && { products }),
        ...(decodeDtype !== undefined && { decodeDtype }),
        ...(adapter !== undefined && { adapter }),
      };
      return { open: () => createEngine(checkpoint.config, checkpoint.weights, own) };
    }
    case "torch":
      return await openTorch(checkpoint, options);
    default:
      return { open: () => openTfjsModel(backend, checkpoint) };
  }
}

/** Model and reference share their workers: a reference's laws are read where the policy is. */
async function openTorch(
  checkpoint: Checkpoint,
  { workers: threads, device, dtype, devices, shard, adapter }: OpenModelOptions,
): Promise<Opener> {
  const { TorchWorkers } = await import("../torch/workers.ts");
  const { createTorchModel } = await import("../torch/model.ts");
  const workers = await TorchWorkers.start({
    ...(threads !== undefined && { threads }),
    ...(device !== undefined && { device }),
    ...(dtype !== undefined && { dtype }),
    ...(devices !== undefined && { devices }),
    ...(shard !== undefined && { shard }),
  });
  return {
    open: () => createTorchModel(workers, { ...checkpoint, ...(adapter !== undefined && { adapter }) }),
    ...(workers.device === "cuda" && {
      devices: { dtype: workers.dtype, free: workers.freeMemory, shard: workers.shard },
    }),
    keepLog: (path) => workers.keepLog(path),
  };
}

async function openTfjsModel(backend: TfjsBackendName, checkpoint: Checkpoint): Promise<LanguageModel> {
  // Loaded only where used: tfjs takes most of a second.
  const { openDevice } = await import("../tfjs/device.ts");
  const { createTfjsModel } = await import("../tfjs/model.ts");
  const device = await openDevice(backend);
  return await createTfjsModel(checkpoint.config, checkpoint.weights, device);
}
