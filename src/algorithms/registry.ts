/**
 * From a configuration to the algorithm: the only place that knows all of them.
 *
 * @module
 */
import type { EmbeddingTable, ThoughtAlgorithm } from "./algorithm.ts";
import { nearestName, UsageError } from "../errors.ts";
import { DISCRETE_GRPO_PRESETS, discreteGrpo, type DiscreteGrpoConfig } from "./discrete_grpo.ts";
import { SOFT_GRPO_PRESETS, softGrpo, type SoftGrpoConfig } from "./soft_grpo.ts";
import { SOFT_THINKING_PRESETS, softThinking, type SoftThinkingConfig } from "./soft_thinking.ts";
import { SOFT_THINKING_GRPO_PRESETS, softThinkingGrpo, type SoftThinkingGrpoConfig } from "./soft_thinking_grpo.ts";

/** Settings of one algorithm, plain JSON. */
export type AlgorithmConfig = DiscreteGrpoConfig | SoftGrpoConfig | SoftThinkingGrpoConfig | SoftThinkingConfig;

/** Published settings, by algorithm and preset. */
export const ALGORITHM_PRESETS = {
  "discrete-grpo": DISCRETE_GRPO_PRESETS,
  "soft-grpo": SOFT_GRPO_PRESETS,
  "soft-thinking-grpo": SOFT_THINKING_GRPO_PRESETS,
  "soft-thinking": SOFT_THINKING_PRESETS,
} as const;

/**
 * The configured algorithm.
 *
 * @param initial the untrained model's input embedding table; soft GRPO takes its noise scale from it
 * @param neverFed ids that never occur as an input (`<pad>`, end of text), left out of that scale
 * @throws {UsageError} If a setting is out of range
 */
export function createAlgorithm(
  config: AlgorithmConfig,
  initial: EmbeddingTable,
  neverFed: readonly number[] = [],
): ThoughtAlgorithm {
  switch (config.name) {
    case "discrete-grpo":
      return discreteGrpo(config);
    case "soft-grpo":
      return softGrpo(config, initial, neverFed);
    case "soft-thinking-grpo":
      return softThinkingGrpo(config);
    case "soft-thinking":
      return softThinking(config);
    default:
      return unknownAlgorithm((config as { name: string }).name);
  }
}

function unknownAlgorithm(name: string): never {
  const known = Object.keys(ALGORITHM_PRESETS);
  const near = nearestName(name, known);
  throw new UsageError(
    `Cannot use algorithm "${name}": ${near ? `did you mean ${near}?` : `known are ${known.join(", ")}`}`,
  );
}
