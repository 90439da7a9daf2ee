/**
 * LEPO: Zhou, Yu, Dong, Hao, Wang, Zhang, Lin, "LEPO: Latent Reasoning Policy Optimization", arXiv:2604.17892. The first L
 * positions of a completion feed the Gumbel-softmax y of the kept tokens; ordinary tokens follow. Training weighs
 * `Σ y_i log p_i` of a latent position by the advantage, y held fixed.
 *
 * **That score is no density.** It is the negative cross-entropy of y and p: its exponential does not sum to 1 over
 * mixtures, and its slope by the logits, `y - p`, has mean `E[y] - p`, which is 0 at τ → 0 alone. There y is one token, and
 * the score is that token's log-probability. At τ above 0 a constant advantage moves the policy too, so that a ratio of two
 * such scores means nothing: `LossConfig.thoughtSurrogate` is without one.
 *
 * Released code: github.com/YuyanZhou/lepo @ ba2eb11. Tags: LQ `latent_qwen2.py` (`_sample`), LT `lepo_trainer.py`, FU
 * `functions.py`; TRL is 0.21, whose defaults hold where the configurations say nothing. A `–` was not compared with the
 * paper.
 *
 * | item            | paper                  | released code                                      | ours                              | why |
 * | --------------- | ---------------------- | -------------------------------------------------- | --------------------------------- | --- |
 * | latent step     | softmax((z + g)/τ)     | over what top-k 30, then top-p .95 keep, at T 1 (LQ) | the same                        | noise belongs to vocabulary ids: all algorithms meet the same |
 * | what is fed     | Σ y_i E_i              | the same, y in 16 bits; training replays the embedding (LT) | kept entries of y, 32 bits | no other entry is above 0 |
 * | other noises    | –                      | Gaussian, Dirichlet, noise on the embedding (LQ)   | none                              | no configuration uses them |
 * | token shown     | –                      | argmax of the logits before the noise (LQ)         | the heaviest of y                 | the text shows what was fed; as τ → 0 it is discrete GRPO's token |
 * | length          | L 64, 32 for Llama     | the same; ends before where the token shown is the end of text (LQ) | `minThoughts` = `maxThoughts` = L; nothing ends it | nobody drew that token, and what was fed is a mixture |
 * | after L         | ordinary tokens        | the same, under the same filter; there is no marker (LQ) | `atMaximum`: go-on, force-end; `AnswerConfig` | with go-on the rest of the thinking is tokens too |
 * | latent loss     | -A Σ y_i log p_i       | log p over the whole vocabulary, T 1 (FU)          | `support`: full, kept             | `full` also pushes down what the filter cut and nothing drew |
 * | suffix          | clipped ratio          | ε .2, log p over the whole vocabulary (LT)         | `LossConfig.surrogate`; `AnswerConfig.support` | |
 * | ratio           | –                      | exactly 1: 256 accumulated batches hold both passes over a rollout (LT, configs) | one pass, `minibatches` 1; 2 for a ratio that acts | a pass that is repeated before the update adds nothing |
 * | old densities   | –                      | where taken, of the tokens shown, without the mixtures (LT) | replayed as fed              | the suffix would be scored after another prefix |
 * | KL              | –                      | none: TRL's β 0                                    | `LossConfig.kl`, absent in the preset | |
 * | aggregation     | –                      | token mean of each batch of one completion (TRL's `bnpo`) | `LossConfig.aggregation`     |     |
 * | advantage       | group                  | TRL's: sample deviation, + 1e-4                    | `AdvantageConfig`                 |     |
 * | input gradient  | –                      | none: embeddings are kept from the rollout (LT)    | `LossConfig.trainInputs`, off in the preset | |
 *
 * @module
 */
import type { Replay, ThoughtAction, ThoughtAlgorithm } from "./algorithm.ts";
import { z } from "npm:zod@4.3.5";
import { type CandidateFilter, candidateReads, filterSchema } from "./candidates.ts";
import type { ThoughtLaw } from "./law.ts";
import { softmaxInto } from "./perturbation.ts";
import { HARD_TEMPERATURE, perturb } from "./soft_thinking_grpo.ts";
import { check } from "../files/check.ts";
import { massAt, type MutableSlopes, type Readings, type Reads } from "../models/readings.ts";
import type { StepNoise } from "../random/noise.ts";
import { float32s } from "../models/small_arrays.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of LEPO's latent step. */
export interface LepoConfig {
  /** The Gumbel-softmax of the kept tokens, scored by its cross-entropy (LEPO). */
  readonly name: "lepo";
  /** Which tokens are mixed; `topK` must be there. */
  readonly filter: CandidateFilter;
  /** τ of the Gumbel-softmax (a number above 0). */
  readonly gumbelTemperature: number;
  /** Tokens that log p renormalises over: the whole vocabulary, or those that passed the filter. */
  readonly support: "full" | "kept";
}
// End of written types.

