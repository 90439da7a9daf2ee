/**
 * Multiplex Thinking: Tang, Dong, Hao, Dong, Wei, Gu, arXiv:2601.08808. A thought step draws K tokens with replacement and
 * feeds a mixture of their embeddings; its density is that of the K draws. CoT2 (Gozeten et al., arXiv:2505.23648,
 * "multi-token sampling") is the same with other weights and another ratio.
 *
 * Released code: MT github.com/GMLR-Penn/Multiplex-Thinking @ 6e524ac, of it SA `srt/layers/sampler.py`, SB
 * `srt/managers/schedule_batch.py`, CA `verl/trainer/ppo/core_algos.py`, DP `verl/workers/actor/dp_actor.py`, MQ
 * `models/qwen2/modeling_qwen2.py`; CT github.com/alperengozeten/CoT2 @ 11932cb, `train/continuous_train_grpo_mts.py`.
 *
 * | item            | paper                                  | released code                                       | ours                              | why |
 * | --------------- | -------------------------------------- | --------------------------------------------------- | --------------------------------- | --- |
 * | draws           | K = 3 from π_θ, independent            | top-k and top-p before each, off in its script (SA)  | `filter`, `draws`; none in the presets |  |
 * | noise           | -                                      | one generator                                       | k_1 by the Gumbel argmax of `discrete-grpo`, k_2 … by inverse CDF on uniforms | at K 1 it is discrete GRPO to the byte |
 * | weights         | m p / Σ p over the distinct tokens: above 1 in sum where one is drawn twice | p of each draw, normalised over draws (SA:173-185) | `weights`: paper, release | the printed formula is kept beside the code that ran |
 * | equal weights   | CoT2: m / K                            | MT `enable_unweighting`, on in its README, off by default; CT | `weights: "mean"`       |     |
 * | density         | sum of log p over draws                | full vocabulary at T                                | `support`: full, kept             | under a filter `full` scores another law than was drawn from |
 * | ratio           | one of all draws                       | MT: one ratio and one clip a draw, summed (CA:905-985) | `ratioOverDraws`: product, each | the same gradient with one update a rollout |
 * | ratio of CoT2   | geometric mean over draws              | CT: the product at logits / K, or the mean          | presets `cot2-release`, `cot2`    | `sampling_normalization` is on by default there |
 * | log-ratio       | -                                      | MT: clamped to ±20                                  | not clamped                       | the clips hold far below e^20, and below e^-20 the gradient is nothing |
 * | clip, loss      | 0.2                                    | MT: 0.2, dual clip 3, token mean, KL and entropy bonus 0, one update a rollout | `LossConfig` | shared by all algorithms |
 * | KL              | none                                   | MT: 0; CT: k3 of the ratio's density                | `LossConfig.kl`: k3, closed-form  | the draws' KL is known; discrete GRPO has no such form |
 * | step's token    | k_1                                    | the first draw                                      | the same                          |     |
 * | end of thinking | an ordinary token                      | MT: k_1 alone is fed (SB) and scored (CA); CT: a fixed number of thoughts | k_1 alone is fed and scored | k_2 … reach nothing |
 * | weights, replay | -                                      | MT: rounded to bfloat16 (DP)                        | those that were fed               | the replay is of what was fed |
 * | input gradient  | not discussed                          | into the table through the mixture, as autograd has it (MQ, CT) | `LossConfig.trainInputs` | off where an experiment holds it equal for all arms |
 * | early stopping  | in evaluation: entropy below 0.1 for 256 positions | off in training                         | `ColdStop` of the rollout         |     |
 *
 * @module
 */
import type { Replay, StepDivergence, ThoughtAction, ThoughtAlgorithm, ThoughtInput } from "./algorithm.ts";
import { z } from "npm:zod@4.3.5";
import { type CandidateFilter, filterSchema, keepsAll, selectCandidates } from "./candidates.ts";
import type { ThoughtLaw } from "./law.ts";
import { tokenLogDensity, tokenReads } from "./log_softmax.ts";
import { check } from "../files/check.ts";
import { drawReads, drawToken } from "./sample_token.ts";
import {
  joinReads,
  logProbability,
  type MutableSlopes,
  NOTHING,
  type Readings,
  type Reads,
} from "../models/readings.ts";
import type { StepNoise } from "../random/noise.ts";
import { float32sOf, float64s, int32s, int32sOf } from "../models/small_arrays.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of a thought of several drawn tokens. */
export interface MultiplexGrpoConfig {
  /** A mixture of several drawn tokens (Multiplex Thinking, CoT2). */
  readonly name: "multiplex-grpo";
  /** Which tokens a thought step is drawn from. */
  readonly filter: CandidateFilter;
  /** K, tokens drawn at a step, with replacement (an integer of at least 1). */
  readonly draws: number;
  /**
   * Of a token of probability p drawn m times: m p, normalised; m p over the sum of p of the distinct tokens, which
   * sums to more than 1 where one is drawn twice; m / K.
   */
  readonly weights: "release" | "paper" | "mean";
  /**
   * The ratio of a step: of all draws together; one with a clip of its own for each draw, their losses summed; the
   * geometric mean over draws.
   */
  readonly ratioOverDraws: "product" | "each" | "mean";
  /** Tokens its density renormalises over: the whole vocabulary, or those that passed the filter (default "full"). */
  readonly support?: "full" | "kept";
}
// End of written types.

