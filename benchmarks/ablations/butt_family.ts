/**
 * Butt et al. as their paper compares: hard, soft and fuzzy training, each decoded under the six inference settings, hard,
 * soft and fuzzy, greedy and sampled.
 *
 * All three are trained by their algorithm (RLOO, no ratio) with the end of thinking as the default experiment has it;
 * answers are greedy in the six settings. Greedy settings draw nothing, so that 32 samples are one.
 * `benchmarks/paper_soft_tokens_3b.ts` has the paper's own budget. That greedy Pass@1 is about equal for the three ways of
 * training is a claim of the paper, but no difference can confirm it: the rows are there to be read.
 *
 * 3 trained arms, 28 evaluations: at 45 and 12 lane-seconds a seed, three seeds and two lanes, about 12 minutes.
 *
 * @module
 */
import { ALGORITHM_PRESETS, type AlgorithmConfig } from "../../src/algorithms/registry.ts";
import type { ArmConfig, DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { ThinkingConfig } from "../../src/experiment/thinking.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { ablation, SOURCES, untrained } from "../shared/ablation.ts";
import { DECODINGS } from "../tiny.ts";

const { soft: SOFT, fuzzy: FUZZY } = ALGORITHM_PRESETS["soft-tokens-grpo"];
const HARD = ALGORITHM_PRESETS["discrete-grpo"].paper;

/** Soft thoughts have no token of their own, so that their end is fed without being drawn. */
function thinking(algorithm: AlgorithmConfig): ThinkingConfig {
  return { ...DECODINGS.butt.thinking, endIsDrawn: algorithm.name === HARD.name };
}

/** One of the paper's six inference settings; answers are always greedy. */
function inference(decoding: string, algorithm: AlgorithmConfig): DecodingConfig {
  return { decoding, algorithm, answers: { rule: "greedy" }, thinking: thinking(algorithm) };
}

const INFERENCE: readonly DecodingConfig[] = [
  inference("hard-greedy", { ...HARD, filter: { ...HARD.filter, topK: 1 } }),
  inference("hard-sample", HARD),
  inference("soft-greedy", { ...SOFT, noiseScale: 0 }),
  inference("soft-sample", SOFT),
  inference("fuzzy-greedy", { ...FUZZY, noiseScale: 0 }),
  inference("fuzzy-sample", FUZZY),
];

function arm(label: string, title: string, algorithm: AlgorithmConfig): ArmConfig {
  return {
    label,
    title,
    decoding: `${label}-training`,
    algorithm,
    answers: { rule: "sample", filter: HARD.filter },
    thinking: thinking(algorithm),
    evaluations: INFERENCE,
    objective: { advantage: ADVANTAGE_PRESETS.rloo, loss: LOSS_PRESETS["soft-tokens-grpo"] },
  };
}

/** @see file header */
const experiment: ExperimentConfig = ablation("butt-family", "hard, soft and fuzzy training, six inference settings", [
  untrained(...INFERENCE),
  arm("hard", "hard tokens, RLOO, as Butt et al. train them", HARD),
  arm("soft", "soft GRPO, Butt et al. (τ 0.5)", SOFT),
  arm("fuzzy", "soft GRPO, Butt et al. (τ 0.0001)", FUZZY),
]);

export default experiment;

const TRAINING = `${SOURCES.softTokens}, Table 1`;
const INFERENCE_TABLES = `${SOURCES.softTokens}, Tables 3 and 4, appendix E`;

/** What the paper says of training, and of inference. */
export const claims: readonly Claim[] = [
  {
    id: "soft-over-hard-pass-at-32",
    claim: "Under hard sampling, soft training keeps more Pass@32 than hard training.",
    source: TRAINING,
    printed: "Llama-3B trained on GSM8K: 97.9 against 94.1 on GSM8K, 84.8 against 72.4 on MATH-500",
    arm: "soft.hard-sample",
    reference: "hard.hard-sample",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "fuzzy-over-hard-pass-at-32",
    claim: "Under hard sampling, fuzzy training keeps more Pass@32 than hard training.",
    source: TRAINING,
    printed: "97.4 against 94.1 on GSM8K, 83.2 against 72.4 on MATH-500",
    arm: "fuzzy.hard-sample",
    reference: "hard.hard-sample",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "soft-training-keeps-pass-at-32",
    claim: "Under hard sampling, soft training loses no Pass@32 of the untrained model but adds some.",
    source: TRAINING,
    printed: "GSM8K: 97.9 against 96.8 untrained; but on MATH-500 after DeepScaleR 80.6 against 82.0",
    arm: "soft.hard-sample",
    reference: "base.hard-sample",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "hard-training-costs-pass-at-32",
    claim: "Under hard sampling, hard training costs Pass@32 of the untrained model.",
    source: TRAINING,
    printed: "GSM8K: 94.1 against 96.8 untrained; MATH-500: 72.4 against 82.0",
    arm: "hard.hard-sample",
    reference: "base.hard-sample",
    metric: "Pass@32",
    direction: "less",
  },
  {
    id: "hard-inference-greedy",
    claim: "A softly trained model is right more often under hard greedy than under soft greedy inference.",
    source: INFERENCE_TABLES,
    printed: "trained on GSM8K: 77.2 against 74.5",
    arm: "soft.hard-greedy",
    reference: "soft.soft-greedy",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "hard-inference-pass-at-32",
    claim: "A softly trained model has more Pass@32 under hard sampling than under soft sampling.",
    source: INFERENCE_TABLES,
    printed: "97.9 against 94.2",
    arm: "soft.hard-sample",
    reference: "soft.soft-sample",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "hard-inference-pass-at-32-fuzzy",
    claim: "A softly trained model has more Pass@32 under hard sampling than under fuzzy sampling.",
    source: INFERENCE_TABLES,
    printed: "97.9 against 93.4",
    arm: "soft.hard-sample",
    reference: "soft.fuzzy-sample",
    metric: "Pass@32",
    direction: "more",
  },
  {
    id: "noisy-inference-pass-at-1",
    claim: "In Pass@1 of samples it is the other way round: soft sampling beats hard sampling at temperature 1.",
    source: INFERENCE_TABLES,
    printed: "74.1 against 70.5; untrained 65.2 against 45.0",
    arm: "soft.soft-sample",
    reference: "soft.hard-sample",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "noisy-inference-pass-at-1-untrained",
    claim: "The untrained model too is right more often under soft than under hard sampling.",
    source: INFERENCE_TABLES,
    printed: "65.2 against 45.0",
    arm: "base.soft-sample",
    reference: "base.hard-sample",
    metric: "Pass@1",
    direction: "more",
  },
  {
    id: "greedy-gap-after-soft-training",
    claim: "After soft training, greedy tokens are right more often than sampled ones.",
    source: TRAINING,
    printed: "77.2 against 70.6; after hard training 75.9 against 74.3",
    arm: "soft.hard-greedy",
    reference: "soft.hard-sample",
    metric: "Pass@1",
    direction: "more",
  },
];
