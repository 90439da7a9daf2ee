/**
 * Models of random numbers, made where they compute.
 *
 * @module
 */
import { formatCheckpointConfig } from "../../src/checkpoint/config.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { parameterCount } from "../../src/models/parameters.ts";
import { createTorchModel } from "../../src/torch/model.ts";
import type { TorchWorkers } from "../../src/torch/workers.ts";
import type { NamedShape } from "./shapes.ts";

/** A model of that shape. */
export function freshModel(workers: TorchWorkers, { config }: NamedShape): Promise<LanguageModel> {
  return createTorchModel(workers, { config, configJson: formatCheckpointConfig(config, "float32") });
}

/** Numbers that a model learns; a tied head counts once. */
export function parametersOf(config: ModelConfig): number {
  return parameterCount(config);
}
