/**
 * SofT-GRPO: Zheng, Gu, Liu, Teh, Lee, "SofT-GRPO", arXiv:2511.06411v2. A thought step perturbs the log-probabilities of
 * the kept tokens with Gumbel noise and feeds the mixture softmax(g'/τ_g); its density is that of g'.
 *
 * Every difference between paper and released code (github.com/zz1358m/SofT-GRPO-master @ 2b9d8ec) is an option here or in
 * the part named. Tags: SA `srt/layers/sampler.py`, SB `srt/managers/schedule_batch.py`, TF
 * `verl/utils/torch_functional.py`, CA `verl/trainer/ppo/core_algos.py`, DP `verl/workers/actor/dp_actor.py`, RT
 * `verl/trainer/ppo/ray_trainer.py`.
 *
 * |  # | item            | paper                          | released code                                     | ours                                             | why |
 * | -: | --------------- | ------------------------------ | ------------------------------------------------- | ------------------------------------------------ | --- |
 * |  1 | noise           | Gumbel(0,1), Eq. 9             | clamped to [-1.5, 3], drawn (SA:185) and inferred (TF:152) | `perturbation.clamp`                    | both are reported on |
 * |  2 | soft score      | sum over kept, Eqs. 11-12      | mean over log p > -3 (TF:153-155)                 | `score`: sum, masked-mean                        | scale and bias differ |
 * |  3 | support         | after top-k and top-p          | the k stored ids, top-p not applied again (TF:150) | `support`: kept, stored                         | a sum over cut ids is dominated by them |
 * |  4 | log floor       | none                           | 1e-6 in both phases                               | `perturbation.floor`                             | with floor 0, cut ids are dropped |
 * |  5 | old density     | from the noise drawn, Eq. 11   | recomputed before the update (RT:1061-1070)       | `LossConfig.oldDensity`; the action keeps `drawnLogDensity` | they agree to rounding under `paper` |
 * |  6 | KL              | D_KL, estimator not given      | k3 of the score in the loss (CA:594-598)          | `LossConfig.kl`: closed-form, k3                 | g' is a product of Gumbel laws with a known KL |
 * |  7 | clipping        | PPO, 0.2                       | and dual clip 3 for A < 0 (CA:496-513)            | `LossConfig.surrogate.dual`                      |     |
 * |  8 | aggregation     | mean in, then over completions | token mean of each micro-batch (CA:434)           | `LossConfig.aggregation`                         |     |
 * |  9 | answer tokens   | sampled                        | argmax of the noised scores (SA:223-234 with a mask never refreshed) | `AnswerConfig.rule`           | a defect upstream mended later, kept for fidelity |
 * | 10 | answer filters  | -                              | `after_thinking_*` have no effect                 | `AnswerConfig` is its own; equal in `release`    |     |
 * | 11 | end of thinking | `</think>`                     | the last sub-token of it (SB:743)                 | `ThinkingRule.end` of the rollout                | a family whose marker is several tokens differs |
 * | 12 | input gradient  | not discussed                  | detached                                          | `LossConfig.trainInputs`, off in both presets     | how a mixture would train its rows is left open |
 * | 13 | std             | "std", Eq. 2                   | unbiased, + 1e-6                                  | `AdvantageConfig`: the same in both presets      |     |
 * | 14 | noise place     | token probabilities            | log of the renormalised top-k                     | the latter                                       | v1 of the paper says logits |
 * | 15 | noise factor    | -                              | that of the batch's first request (SA:192)        | none                                             | its scores ignore it, so that any factor but 1 is inconsistent |
 *
 * Also ours: cut entries under Dirichlet noise draw 0, the limit of the law, where torch's `Gamma` raises an error; a
 * hard position is a step kind of its own, where the released code reads ids[1:] = 0 (DP:158); noise within 0.001 of a
 * clamp counts as clamped, where rounding decided.
 *
 * The preset `hard-thoughts` is a control, and nobody's method: the paper's law at a τ_g so cold that every mixture is one
 * token. Its thoughts are those of discrete GRPO under the same filter and noise, and only the density differs: what tells
 * the two apart in training is the estimator, and what tells it from `paper` is softness.
 *
 * The step whose token ends the thinking is fed and replayed as a hard token, as in the released code (SB:761-769): the
 * rollout turns it into a `token` step, and its density is that of an answer token. Under the paper's noise the heaviest
 * of a mixture is a draw from the filtered law (Theorem 3.1), so that answers under the same filter with kept support score
 * it by the law it was drawn from.
 *
 * @module
 */
