/**
 * Checkpoint -> a language model on a backend, with the choice explained.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Checkpoint } from "../checkpoint/checkpoint.ts";
import type { LanguageModel } from "../models/language_model.ts";
import type { TfjsBackendName } from "../tfjs/device.ts";
import type { JsonObject } from "../files/json.ts";

/** Backends by their command-line names. */
export type BackendName = "cpu-engine" | "tfjs-cpu" | "webgpu" | "tensorflow";

/** What to compute on. */
export interface OpenModelOptions {
  /** Where it computes; `auto` chooses and says why. */
  readonly backend: BackendName | "auto";
  /** Threads of cpu-engine (default all cores). */
  readonly workers?: number;
  /** Weight products of cpu-engine by our C kernel or by OpenBLAS. */
  readonly native?: "c" | "blas";
}

/** A model that computes. */
export interface OpenedModel {
  /** The model. */
  readonly model: LanguageModel;
  /** Why this backend. */
  readonly reason: string;
  /** For a result file: what decides numbers, and nothing that differs between equal runs. */
  readonly facts: JsonObject;
  /** A second, frozen copy of the checkpoint; opened at the first call. */
  reference(): Promise<LanguageModel>;
  /** Ends workers and frees memory. */
  dispose(): Promise<void>;
}

/** Below this many parameters the CPU engine beats a GPU's launch overheads, and its results are bitwise. */
export const ENGINE_PARAMETERS = 50e6;

/**
 * Opens a checkpoint on a backend; `auto` explains its choice. A backend asked for by name never falls back to another.
 *
 * @throws {BenchError} If the backend does not work here
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
  const { backend, reason } = options.backend === "auto"
    ? await chooseBackend(checkpoint.parameters)
    : { backend: options.backend, reason: "as asked" };
  if (backend !== "cpu-engine" && (options.native !== undefined || options.workers !== undefined)) {
    const flag = options.native !== undefined ? "--native" : "--workers";
    throw new BenchError(`Cannot use ${flag} with ${backend}: it belongs to cpu-engine; leave it out`);
  }
  const open = () => openOn(backend, checkpoint, options);
  const model = await open();
  let reference: LanguageModel | undefined;
  return {
    model,
    reason,
    facts: { deno: Deno.version.deno, v8: Deno.version.v8, ...model.details },
    reference: async () => reference ??= await open(),
    dispose: async () => {
      await model.dispose();
      await reference?.dispose();
    },
  };
}

async function chooseBackend(parameters: number): Promise<{ backend: BackendName; reason: string }> {
  if (parameters < ENGINE_PARAMETERS) {
    return { backend: "cpu-engine", reason: `${(parameters / 1e6).toFixed(1)} M parameters are fastest on the CPU` };
  }
  const { workingAccelerator } = await import("../tfjs/device.ts");
  const found = await workingAccelerator();
  return found ?? { backend: "cpu-engine", reason: "no native TensorFlow and no GPU adapter works here" };
}

async function openOn(backend: BackendName, checkpoint: Checkpoint, options: OpenModelOptions): Promise<LanguageModel> {
  if (backend === "cpu-engine") {
    const { createEngine } = await import("../engine/engine.ts");
    return await createEngine(checkpoint.config, checkpoint.weights, {
      ...(options.workers !== undefined && { workers: options.workers }),
      ...(options.native !== undefined && { native: options.native }),
    });
  }
  return await openTfjsModel(backend, checkpoint);
}

async function openTfjsModel(backend: TfjsBackendName, checkpoint: Checkpoint): Promise<LanguageModel> {
  // Loaded only where used: tfjs takes most of a second.
  const { openDevice } = await import("../tfjs/device.ts");
  const { createTfjsModel } = await import("../tfjs/model.ts");
  const device = await openDevice(backend);
  return await createTfjsModel(checkpoint.config, checkpoint.weights, device);
}