/** What {@link MultiplexGrpoConfig} must be. */
export const multiplexGrpoSchema = z.strictObject({
  name: z.literal("multiplex-grpo").describe("a mixture of several drawn tokens (Multiplex Thinking, CoT2)"),
  filter: filterSchema.describe("which tokens a thought step is drawn from"),
  draws: z.int().min(1).describe("K, tokens drawn at a step, with replacement"),
  weights: z.enum(["release", "paper", "mean"]).describe(
    "of a token of probability p drawn m times: m p, normalised; m p over the sum of p of the distinct tokens, which sums " +
      "to more than 1 where one is drawn twice; m / K",
  ),
  ratioOverDraws: z.enum(["product", "each", "mean"]).describe(
    "the ratio of a step: of all draws together; one with a clip of its own for each draw, their losses summed; the " +
      "geometric mean over draws",
  ),
  support: z.enum(["full", "kept"]).exactOptional()
    .describe("tokens its density renormalises over: the whole vocabulary, or those that passed the filter")
    .meta({ default: "full" }),
}).readonly().meta({ id: "MultiplexGrpoConfig", description: "settings of a thought of several drawn tokens" });

/** K of both papers' main runs. */
const DRAWS = 3;
const RELEASE: MultiplexGrpoConfig = {
  name: "multiplex-grpo",
  filter: { temperature: 1 },
  draws: DRAWS,
  weights: "release",
  ratioOverDraws: "each",
};

/**
 * Settings by preset: the released code, the paper as printed, equal weights; CoT2 by its paper, and with the sampling
 * normalisation that its released code has on by default: logits divided by K, so T = K, and the product of the draws.
 */
export const MULTIPLEX_GRPO_PRESETS = {
  release: RELEASE,
  paper: { ...RELEASE, weights: "paper", ratioOverDraws: "product" },
  mean: { ...RELEASE, weights: "mean", ratioOverDraws: "product" },
  cot2: { ...RELEASE, weights: "mean", ratioOverDraws: "mean" },
  "cot2-release": { ...RELEASE, filter: { temperature: DRAWS }, weights: "mean", ratioOverDraws: "product" },
} as const satisfies Record<string, MultiplexGrpoConfig>;

/** How tables name it: a single draw is a token. */
export function multiplexGrpoLaw({ filter, draws, weights }: MultiplexGrpoConfig): ThoughtLaw {
  return draws === 1
    ? { text: "tokens", hard: "yes", noise: "gumbel", filter }
    : { text: `multiplex tokens K ${draws}, ${weights} weights`, hard: "no", noise: "other", filter };
}

/**
 * The thought step of Multiplex Thinking and of CoT2's multi-token sampling. An action's `ids` are its K draws in order,
 * those of its input the distinct ones in the order in which they first came.
 *
 * @throws {UsageError} If a setting is out of range
 */