import type { Replay, StepDivergence, ThoughtAction, ThoughtAlgorithm, ThoughtInput } from "./algorithm.ts";
import { z } from "npm:zod@4.3.5";
import { type CandidateFilter, candidateReads, filterSchema, selectCandidates } from "./candidates.ts";
import {
  drawScore,
  type GumbelPerturbation,
  mixtureWeights,
  type Perturbation,
  perturbationSchema,
  type ScoreDensity,
  scoreDensity,
  softmaxInto,
} from "./perturbation.ts";
import type { ThoughtLaw } from "./law.ts";
import { check } from "../files/check.ts";
import { type MutableSlopes, NOTHING, type Readings, type Reads } from "../models/readings.ts";
import type { StepNoise } from "../random/noise.ts";
import { float32s, float32sOf, int32s } from "../models/small_arrays.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of SofT-GRPO's thought step. */
export interface SoftThinkingGrpoConfig {
  /** A mixture of the kept tokens under perturbed scores (SofT-GRPO). */
  readonly name: "soft-thinking-grpo";
  /** Which tokens are mixed; `topK` must be there. */
  readonly filter: CandidateFilter;
  /** How probabilities become scores. */
  readonly perturbation: Perturbation;
  /** Tokens the density renormalises over: those that passed every filter, or all `topK` stored ones. */
  readonly support: "kept" | "stored";
  /** Density of a step: the sum over the support, or the mean over its probable entries. */
  readonly score: "sum" | "masked-mean";
  /**
   * What training feeds: the mixture of the rollout, or softmax(scores), which is what the released code does for the
   * two ablations (`verl/utils/torch_functional.py:84-137` with τ_g 1) and is not what its rollout fed; the same for
   * Gumbel noise.
   */
  readonly replay: "rollout-mixture" | "softmax-of-scores";
}
// End of written types.

/** What {@link SoftThinkingGrpoConfig} must be. */
export const softThinkingGrpoSchema = z.strictObject({
  name: z.literal("soft-thinking-grpo").describe("a mixture of the kept tokens under perturbed scores (SofT-GRPO)"),
  filter: filterSchema.describe("which tokens are mixed; `topK` must be there"),
  perturbation: perturbationSchema.describe("how probabilities become scores"),
  support: z.enum(["kept", "stored"])
    .describe("tokens the density renormalises over: those that passed every filter, or all `topK` stored ones"),
  score: z.enum(["sum", "masked-mean"])
    .describe("density of a step: the sum over the support, or the mean over its probable entries"),
  replay: z.enum(["rollout-mixture", "softmax-of-scores"])
    .describe(
      "what training feeds: the mixture of the rollout, or softmax(scores), which is what the released code does for the " +
        "two ablations (`verl/utils/torch_functional.py:84-137` with τ_g 1) and is not what its rollout fed; the same " +
        "for Gumbel noise",
    ),
}).readonly().refine(({ filter }) => filter.topK !== undefined, {
  path: ["filter", "topK"],
  error: "an integer of at least 1, as the whole vocabulary is too much to mix",
}).refine(
  ({ support, perturbation }) => support === "kept" || perturbation.kind !== "gumbel" || perturbation.floor > 0,
  {
    path: ["perturbation", "floor"],
    error: "a number above 0, such as 1e-6, as stored tokens that were cut have p = 0",
  },
).meta({ id: "SoftThinkingGrpoConfig", description: "settings of SofT-GRPO's thought step" });

/** The paper's filter, section 5.1: T 1, top-k 5, top-p 0.95. */
const PAPER_FILTER: CandidateFilter = { temperature: 1, topK: 5, topP: 0.95 };
/** τ_g of the main runs. */
const GUMBEL_TEMPERATURE = 0.1;
/** τ_g at which two scores must be nearer than .0046 for the lighter one to weigh .01. */
export const HARD_TEMPERATURE = 0.001;
const PAPER: SoftThinkingGrpoConfig & { readonly perturbation: GumbelPerturbation } = {
  name: "soft-thinking-grpo",
  filter: PAPER_FILTER,
  perturbation: { kind: "gumbel", temperature: GUMBEL_TEMPERATURE, floor: 0 },
  support: "kept",
  score: "sum",
  replay: "rollout-mixture",
};
const RELEASED: Omit<SoftThinkingGrpoConfig, "perturbation"> = {
  name: "soft-thinking-grpo",
  filter: PAPER_FILTER,
  support: "stored",
  score: "masked-mean",
  replay: "softmax-of-scores",
};

