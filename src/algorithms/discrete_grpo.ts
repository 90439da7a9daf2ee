/**
 * Discrete GRPO: Shao et al., "DeepSeekMath", arXiv:2402.03300. A thought step samples a token, feeds its embedding, and
 * its density is the token's log-probability.
 *
 * | item             | paper (2402.03300)     | released code                                     | ours                                   | why |
 * | ---------------- | ---------------------- | ------------------------------------------------- | -------------------------------------- | --- |
 * | sampling         | from π_θ               | multinomial after temperature, top-k, top-p       | argmax of log p + Gumbel noise         | the same law, and the noise that SofT-GRPO meets |
 * | log-probability  | log π_θ                | full vocabulary at the temperature, no filter (TRL @ f2cd577, verl @ b178a3c); over the kept tokens (prime-rl's sampling mask; DeepSeek-V3.2, arXiv:2512.02556, section 3.1) | `support`: full, kept | under a filter `full` scores another law than was drawn from: the expected score is not 0 |
 * | input gradient   | not discussed          | into the table through the tokens fed, as autograd has it (TRL, verl) | `LossConfig.trainInputs`, on in `grpo`, `verl` and `gspo` | off where an experiment holds it equal for all arms |
 * | end of thinking  | an ordinary token      | an ordinary token                                 | drawn and scored by this law           | the answers may have a filter of their own |
 * | advantage, ratio, clip, KL, aggregation | Eq. 3 | TRL and verl differ                          | `AdvantageConfig`, `LossConfig`        | shared by all algorithms |
 *
 * @module
 */
import type { Replay, ThoughtAction, ThoughtAlgorithm } from "./algorithm.ts";
import { z } from "npm:zod@4.3.5";
import { type CandidateFilter, filterSchema } from "./candidates.ts";
import type { ThoughtLaw } from "./law.ts";
import { tokenLogDensity, tokenReads } from "./log_softmax.ts";
import { check } from "../files/check.ts";
import { drawReads, drawToken } from "./sample_token.ts";
import type { MutableSlopes, Readings } from "../models/readings.ts";
import type { StepNoise } from "../random/noise.ts";
import { int32sOf } from "../models/small_arrays.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of an ordinary sampled thought. */
export interface DiscreteGrpoConfig {
  /** One token is sampled. */
  readonly name: "discrete-grpo";
  /** Which tokens a thought step is drawn from. */
  readonly filter: CandidateFilter;
  /** Tokens its density renormalises over: the whole vocabulary, or those that passed the filter (default "full"). */
  readonly support?: "full" | "kept";
}
// End of written types.

/** What {@link DiscreteGrpoConfig} must be. */
export const discreteGrpoSchema = z.strictObject({
  name: z.literal("discrete-grpo").describe("one token is sampled"),
  filter: filterSchema.describe("which tokens a thought step is drawn from"),
  support: z.enum(["full", "kept"]).exactOptional()
    .describe("tokens its density renormalises over: the whole vocabulary, or those that passed the filter")
    .meta({ default: "full" }),
}).readonly().meta({ id: "DiscreteGrpoConfig", description: "settings of an ordinary sampled thought" });

/** SofT-GRPO's filter. */
const CONTROLLED_FILTER: CandidateFilter = { temperature: 1, topK: 5, topP: 0.95 };

/**
 * Settings by preset: as published for the baseline of SofT-GRPO (table 7), under SofT-GRPO's own filter, and scored on
 * the tokens that this filter keeps.
 */
export const DISCRETE_GRPO_PRESETS = {
  paper: { name: "discrete-grpo", filter: { temperature: 1 } },
  controlled: { name: "discrete-grpo", filter: CONTROLLED_FILTER },
  kept: { name: "discrete-grpo", filter: CONTROLLED_FILTER, support: "kept" },
} as const satisfies Record<string, DiscreteGrpoConfig>;

/** How tables name it. */
export function discreteGrpoLaw({ filter }: DiscreteGrpoConfig): ThoughtLaw {
  return { text: "tokens", hard: "yes", noise: "gumbel", filter };
}

const ONE = Float32Array.of(1);
const NO_SCORES = new Float32Array(0);

/**
 * Discrete GRPO's thought step.
 *
 * @throws {UsageError} If a setting is out of range
 */
export function discreteGrpo(config: DiscreteGrpoConfig): ThoughtAlgorithm {
  const { filter, support = "full" } = check(discreteGrpoSchema, config, { root: "algorithm" });

  function act({ readings, noise }: { readings: Readings; noise: StepNoise }): ThoughtAction {
    const drawn = drawToken(readings, filter, noise, support);
    const ids = int32sOf([drawn.token]);
    return { ...drawn, input: { ids, weights: ONE }, ids, scores: NO_SCORES, count: 1 };
  }

  function logDensity({ readings, action }: Replay, slopes?: MutableSlopes, scale = 1): number {
    return tokenLogDensity(readings, action, filter.temperature, slopes, scale);
  }

  return {
    name: config.name,
    temperature: filter.temperature,
    drawsTokens: true,
    reads: drawReads(filter),
    act,
    densityReads: ({ ids, kept }) => tokenReads(ids, kept, filter.temperature),
    logDensity,
  };
}
