/** Every implementation of `LanguageModel`, tried before it is tested. */
import { openDevice, type TfjsBackendName } from "../../src/tfjs/device.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { BenchError } from "../../src/errors.ts";
import type { AdapterConfig } from "../../src/models/adapter.ts";
import type { LanguageModel, NamedTensors } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { formatCheckpointConfig } from "../../src/checkpoint/config.ts";
import { createTfjsModel } from "../../src/tfjs/model.ts";
import { createTorchModel } from "../../src/torch/model.ts";
import { type TorchOptions, TorchWorkers } from "../../src/torch/workers.ts";

export interface TestedBackend {
  readonly name: "cpu-engine" | "torch" | TfjsBackendName;
  /** Largest difference, relative to the largest magnitude of a tensor. */
  readonly tolerance: number;
  /** Why it is skipped here, where it is. */
  readonly missing?: string;
  create(config: ModelConfig, weights: NamedTensors): Promise<LanguageModel>;
}

/**
 * All of them sum in float32, where sums of some hundred terms are right to about 3e-6. WebGPU allows `exp` and
 * `inverseSqrt` a few units in the last place more (WGSL, "floating point accuracy"): measured 2e-6 on lavapipe.
 */
const TOLERANCES: Readonly<Record<TestedBackend["name"], number>> = {
  "cpu-engine": 1e-5,
  "tfjs-cpu": 1e-5,
  webgpu: 5e-5,
  tensorflow: 1e-5,
  torch: 1e-5,
};

/**
 * Models of one worker, which starts before the tests and ends with their process: a Python with PyTorch takes seconds to
 * start.
 */
export async function torchModels(
  options: Pick<TorchOptions, "devices" | "shard" | "dtype"> = {},
  adapter?: AdapterConfig,
): Promise<TestedBackend["create"]> {
  const workers = await TorchWorkers.start({ device: "cpu", threads: 1, ...options });
  // So that it outlives every model.
  workers.use();
  return (config, weights) =>
    createTorchModel(workers, {
      config,
      configJson: formatCheckpointConfig(config, "float32"),
      weights,
      ...(adapter !== undefined && { adapter }),
    });
}

/**
 * A backend ready to be tested; one that does not work here is to be skipped by name.
 *
 * Quick tests ask for neither WebGPU nor TensorFlow: with Mesa's drivers loaded, the process of all tests has died of a
 * heap error at its exit.
 */
export async function testedBackend(name: TestedBackend["name"]): Promise<TestedBackend> {
  const tolerance = TOLERANCES[name];
  if (name === "cpu-engine") {
    return { name, tolerance, create: (config, weights) => createEngine(config, weights, { workers: 2 }) };
  }
  try {
    if (name === "torch") return { name, tolerance, create: await torchModels() };
    await openDevice(name);
    return {
      name,
      tolerance,
      create: async (config, weights) => await createTfjsModel(config, weights, await openDevice(name)),
    };
  } catch (error) {
    if (!(error instanceof BenchError || error instanceof Deno.errors.NotCapable)) throw error;
    console.warn(`tests/backend: ${name} is SKIPPED: ${error.message}`);
    return { name, tolerance, create: () => Promise.reject(error), missing: error.message };
  }
}