export function multiplexGrpo(config: MultiplexGrpoConfig): ThoughtAlgorithm {
  const { filter, draws, weights, ratioOverDraws, support = "full" } = check(multiplexGrpoSchema, config, {
    root: "algorithm",
  });
  const { temperature } = filter;
  // How often a draw's log-probability counts in the density of the step.
  const share = (count: number) => ratioOverDraws === "mean" ? 1 / count : 1;

  const firstReads = drawReads(filter);

  function reads(noise: StepNoise): Reads {
    if (!keepsAll(filter)) return firstReads(noise);
    // The masses k_2 … stand at.
    const masses = float64s(draws - 1);
    for (let j = 1; j < draws; j++) masses[j - 1] = noise.uniform(j);
    return joinReads(firstReads(noise), { quantiles: { temperature, masses }, logSumExp: [temperature] });
  }

  function act({ readings, noise }: { readings: Readings; noise: StepNoise }): ThoughtAction {
    const first = drawToken(readings, filter, noise, support);
    const law = drawnLaw(readings, filter);
    const ids = int32s(draws);
    ids[0] = first.token;
    for (let j = 1; j < draws; j++) ids[j] = law.draw(j, noise);
    const input = mixture(ids, law.probability, weights);
    return { ...first, input, ids, scores: NO_SCORES, count: draws };
  }

  function densityReads({ ids, kept }: ThoughtAction): Reads {
    return tokenReads(ids, kept, temperature);
  }

  function drawLogDensities(
    { readings, action }: Replay,
    slopes?: MutableSlopes,
    scales?: ArrayLike<number>,
  ): Float64Array {
    const values = float64s(action.ids.length);
    for (let draw = 0; draw < values.length; draw++) {
      values[draw] = tokenLogDensity(readings, action, temperature, slopes, scales?.[draw] ?? 1, draw);
    }
    return values;
  }

  function logDensity(replay: Replay, slopes?: MutableSlopes, scale = 1): number {
    const count = replay.action.ids.length;
    const scales = float64s(count).fill(scale * share(count));
    return share(count) * drawLogDensities(replay, slopes, scales).reduce((sum, value) => sum + value, 0);
  }

  const divergence: StepDivergence = {
    referenceReads: ({ ids, kept }) => kept === undefined ? { law: temperature } : tokenReads(ids, kept, temperature),
    reads: ({ law }) => law === undefined ? NOTHING : { divergence: law },
    /** Of the density's mean over draws: K independent draws have K times the KL of one, their geometric mean that of one. */
    value({ readings, action: { ids, kept } }, reference, slopes, scale = 1) {
      const times = ids.length * share(ids.length);
      if (kept === undefined) {
        if (slopes) slopes.divergence! += scale * times;
        return times * readings.divergence!;
      }
      const own = logLaw(readings.at!.subarray(0, kept.length), temperature);
      const other = logLaw(reference.at!.subarray(0, kept.length), temperature);
      let single = 0;
      // What cannot be drawn adds nothing, though its logarithm is -Infinity.
      own.forEach((log, i) => single += log === -Infinity ? 0 : Math.exp(log) * (log - other[i]));
      const perLogit = scale * times / temperature;
      own.forEach((log, i) => {
        if (slopes && log !== -Infinity) slopes.at![i] += perLogit * Math.exp(log) * (log - other[i] - single);
      });
      return times * single;
    },
  };

  return {
    name: config.name,
    temperature,
    drawsTokens: true,
    reads,
    act,
    densityReads,
    logDensity,
    ...(ratioOverDraws === "each" && { drawLogDensities }),
    divergence,
  };
}

const NO_SCORES = new Float32Array(0);

/** The filtered law of a step. */
interface DrawnLaw {
  /** Of one of its tokens that was drawn. */
  probability(id: number): number;
  /** Draw j, from 1: the token at which the cumulated probability passes its uniform. */
  draw(j: number, noise: StepNoise): number;
}

function drawnLaw(readings: Readings, filter: CandidateFilter): DrawnLaw {
  if (keepsAll(filter)) {
    const { gumbelArgmax: first, quantiles: rest } = readings;
    const logitOf = (id: number) => first!.ids[0] === id ? first!.logits[0] : rest!.logits[rest!.ids.indexOf(id)];
    return {
      probability: (id) => Math.exp(logProbability(readings, logitOf(id), filter.temperature)),
      draw: (j) => rest!.ids[j - 1],
    };
  }
  const { ids, probabilities } = selectCandidates(readings, filter);
  return {
    probability: (id) => probabilities[ids.indexOf(id)],
    draw: (j, noise) => ids[passing(probabilities, noise.uniform(j))],
  };
}

/** The first index at which the cumulated probability passes `mass`; the last possible one where rounding lets none. */
function passing(probabilities: ArrayLike<number>, mass: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < probabilities.length; i++) {
    if (probabilities[i] === 0) continue;
    last = i;
    sum += probabilities[i];
    if (sum > mass) return i;
  }
  return last;
}

/** What K draws feed. */
function mixture(
  draws: Int32Array,
  probability: (id: number) => number,
  weights: MultiplexGrpoConfig["weights"],
): ThoughtInput {
  // In loops over few numbers, as this is done at every position.
  const distinct: number[] = [], counts: number[] = [];
  for (const id of draws) {
    const place = distinct.indexOf(id);
    if (place >= 0) counts[place]++;
    else counts[distinct.push(id) - 1] = 1;
  }
  const raw: number[] = [];
  let rawSum = 0, massSum = 0;
  for (let i = 0; i < distinct.length; i++) {
    const mass = probability(distinct[i]);
    raw[i] = weights === "mean" ? counts[i] : counts[i] * mass;
    rawSum += raw[i];
    massSum += mass;
  }
  const divisor = weights === "paper" ? massSum : rawSum;
  for (let i = 0; i < raw.length; i++) raw[i] /= divisor;
  return { ids: int32sOf(distinct), weights: float32sOf(raw) };
}

/** Log-probabilities renormalised over some logits. */
function logLaw(logits: Float32Array, temperature: number): Float64Array {
  const scaled = Float64Array.from(logits, (z) => z / temperature);
  const top = scaled.reduce((most, value) => Math.max(most, value), -Infinity);
  const mass = scaled.reduce((sum, value) => sum + Math.exp(value - top), 0);
  const logMass = top + Math.log(mass);
  return scaled.map((value) => value - logMass);
}
