/**
 * What the SofT-GRPO paper (arXiv:2511.06411v2) trains and evaluates, the same for its three models: appendix G, table 7,
 * and the scripts of zz1358m/SofT-GRPO-master @ 2b9d8ec.
 *
 * @module
 */
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS } from "../../src/algorithms/registry.ts";
import type { ArmConfig, DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";

const DISCRETE = ALGORITHM_PRESETS["discrete-grpo"].paper;
const PAPER = ALGORITHM_PRESETS["soft-thinking-grpo"].paper;
const RELEASE = ALGORITHM_PRESETS["soft-thinking-grpo"].release;

/** `run_sample_discrete-token_*.sh`: T 0.6, top-p 0.95 and top-k 30 together, as SGLang filters discrete tokens. */
const TEST_FILTER = { temperature: 0.6, topK: 30, topP: 0.95 } as const;
const DISCRETE_TEST: DecodingConfig = {
  decoding: "discrete",
  algorithm: { name: "discrete-grpo", filter: { ...TEST_FILTER, nucleusOf: "vocabulary" } },
  answers: { rule: "sample", filter: { ...TEST_FILTER, nucleusOf: "vocabulary" } },
};

/** `run_sample_gumbel_raw.sh`, `run_sample_gumbel_grpo.sh`: the same filter on mixtures, τ_g 0.5. */
const SOFT_PERTURBATION = { ...RELEASE.perturbation, temperature: 0.5 } as const;
const SOFT_TEST: DecodingConfig = {
  decoding: "soft-thinking",
  algorithm: { ...RELEASE, filter: TEST_FILTER, perturbation: SOFT_PERTURBATION },
  answers: { rule: "argmax-noised", filter: TEST_FILTER, perturbation: SOFT_PERTURBATION },
};

/** The rows of table 1, and the paper's equations as an arm of their own. */
export const PAPER_ARMS: readonly ArmConfig[] = [
  {
    ...DISCRETE_TEST,
    label: "base",
    title: "untrained",
    evaluations: [DISCRETE_TEST, SOFT_TEST],
  },
  {
    label: "discrete-grpo",
    title: "GRPO, Shao et al.",
    decoding: "discrete-training",
    algorithm: DISCRETE,
    answers: { rule: "sample", filter: DISCRETE.filter },
    evaluations: [DISCRETE_TEST, SOFT_TEST],
    objective: { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS.verl },
  },
  {
    label: "soft-thinking-grpo-release",
    title: "SofT-GRPO, Zheng et al. (released code)",
    preset: "release",
    decoding: "soft-thinking-release",
    algorithm: RELEASE,
    answers: { rule: "argmax-noised", filter: RELEASE.filter, perturbation: RELEASE.perturbation },
    thinking: { end: "</think>", endRule: "last-sub-token" },
    objective: { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS["soft-thinking-grpo-release"] },
  },
  {
    label: "soft-thinking-grpo",
    title: "SofT-GRPO, Zheng et al. (paper)",
    preset: "paper",
    decoding: "soft-thinking-paper",
    algorithm: PAPER,
    answers: { rule: "sample", filter: PAPER.filter },
    objective: { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS["soft-thinking-grpo-paper"] },
  },
  {
    label: "soft-tokens-grpo",
    title: "soft GRPO, Butt et al. (τ 0.5), under the same budget",
    preset: "soft",
    decoding: "noisy-embedding",
    algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft,
    answers: { rule: "sample", filter: DISCRETE.filter },
    thinking: { end: "</think>", endIsDrawn: false },
    objective: { advantage: ADVANTAGE_PRESETS.rloo, loss: LOSS_PRESETS["soft-tokens-grpo"] },
  },
];

/** Everything but the model. */
export const PAPER_EXPERIMENT: Omit<ExperimentConfig, "name" | "description" | "model"> = {
  prompt: "step-by-step",
  datasets: ["aime2024", "aime2025", "amc23", "math500", "gsm8k"],
  seeds: [1],
  samples: 32,
  passAt: [1, 16, 32],
  majorityAt: [16, 32],
  maxNewTokens: 8192,
  evaluationMaxNewTokens: 32_768,
  thinking: { end: "</think>" },
  training: {
    source: "deepscaler_softgrpo",
    // One pass: 40,315 problems in batches of 64, the rest dropped.
    steps: 629,
    promptsPerStep: 64,
    groupSize: 8,
    // Mini-batches of 32 prompts.
    minibatches: 2,
    optimizer: ADAMW_PRESETS.verl,
  },
  arms: PAPER_ARMS,
};
