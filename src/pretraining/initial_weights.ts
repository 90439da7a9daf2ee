/**
 * Random weights to start from: every tensor has its own random sequence, so that its values depend on nothing else.
 *
 * @module
 */
import type { HostTensor, NamedTensors } from "../models/language_model.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { elementCount, EMBEDDING_NAME, parameterShapes } from "../models/parameters.ts";
import { RandomSequence } from "../random/streams.ts";
import type { PretrainingRecipe } from "./recipe.ts";

/** Projections whose output is added to the residual stream. */
const RESIDUAL_OUTPUT = /\.(o_proj|down_proj)\.weight$/;

/** Normal tables and linear weights, biases 0, norms 1. */
export function initialWeights(
  config: ModelConfig,
  { seed, initial }: Pick<PretrainingRecipe, "seed" | "initial">,
): NamedTensors {
  return new Map(Array.from(parameterShapes(config), ([name, shape]): [string, HostTensor] => {
    const data = new Float32Array(elementCount(shape));
    if (name.endsWith("norm.weight")) data.fill(1);
    else if (!name.endsWith(".bias")) {
      const deviation = name === EMBEDDING_NAME
        ? initial.embedding
        : RESIDUAL_OUTPUT.test(name)
        ? initial.residualOutput
        : initial.linear;
      const random = new RandomSequence("initial-weights", seed, name);
      for (let i = 0; i < data.length; i++) data[i] = deviation * random.gaussian();
    }
    return [name, { shape, data }];
  }));
}
