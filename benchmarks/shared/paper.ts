/**
 * What the SofT-GRPO paper (arXiv:2511.06411v2) trains and evaluates, the same for its three models: appendix G, table 7,
 * and the scripts of zz1358m/SofT-GRPO-master @ 2b9d8ec.
 *
 * @module
 */
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { ALGORITHM_PRESETS } from "../../src/algorithms/registry.ts";
import type { ArmConfig, DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import { REWARD_PRESETS } from "../../src/grading/reward.ts";
import { decodingOf } from "../../src/published/protocols.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";

const DISCRETE = ALGORITHM_PRESETS["discrete-grpo"].paper;
const PAPER = ALGORITHM_PRESETS["soft-thinking-grpo"].paper;
const CONTROLLED = ALGORITHM_PRESETS["discrete-grpo"].controlled;
const BUTT = ALGORITHM_PRESETS["soft-tokens-grpo"].soft;

/** Tokens under SofT-GRPO's own filter: what arms are compared under like for like. */
const MATCHED: DecodingConfig = {
  decoding: "matched",
  algorithm: CONTROLLED,
  answers: { rule: "sample", filter: CONTROLLED.filter },
};

/** How the paper tests; SofT-GRPO's models are trained in the way in which they are tested. */
const DISCRETE_TEST = decodingOf("soft-grpo-discrete");
const SOFT_TEST = decodingOf("soft-grpo-soft");
const RELEASE_TRAINING = decodingOf("soft-grpo-own");

/** Butt et al.: greedy shadow tokens end the thinking; `hard-sample` is what their paper recommends for its models. */
const BUTT_TRAINING: DecodingConfig = {
  decoding: "noisy-embedding",
  algorithm: BUTT,
  answers: { rule: "sample", filter: DISCRETE.filter },
  thinking: { end: "</think>", endIsDrawn: false },
};
const BUTT_HARD: DecodingConfig = { decoding: "hard-sample", algorithm: DISCRETE, answers: { rule: "greedy" } };

const VERL = { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS.verl };

/**
 * The rows of table 1, the paper's equations as an arm of their own, discrete GRPO under SofT-GRPO's filter, and Butt et
 * al. with their own updates, optimizer and reward under the same number of completions.
 *
 * @param releaseLoss as the script of this model has it: its micro-batches decide what the loss is
 */
export function paperArms(releaseLoss: LossConfig): readonly ArmConfig[] {
  return [
    {
      ...DISCRETE_TEST,
      label: "base",
      title: "untrained",
      evaluations: [DISCRETE_TEST, SOFT_TEST, RELEASE_TRAINING, BUTT_TRAINING, BUTT_HARD],
    },
    {
      label: "discrete-grpo",
      title: "GRPO, Shao et al., as table 7 has it",
      preset: "paper",
      decoding: "discrete-training",
      algorithm: DISCRETE,
      answers: { rule: "sample", filter: DISCRETE.filter },
      evaluations: [DISCRETE_TEST, SOFT_TEST],
      objective: VERL,
    },
    {
      label: "discrete-grpo-filtered",
      title: "GRPO, Shao et al., under SofT-GRPO's filter",
      preset: "controlled",
      ...MATCHED,
      objective: VERL,
    },
    {
      label: "soft-thinking-grpo-release",
      title: "SofT-GRPO, Zheng et al. (released code)",
      preset: "release",
      ...RELEASE_TRAINING,
      objective: {
        advantage: ADVANTAGE_PRESETS.verl,
        loss: releaseLoss,
        // The last box of the whole response, compared as text: the release's reward.
        grader: { name: "release-string" },
      },
    },
    {
      label: "soft-thinking-grpo",
      title: "SofT-GRPO, Zheng et al. (paper)",
      preset: "paper",
      decoding: "soft-thinking",
      algorithm: PAPER,
      answers: { rule: "sample", filter: PAPER.filter },
      objective: { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS["soft-thinking-grpo-paper"] },
    },
    {
      label: "soft-tokens-grpo",
      title: "soft GRPO, Butt et al. (τ 0.5)",
      preset: "soft",
      ...BUTT_TRAINING,
      evaluations: [BUTT_TRAINING, BUTT_HARD],
      objective: {
        advantage: ADVANTAGE_PRESETS.rloo,
        loss: LOSS_PRESETS["soft-tokens-grpo"],
        reward: REWARD_PRESETS.answered,
      },
      training: { minibatches: 1, optimizer: ADAMW_PRESETS["soft-tokens-grpo"] },
    },
  ];
}

/** Everything but the model and its arms. */
export const PAPER_EXPERIMENT: Omit<ExperimentConfig, "name" | "description" | "model" | "arms"> = {
  prompt: "step-by-step",
  datasets: ["aime2024", "aime2025", "amc23", "math500", "gsm8k"],
  seeds: [1],
  samples: 32,
  passAt: [1, 16, 32],
  majorityAt: [16, 32],
  maxNewTokens: 8192,
  evaluationMaxNewTokens: 32_768,
  thinking: { end: "</think>" },
  matched: MATCHED,
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
};
