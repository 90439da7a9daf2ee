/** Every implementation of `LanguageModel`, each tried before it is tested: those that do not work here are skipped by name. */
import { openDevice, type TfjsBackendName } from "../../src/device.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { BenchError } from "../../src/errors.ts";
import type { LanguageModel, NamedTensors } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { createTfjsModel } from "../../src/models/tfjs_model.ts";

export interface TestedBackend {
  readonly name: "cpu-engine" | TfjsBackendName;
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
};

async function tfjsBackend(name: TfjsBackendName): Promise<TestedBackend> {
  const create = async (config: ModelConfig, weights: NamedTensors) =>
    await createTfjsModel(config, weights, await openDevice(name));
  try {
    await openDevice(name);
    return { name, tolerance: TOLERANCES[name], create };
  } catch (error) {
    if (!(error instanceof BenchError || error instanceof Deno.errors.NotCapable)) throw error;
    return { name, tolerance: TOLERANCES[name], create, missing: error.message };
  }
}

/** In the order of the design's table. */
export const BACKENDS: readonly TestedBackend[] = [
  {
    name: "cpu-engine",
    tolerance: TOLERANCES["cpu-engine"],
    create: (config, weights) => createEngine(config, weights, { workers: 2 }),
  },
  await tfjsBackend("tensorflow"),
  await tfjsBackend("webgpu"),
  await tfjsBackend("tfjs-cpu"),
];

for (const { name, missing } of BACKENDS) {
  if (missing !== undefined) console.warn(`tests/backend: ${name} is SKIPPED: ${missing}`);
}