/**
 * Settings by preset: the paper, the released code, its two ablations with and without their input mismatch, and the
 * control whose thoughts are single tokens.
 */
export const SOFT_THINKING_GRPO_PRESETS = {
  paper: PAPER,
  "hard-thoughts": { ...PAPER, perturbation: { ...PAPER.perturbation, temperature: HARD_TEMPERATURE } },
  release: {
    ...RELEASED,
    perturbation: { kind: "gumbel", temperature: GUMBEL_TEMPERATURE, floor: 1e-6, clamp: { low: -1.5, high: 3 } },
    replay: "rollout-mixture",
  },
  "dirichlet-release": { ...RELEASED, perturbation: { kind: "dirichlet", concentration: 1 } },
  "gaussian-release": { ...RELEASED, perturbation: { kind: "gaussian", deviation: 0.05 } },
  "dirichlet-matched": {
    ...RELEASED,
    perturbation: { kind: "dirichlet", concentration: 1 },
    support: "kept",
    replay: "rollout-mixture",
  },
  "gaussian-matched": {
    ...RELEASED,
    perturbation: { kind: "gaussian", deviation: 0.05 },
    support: "kept",
    replay: "rollout-mixture",
  },
} as const satisfies Record<string, SoftThinkingGrpoConfig>;

/** How tables name it. */
export function softThinkingGrpoLaw({ filter, perturbation }: SoftThinkingGrpoConfig): ThoughtLaw {
  switch (perturbation.kind) {
    case "gumbel": {
      const { temperature, clamp } = perturbation;
      const text = `${clamp ? "clamped " : ""}Gumbel mixtures τ ${temperature}`;
      return { text, hard: temperature <= HARD_TEMPERATURE ? "nearly" : "no", noise: "gumbel", filter };
    }
    case "dirichlet":
      return { text: `Dirichlet mixtures α ${perturbation.concentration}`, hard: "no", noise: "other", filter };
    case "gaussian":
      return { text: `Gaussian mixtures σ ${perturbation.deviation}`, hard: "no", noise: "other", filter };
  }
}

/**
 * SofT-GRPO's thought step.
 *
 * @throws {UsageError} If a setting is out of range
 */
export function softThinkingGrpo(config: SoftThinkingGrpoConfig): ThoughtAlgorithm {
  const { filter, perturbation } = check(softThinkingGrpoSchema, config, { root: "algorithm" });

  function act({ readings, noise }: { readings: Readings; noise: StepNoise }): ThoughtAction {
    const { ids, scores, probabilities, kept } = perturb(config, readings, noise);
    const weights = float32s(ids.length);
    mixtureWeights(perturbation, scores, weights);
    const drawn = {
      token: ids[0],
      input: { ids, weights },
      ids,
      scores,
      count: kept,
      drawnLogDensity: density(config, scores, probabilities),
    };
    return config.replay === "rollout-mixture" ? drawn : { ...drawn, replayInput: softmaxMixture(ids, scores) };
  }

  const densityReads = ({ ids }: ThoughtAction): Reads => ({ at: ids });

  function logDensity({ readings, action }: Replay, slopes?: MutableSlopes, scale = 1): number {
    const probabilities = probabilitiesOf(readings.at!, filter.temperature);
    if (slopes === undefined) return density(config, action.scores, probabilities);
    const byLogProbability: number[] = [];
    const value = density(config, action.scores, probabilities, byLogProbability);
    addLogitSlopes(slopes.at!, probabilities, byLogProbability, scale / filter.temperature);
    return value;
  }

  const { temperature } = filter;
  const asked = candidateReads(filter);
  const reads = () => asked;
  const algorithm = { name: config.name, temperature, reads, act, densityReads, logDensity };
  if (perturbation.kind !== "gumbel" || perturbation.clamp || config.score !== "sum") return algorithm;
  const { floor } = perturbation;

  const divergence: StepDivergence = {
    referenceReads: densityReads,
    reads: () => NOTHING,
    /** KL of a product of Gumbel laws whose locations differ by δ_i: Σ δ + e^-δ - 1. */
    value({ readings }, reference, slopes, scale = 1) {
      const probabilities = probabilitiesOf(readings.at!, temperature);
      const references = probabilitiesOf(reference.at!, temperature);
      const byLogProbability: number[] = [];
      let value = 0;
      for (let i = 0; i < probabilities.length; i++) {
        const shift = Math.log(probabilities[i] + floor) - Math.log(references[i] + floor);
        value += shift + Math.expm1(-shift);
        byLogProbability.push(-Math.expm1(-shift) * probabilities[i] / (probabilities[i] + floor));
      }
      if (slopes) addLogitSlopes(slopes.at!, probabilities, byLogProbability, scale / temperature);
      return value;
    },
  };
  return { ...algorithm, divergence };
}

