/**
 * From a configuration to the algorithm: the only place that knows all of them.
 *
 * @module
 */
import type { ThoughtAlgorithm } from "./algorithm.ts";
import { nearestName, UsageError } from "../errors.ts";
import { DISCRETE_GRPO_PRESETS, discreteGrpo, type DiscreteGrpoConfig } from "./discrete_grpo.ts";
import { SOFT_TOKENS_GRPO_PRESETS, softTokensGrpo, type SoftTokensGrpoConfig } from "./soft_tokens_grpo.ts";
import { SOFT_THINKING_PRESETS, softThinking, type SoftThinkingConfig } from "./soft_thinking.ts";
import { SOFT_THINKING_GRPO_PRESETS, softThinkingGrpo, type SoftThinkingGrpoConfig } from "./soft_thinking_grpo.ts";
import type { EmbeddingTable } from "../models/embedding_table.ts";

/** Settings of one algorithm, plain JSON. */
export type AlgorithmConfig = DiscreteGrpoConfig | SoftTokensGrpoConfig | SoftThinkingGrpoConfig | SoftThinkingConfig;

/** Published settings, by algorithm and preset. */
export const ALGORITHM_PRESETS = {
  "discrete-grpo": DISCRETE_GRPO_PRESETS,
  "soft-tokens-grpo": SOFT_TOKENS_GRPO_PRESETS,
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
    case "soft-tokens-grpo":
      return softTokensGrpo(config, initial, neverFed);
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
