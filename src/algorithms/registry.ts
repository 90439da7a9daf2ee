/**
 * From a configuration to the algorithm: the only place that knows all of them.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import type { ThoughtAlgorithm } from "./algorithm.ts";
import {
  DIRICHLET_GRPO_PRESETS,
  dirichletGrpo,
  type DirichletGrpoConfig,
  dirichletGrpoLaw,
  dirichletGrpoSchema,
} from "./dirichlet_grpo.ts";
import {
  DISCRETE_GRPO_PRESETS,
  discreteGrpo,
  type DiscreteGrpoConfig,
  discreteGrpoLaw,
  discreteGrpoSchema,
} from "./discrete_grpo.ts";
import type { ThoughtLaw } from "./law.ts";
import { lepo, LEPO_PRESETS, type LepoConfig, lepoLaw, lepoSchema } from "./lepo.ts";
import {
  MULTIPLEX_GRPO_PRESETS,
  multiplexGrpo,
  type MultiplexGrpoConfig,
  multiplexGrpoLaw,
  multiplexGrpoSchema,
} from "./multiplex_grpo.ts";
import {
  SOFT_TOKENS_GRPO_PRESETS,
  softTokensGrpo,
  type SoftTokensGrpoConfig,
  softTokensGrpoLaw,
  softTokensGrpoSchema,
  softTokensGrpoUntrainable,
} from "./soft_tokens_grpo.ts";
import {
  SOFT_THINKING_PRESETS,
  SOFT_THINKING_UNTRAINABLE,
  softThinking,
  type SoftThinkingConfig,
  softThinkingLaw,
  softThinkingSchema,
} from "./soft_thinking.ts";
import {
  SOFT_THINKING_GRPO_PRESETS,
  softThinkingGrpo,
  type SoftThinkingGrpoConfig,
  softThinkingGrpoLaw,
  softThinkingGrpoSchema,
} from "./soft_thinking_grpo.ts";
import { check } from "../files/check.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of one algorithm, plain JSON. */
export type AlgorithmConfig =
  | DiscreteGrpoConfig
  | SoftTokensGrpoConfig
  | SoftThinkingGrpoConfig
  | MultiplexGrpoConfig
  | DirichletGrpoConfig
  | SoftThinkingConfig
  | LepoConfig;
// End of written types.

/** What an {@link AlgorithmConfig} must be. */
export const algorithmSchema = z.discriminatedUnion("name", [
  discreteGrpoSchema,
  softTokensGrpoSchema,
  softThinkingGrpoSchema,
  multiplexGrpoSchema,
  dirichletGrpoSchema,
  softThinkingSchema,
  lepoSchema,
]).meta({ id: "AlgorithmConfig", description: "settings of one algorithm, plain JSON" });

/** Published settings, by algorithm and preset. */
export const ALGORITHM_PRESETS = {
  "discrete-grpo": DISCRETE_GRPO_PRESETS,
  "soft-tokens-grpo": SOFT_TOKENS_GRPO_PRESETS,
  "soft-thinking-grpo": SOFT_THINKING_GRPO_PRESETS,
  "multiplex-grpo": MULTIPLEX_GRPO_PRESETS,
  "dirichlet-grpo": DIRICHLET_GRPO_PRESETS,
  "soft-thinking": SOFT_THINKING_PRESETS,
  lepo: LEPO_PRESETS,
} as const satisfies Record<AlgorithmConfig["name"], Readonly<Record<string, AlgorithmConfig>>>;

/**
 * Whose algorithm a name stands for, since two of them are called soft GRPO by somebody: a short title with the authors,
 * whose papers each algorithm's file names.
 */
export const ALGORITHM_TITLES = {
  "discrete-grpo": "GRPO, Shao et al.",
  "soft-tokens-grpo": "soft GRPO, Butt et al.",
  "soft-thinking-grpo": "SofT-GRPO, Zheng et al.",
  "multiplex-grpo": "Multiplex Thinking, Tang et al.",
  "dirichlet-grpo": "CoT2 with a Dirichlet law, Gozeten et al.",
  "soft-thinking": "Soft Thinking, Zhang et al.",
  lepo: "LEPO, Zhou et al.",
} as const satisfies Record<AlgorithmConfig["name"], string>;

/**
 * The configured algorithm.
 *
 * @param coordinateRms `LanguageModel.coordinateRms` of the untrained model; soft GRPO of Butt et al. alone needs it, for
 * the scale of its noise
 * @throws {UsageError} If a key is unknown, a setting out of range, or that scale is missing
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readRow } from "../models/host_readings.ts";
 * import { noiseStream } from "../random/streams.ts";
 *
 * const algorithm = createAlgorithm({ name: "discrete-grpo", filter: { temperature: 1 } });
 * const noise = noiseStream({ seed: 1, purpose: "example", dataset: "", problem: "", sample: 0 }).at(0);
 * const readings = readRow(Float32Array.of(0, 99, 0), algorithm.reads(noise));
 * const action = algorithm.act({ readings, noise });
 * assertEquals([action.token, [...action.input.ids]], [1, [1]]);
 * ```
 */
export function createAlgorithm(config: AlgorithmConfig, coordinateRms?: number): ThoughtAlgorithm {
  switch (config?.name) {
    case "discrete-grpo":
      return discreteGrpo(config);
    case "soft-tokens-grpo":
      return softTokensGrpo(config, coordinateRms);
    case "soft-thinking-grpo":
      return softThinkingGrpo(config);
    case "multiplex-grpo":
      return multiplexGrpo(config);
    case "dirichlet-grpo":
      return dirichletGrpo(config);
    case "soft-thinking":
      return softThinking(config);
    case "lepo":
      return lepo(config);
  }
  check(algorithmSchema, config, { root: "algorithm" });
  throw new Error("Cannot make an algorithm that only the schema knows");
}

/** Why no arm can be trained with these settings; undefined where one can. */
export function untrainable(config: AlgorithmConfig): string | undefined {
  switch (config.name) {
    case "soft-thinking":
      return SOFT_THINKING_UNTRAINABLE;
    case "soft-tokens-grpo":
      return softTokensGrpoUntrainable(config);
    default:
      return undefined;
  }
}

/** How tables name a way to think, and what they compare. */
export function thoughtLaw(config: AlgorithmConfig): ThoughtLaw {
  switch (config.name) {
    case "discrete-grpo":
      return discreteGrpoLaw(config);
    case "soft-tokens-grpo":
      return softTokensGrpoLaw(config);
    case "soft-thinking-grpo":
      return softThinkingGrpoLaw(config);
    case "multiplex-grpo":
      return multiplexGrpoLaw(config);
    case "dirichlet-grpo":
      return dirichletGrpoLaw(config);
    case "soft-thinking":
      return softThinkingLaw(config);
    case "lepo":
      return lepoLaw(config);
  }
}
