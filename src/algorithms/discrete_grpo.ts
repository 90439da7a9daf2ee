/**
 * Discrete GRPO: Shao et al., "DeepSeekMath", arXiv:2402.03300. A thought step samples a token, feeds its embedding, and
 * its density is the token's log-probability.
 *
 * | item             | paper (2402.03300)     | released code                                     | ours                                   | why |
 * | ---------------- | ---------------------- | ------------------------------------------------- | -------------------------------------- | --- |
 * | sampling         | from π_θ               | multinomial after temperature, top-k, top-p       | argmax of log p + Gumbel noise         | the same law, and the noise that SofT-GRPO meets |
 * | log-probability  | log π_θ                | full vocabulary at the temperature, no filter (TRL @ f2cd577, verl @ b178a3c) | as released | with filters on, the ratio is that of the unfiltered law |
 * | input gradient   | not discussed          | into the table through the tokens fed, as autograd has it (TRL, verl) | `LossConfig.trainInputs`, on in `grpo`, `verl` and `gspo` | off where an experiment holds it equal for all arms |
 * | advantage, ratio, clip, KL, aggregation | Eq. 3 | TRL and verl differ                          | `AdvantageConfig`, `LossConfig`        | shared by all algorithms |
 *
 * @module
 */
import type { Replay, ThoughtAction, ThoughtAlgorithm } from "./algorithm.ts";
import { z } from "npm:zod@4.3.5";
import { type CandidateFilter, filterSchema } from "./candidates.ts";
import { logSoftmaxAt } from "./log_softmax.ts";
import { check } from "../files/check.ts";
import { sampleToken } from "./sample_token.ts";
import type { StepNoise } from "../random/noise.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of an ordinary sampled thought. */
export interface DiscreteGrpoConfig {
  /** One token is sampled. */
  readonly name: "discrete-grpo";
  /** Which tokens a thought step is drawn from. */
  readonly filter: CandidateFilter;
}
// End of written types.

/** What {@link DiscreteGrpoConfig} must be. */
export const discreteGrpoSchema = z.strictObject({
  name: z.literal("discrete-grpo").describe("one token is sampled"),
  filter: filterSchema.describe("which tokens a thought step is drawn from"),
}).readonly().meta({ id: "DiscreteGrpoConfig", description: "settings of an ordinary sampled thought" });

/** Settings by preset: as published for the baseline of SofT-GRPO (table 7), and under SofT-GRPO's own filter. */
export const DISCRETE_GRPO_PRESETS = {
  paper: { name: "discrete-grpo", filter: { temperature: 1 } },
  controlled: { name: "discrete-grpo", filter: { temperature: 1, topK: 5, topP: 0.95 } },
} as const satisfies Record<string, DiscreteGrpoConfig>;

const ONE = Float32Array.of(1);
const NO_SCORES = new Float32Array(0);

/**
 * Discrete GRPO's thought step.
 *
 * @throws {UsageError} If a setting is out of range
 */
export function discreteGrpo(config: DiscreteGrpoConfig): ThoughtAlgorithm {
  const { filter } = check(discreteGrpoSchema, config, { root: "algorithm" });

  function act({ logits, noise }: { logits: Float32Array; noise: StepNoise }): ThoughtAction {
    const token = sampleToken(logits, filter, noise);
    const ids = Int32Array.of(token);
    return { token, input: { ids, weights: ONE }, ids, scores: NO_SCORES, count: 1 };
  }

  function logDensity({ logits, action }: Replay, gradient?: Float32Array, scale = 1): number {
    return logSoftmaxAt(logits, action.token, filter.temperature, gradient, scale);
  }

  return { name: config.name, temperature: filter.temperature, act, logDensity };
}