/** What {@link LepoConfig} must be. */
export const lepoSchema = z.strictObject({
  name: z.literal("lepo").describe("the Gumbel-softmax of the kept tokens, scored by its cross-entropy (LEPO)"),
  filter: filterSchema.describe("which tokens are mixed; `topK` must be there"),
  gumbelTemperature: z.number().positive().describe("τ of the Gumbel-softmax"),
  support: z.enum(["full", "kept"])
    .describe("tokens that log p renormalises over: the whole vocabulary, or those that passed the filter"),
}).readonly().refine(({ filter }) => filter.topK !== undefined, {
  path: ["filter", "topK"],
  error: "an integer of at least 1, as the whole vocabulary is too much to mix",
}).meta({ id: "LepoConfig", description: "settings of LEPO's latent step" });

/** Filter of every configuration of the released code. */
const RELEASED_FILTER: CandidateFilter = { temperature: 1, topK: 30, topP: 0.95 };
const RELEASED = {
  name: "lepo",
  filter: RELEASED_FILTER,
  gumbelTemperature: 0.3,
  support: "full",
} as const satisfies LepoConfig;

/**
 * Settings by preset: the released code's for Qwen2.5-3B, those for Qwen2.5-7B and Llama-3.2-3B, and the former under
 * SofT-GRPO's filter, scored on the tokens that it keeps, as the embedded experiment has it.
 */
export const LEPO_PRESETS = {
  release: RELEASED,
  "release-7b": { ...RELEASED, gumbelTemperature: 0.5 },
  controlled: { ...RELEASED, filter: { temperature: 1, topK: 5, topP: 0.95 }, support: "kept" },
} as const satisfies Record<string, LepoConfig>;

/** How tables name it. */
export function lepoLaw({ filter, gumbelTemperature }: LepoConfig): ThoughtLaw {
  const hard = gumbelTemperature <= HARD_TEMPERATURE ? "nearly" : "no";
  return { text: `Gumbel mixtures τ ${gumbelTemperature}`, hard, noise: "gumbel", filter };
}

/**
 * LEPO's latent step.
 *
 * @throws {UsageError} If a setting is out of range
 */
export function lepo(config: LepoConfig): ThoughtAlgorithm {
  const { filter, gumbelTemperature, support } = check(lepoSchema, config, { root: "algorithm" });
  const { temperature } = filter;
  const drawn = {
    filter,
    perturbation: { kind: "gumbel", temperature: gumbelTemperature, floor: 0 },
    support: "kept",
  } as const;

  function act({ readings, noise }: { readings: Readings; noise: StepNoise }): ThoughtAction {
    const { ids, scores, kept } = perturb(drawn, readings, noise);
    const weights = float32s(ids.length);
    softmaxInto(scores, gumbelTemperature, weights);
    return { token: ids[0], input: { ids, weights }, ids, scores, count: kept };
  }

  function densityReads({ input }: ThoughtAction): Reads {
    return { at: input.ids, ...(support === "full" && { logSumExp: [temperature] }) };
  }

  /** `Σ y_i log p_i` with y as it was fed; by logit, `(y - p) / temperature`. No density: see the head of this file. */
  function logDensity({ readings, action }: Replay, slopes?: MutableSlopes, scale = 1): number {
    const { ids, weights } = action.input;
    const logits = readings.at!;
    const { top, mass } = support === "full"
      ? { top: readings.largest!, mass: massAt(readings, temperature) }
      : exponentials(logits, temperature);
    let weighted = 0;
    let total = 0;
    for (let i = 0; i < ids.length; i++) {
      // An entry too light for 32 bits adds nothing, whatever its logit has become.
      if (weights[i] === 0) continue;
      weighted += weights[i] * (logits[i] - top) / temperature;
      total += weights[i];
    }
    if (slopes !== undefined) {
      const perLogit = scale / temperature;
      const perShare = perLogit * total / mass;
      const share = (logit: number) => support === "full" ? 0 : perShare * Math.exp((logit - top) / temperature);
      for (let i = 0; i < ids.length; i++) slopes.at![i] += perLogit * weights[i] - share(logits[i]);
      if (support === "full") slopes.logSumExp![readings.reads.logSumExp!.indexOf(temperature)] -= scale * total;
    }
    return weighted - total * Math.log(mass);
  }

  const asked = candidateReads(filter);
  return { name: config.name, temperature, reads: () => asked, act, densityReads, logDensity };
}

/** The largest value, and `Σ exp((value - top) / temperature)`. */
function exponentials(values: Float32Array, temperature: number): { top: number; mass: number } {
  let top = -Infinity;
  for (let i = 0; i < values.length; i++) if (values[i] > top) top = values[i];
  let mass = 0;
  for (let i = 0; i < values.length; i++) mass += Math.exp((values[i] - top) / temperature);
  return { top, mass };
}