/** Perturbed candidates, by falling score. */
export interface PerturbedCandidates {
  readonly ids: Int32Array;
  readonly scores: Float32Array;
  /** Probabilities before the noise, in the order of `ids`. */
  readonly probabilities: readonly number[];
  /** Entries with probability above 0. */
  readonly kept: number;
}

/** Filters, perturbs and sorts: all of a step but the mixing. */
export function perturb(
  config: Pick<SoftThinkingGrpoConfig, "filter" | "perturbation" | "support">,
  readings: Readings,
  noise: StepNoise,
): PerturbedCandidates {
  const candidates = selectCandidates(readings, config.filter);
  const count = config.support === "kept" ? candidates.kept : candidates.ids.length;
  const ids = int32s(count);
  const scores: number[] = [];
  const probabilities: number[] = [];
  for (let i = 0; i < count; i++) {
    const id = candidates.ids[i];
    const probability = candidates.probabilities[i];
    const score = drawScore(config.perturbation, probability, id, noise);
    // Insertion keeps equal scores, which clamped noise produces, in order of probability.
    let place = i;
    for (; place > 0 && scores[place - 1] < score; place--) {
      scores[place] = scores[place - 1];
      ids[place] = ids[place - 1];
      probabilities[place] = probabilities[place - 1];
    }
    scores[place] = score;
    ids[place] = id;
    probabilities[place] = probability;
  }
  return { ids, scores: float32sOf(scores), probabilities, kept: candidates.kept };
}

/** Log-density of scores around `probabilities`; `slopes` receives its derivatives by log p where given. */
function density(
  config: SoftThinkingGrpoConfig,
  scores: Float32Array,
  probabilities: readonly number[],
  slopes?: number[],
): number {
  const masked = config.score === "masked-mean";
  const entry: ScoreDensity = { counted: true, value: 0, slope: 0 };
  let sum = 0;
  let counted = 0;
  for (let i = 0; i < probabilities.length; i++) {
    scoreDensity(config.perturbation, scores[i], probabilities[i], entry);
    const contributes = !masked || entry.counted;
    slopes?.push(contributes ? entry.slope : 0);
    if (!contributes) continue;
    counted++;
    sum += entry.value;
  }
  if (!masked) return sum;
  // With very many candidates no entry may be probable enough; the released code divides 0 by 0 there.
  if (counted === 0) return 0;
  if (slopes) { for (let i = 0; i < slopes.length; i++) slopes[i] /= counted; }
  return sum / counted;
}

/** Probabilities renormalised over some logits. */
function probabilitiesOf(logits: Float32Array, temperature: number): number[] {
  let top = -Infinity;
  for (let i = 0; i < logits.length; i++) top = Math.max(top, logits[i]);
  let mass = 0;
  const probabilities: number[] = [];
  for (let i = 0; i < logits.length; i++) {
    const weight = Math.exp((logits[i] - top) / temperature);
    mass += weight;
    probabilities.push(weight);
  }
  for (let i = 0; i < logits.length; i++) probabilities[i] /= mass;
  return probabilities;
}

/** Carries derivatives by the renormalised log-probabilities to the logits: `scale · (w_i - p_i Σ w)` each. */
function addLogitSlopes(
  slopes: Float64Array,
  probabilities: readonly number[],
  byLogProbability: readonly number[],
  scale: number,
): void {
  let total = 0;
  for (let i = 0; i < slopes.length; i++) total += byLogProbability[i];
  for (let i = 0; i < slopes.length; i++) slopes[i] += scale * (byLogProbability[i] - probabilities[i] * total);
}

function softmaxMixture(ids: Int32Array, scores: Float32Array): ThoughtInput {
  const weights = float32s(ids.length);
  softmaxInto(scores, 1, weights);
  return { ids, weights };
}
