/**
 * Real data end to end on a small checkpoint: every algorithm trains some steps on GSM8K train and is scored on the five
 * real datasets. It shows that the road is whole, not what the algorithms do.
 *
 * Needs the checkpoint (`deno task small-checkpoint`) and the datasets (`deno task datasets fetch`, or `--mirror DIR`).
 *
 * @module
 */
import type { ExperimentConfig } from "../src/experiment/config.ts";
import { ADAMW_PRESETS } from "../src/training/optimizer.ts";
import { REWARD_PRESETS } from "../src/grading/reward.ts";
import tiny, { DECODINGS } from "./tiny.ts";

/** Butt et al.'s reward (arXiv:2509.19170 Eq. 11): a model that is hardly ever right still learns to answer in a box. */
const REWARD = REWARD_PRESETS.answered;
const ARMS = ["base", "discrete-grpo", "soft-tokens-grpo", "soft-thinking-grpo"];

/** @see file header */
const experiment: ExperimentConfig = {
  name: "gsm8k-small",
  description: "2 M parameters, byte-level BPE, GSM8K train, five real datasets",
  model: ".data/models/small-qwen2",
  prompt: "step-by-step",
  datasets: ["aime2024", "aime2025", "amc23", "math500", "gsm8k"],
  seeds: [1],
  samples: 4,
  passAt: [1, 4],
  majorityAt: [4],
  maxNewTokens: 32,
  thinking: { end: "</think>" },
  matched: DECODINGS.matched,
  training: {
    source: "gsm8k_train",
    steps: 10,
    promptsPerStep: 8,
    groupSize: 8,
    optimizer: ADAMW_PRESETS.embedded,
  },
  arms: tiny.arms.filter(({ label }) => ARMS.includes(label)).map((arm) =>
    arm.objective === undefined ? arm : { ...arm, objective: { ...arm.objective, reward: REWARD } }
  ),
};

export default experiment;
