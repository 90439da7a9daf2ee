/**
 * What `evaluate --model DIR` runs where it names no experiment: a checkpoint of one's own as it is, on GSM8K. What follows
 * from the checkpoint is put in its place then: text around the question, room of a completion, and whether it thinks.
 *
 * @module
 */
import { ALGORITHM_PRESETS } from "../src/algorithms/registry.ts";
import type { DecodingConfig, ExperimentConfig } from "../src/experiment/config.ts";
import { ADAMW_PRESETS } from "../src/training/optimizer.ts";

const { paper: UNFILTERED, controlled: MATCHED } = ALGORITHM_PRESETS["discrete-grpo"];
const { paper: PAPER, release: RELEASE } = ALGORITHM_PRESETS["soft-thinking-grpo"];

/** As SofT-GRPO tests discrete models (protocol `soft-grpo-discrete`). Without a top-k, 3,072 logits a row would be read. */
const USUAL = { temperature: 0.6, topK: 30, topP: 0.95 };

/** Ways of decoding, the default first. */
const DECODINGS: readonly DecodingConfig[] = [
  {
    decoding: "discrete",
    algorithm: { name: "discrete-grpo", filter: USUAL },
    answers: { rule: "sample", filter: USUAL },
  },
  {
    decoding: "greedy",
    algorithm: { name: "discrete-grpo", filter: { temperature: 1, topK: 1 } },
    answers: { rule: "greedy" },
  },
  {
    decoding: "tokens-unfiltered",
    algorithm: UNFILTERED,
    answers: { rule: "sample", filter: UNFILTERED.filter },
  },
  { decoding: "matched", algorithm: MATCHED, answers: { rule: "sample", filter: MATCHED.filter } },
  { decoding: "soft-thinking", algorithm: PAPER, answers: { rule: "sample", filter: PAPER.filter } },
  {
    decoding: "soft-thinking-release",
    algorithm: RELEASE,
    answers: { rule: "argmax-noised", filter: RELEASE.filter, perturbation: RELEASE.perturbation },
  },
];

/** @see file header */
const experiment: ExperimentConfig = {
  name: "checkpoint",
  description: "a checkpoint as it is, under settings that follow from what it is",
  model: "HuggingFaceTB/SmolLM2-135M-Instruct",
  prompt: "step-by-step",
  datasets: ["gsm8k"],
  seeds: [1],
  samples: 1,
  passAt: [1],
  majorityAt: [],
  maxNewTokens: 512,
  thinking: { end: "</think>" },
  training: { source: "gsm8k_train", steps: 0, promptsPerStep: 1, groupSize: 2, optimizer: ADAMW_PRESETS.embedded },
  arms: [{ label: "checkpoint", title: "the checkpoint as it is", ...DECODINGS[0], evaluations: DECODINGS }],
};

export default experiment;
