/**
 * Decodes a small model on one backend and prints the outcome as JSON. A program of its own, because a broken driver or
 * library can take its process down.
 *
 * @module
 */
import { formatCheckpointConfig } from "../checkpoint/config.ts";
import { BenchError } from "../errors.ts";
import { tokenRows } from "../models/input_rows.ts";
import type { LanguageModel, NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { parameterShapes } from "../models/parameters.ts";
import type { BackendName, OpenModelOptions } from "../experiment/open_model.ts";

/** What the engine computes with, where it does not choose. */
export type Products = NonNullable<OpenModelOptions["products"]>;

/** What a trial prints: logits of the next token and facts about the backend, or why there are none. */
export type TrialOutcome =
  | { readonly logits: readonly number[]; readonly facts: readonly string[] }
  | { readonly error: string };

/** A Qwen2 of a few hundred parameters; sizes differ from each other, so that a swapped axis shows. */
const TRIAL_MODEL: ModelConfig = {
  family: "qwen2",
  vocabularySize: 11,
  hiddenSize: 8,
  layers: 1,
  heads: 2,
  keyValueHeads: 1,
  headSize: 4,
  intermediateSize: 13,
  ropeTheta: 10_000,
  rmsNormEpsilon: 1e-6,
  tiedEmbeddings: true,
  qkvBias: true,
  qkNorm: false,
  maxPositions: 7,
};
const PROMPT = Int32Array.of(1, 2, 3);
const NEXT = Int32Array.of(5);
const ALL_IDS = Int32Array.from({ length: TRIAL_MODEL.vocabularySize }, (_, id) => id);

/** Tries a backend in this process. */
export async function tryBackend(backend: BackendName, products?: Products): Promise<TrialOutcome> {
  try {
    const { model, facts } = await openTrialModel(backend, products);
    try {
      const decoder = await model.decode([PROMPT], [1], 1);
      const [{ at }] = await decoder.step(Int32Array.of(0), tokenRows(NEXT), [{ at: ALL_IDS }]);
      decoder.dispose();
      return { logits: [...at!], facts: [model.reproducibility, ...facts] };
    } finally {
      await model.dispose();
    }
  } catch (error) {
    if (error instanceof BenchError) return { error: error.message };
    return { error: String(error).split("\n")[0] };
  }
}

function detailTexts({ softwareAdapter, ...details }: Readonly<Record<string, string>>): string[] {
  const texts = Object.entries(details).map(([name, value]) => `${name} ${value}`);
  return softwareAdapter === "true" ? [...texts, "which is software, no GPU"] : texts;
}

/** A model to try, and what there is to say of its backend. */
interface TrialModel {
  readonly model: LanguageModel;
  readonly facts: readonly string[];
}

async function openTrialModel(backend: BackendName, products: Products | undefined): Promise<TrialModel> {
  const weights = trialWeights();
  const withDetails = (model: LanguageModel): TrialModel => ({ model, facts: detailTexts(model.details) });
  if (backend === "cpu-engine") {
    const { createEngine } = await import("../engine/engine.ts");
    return withDetails(await createEngine(TRIAL_MODEL, weights, { ...(products !== undefined && { products }) }));
  }
  if (backend === "torch") {
    const { TorchWorkers } = await import("../torch/workers.ts");
    const { createTorchModel } = await import("../torch/model.ts");
    const { describeWorker } = await import("../torch/status.ts");
    const workers = await TorchWorkers.start();
    const configJson = formatCheckpointConfig(TRIAL_MODEL, "float32");
    const model = await createTorchModel(workers, { config: TRIAL_MODEL, configJson, weights });
    return { model, facts: describeWorker(workers.processes[0].description) };
  }
  const { openDevice } = await import("../tfjs/device.ts");
  const { createTfjsModel } = await import("../tfjs/model.ts");
  return withDetails(await createTfjsModel(TRIAL_MODEL, weights, await openDevice(backend)));
}

/** Weights that need no random numbers, of about the size of a trained model's. */
function trialWeights(): NamedTensors {
  let index = 0;
  return new Map([...parameterShapes(TRIAL_MODEL)].map(([name, shape]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return [name, { shape, data: Float32Array.from({ length: size }, () => 0.5 * Math.sin(++index * index)) }];
  }));
}

if (import.meta.main) {
  const [backend, products] = Deno.args as [BackendName, Products?];
  console.log(JSON.stringify(await tryBackend(backend, products)));
  // A device that was opened may keep the process alive.
  Deno.exit();
}
