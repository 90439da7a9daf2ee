/**
 * The experiment of Butt et al., "Soft Tokens, Hard Truths" (arXiv:2509.19170v2), on Llama-3.2-3B-Instruct and GSM8K
 * (Llama 3.2 licence, gated: its owner must accept it before fetching): hard, soft and fuzzy training, each scored under
 * the paper's inference settings.
 *
 * Section 4 and appendices A to D: 2 prompts a step, 32 completions each, 4,000 steps, AdamW at 6e-6 after 20 warm-up
 * steps with a cosine, rewards 100 / 10 / 0, RLOO without ratio, clip or divergence; 128 thought tokens and 32 of answer
 * in training, 512 and 32 in evaluation; greedy answers. Not stated there: how answers are drawn in training (here at
 * temperature 1), AdamW's constants (PyTorch's). Two datasets of three: OlympiadBench is not among ours.
 *
 * Needs the checkpoint (`deno task models fetch meta-llama/Llama-3.2-3B-Instruct@0cb88a4f764b7a12671c53f0838cd831a0843b95`),
 * the datasets (`deno task datasets fetch gsm8k math500 gsm8k_train`), and a GPU; `--dry-run` says what it would take.
 *
 * @module
 */
import { ALGORITHM_PRESETS, type AlgorithmConfig } from "../src/algorithms/registry.ts";
import type { ArmConfig, DecodingConfig, ExperimentConfig } from "../src/experiment/config.ts";
import { REWARD_PRESETS } from "../src/grading/reward.ts";
import { decodingOf, SOFT_TOKENS_LENGTH, softTokensThinking } from "../src/published/protocols.ts";
import { ADVANTAGE_PRESETS } from "../src/training/advantage.ts";
import { LOSS_PRESETS } from "../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../src/training/optimizer.ts";

const { soft: SOFT, fuzzy: FUZZY } = ALGORITHM_PRESETS["soft-tokens-grpo"];
const HARD = ALGORITHM_PRESETS["discrete-grpo"].paper;

/** Most thought and answer tokens. */
const TRAINING = { thoughts: 128, answer: 32 };

/** The paper's six inference settings. */
const INFERENCE: readonly DecodingConfig[] = [
  decodingOf("soft-tokens-hard-greedy"),
  decodingOf("soft-tokens-hard-sample"),
  decodingOf("soft-tokens-soft-greedy"),
  decodingOf("soft-tokens-soft-sample"),
  decodingOf("soft-tokens-fuzzy-greedy"),
  decodingOf("soft-tokens-fuzzy-sample"),
];

function trained(label: string, title: string, algorithm: AlgorithmConfig): ArmConfig {
  return {
    label,
    title,
    decoding: `${label}-training`,
    algorithm,
    answers: { rule: "sample", filter: HARD.filter },
    thinking: softTokensThinking(TRAINING.thoughts, algorithm.name === HARD.name),
    evaluations: INFERENCE,
    objective: {
      advantage: ADVANTAGE_PRESETS.rloo,
      loss: LOSS_PRESETS["soft-tokens-grpo"],
      reward: REWARD_PRESETS.answered,
    },
  };
}

/** @see file header */
const experiment: ExperimentConfig = {
  name: "paper-soft-tokens-3b",
  description: "Llama-3.2-3B-Instruct, settings of arXiv:2509.19170",
  model: "meta-llama/Llama-3.2-3B-Instruct@0cb88a4f764b7a12671c53f0838cd831a0843b95",
  prompt: "conversation",
  grader: { name: "symbolic", boxed: true },
  datasets: ["gsm8k", "math500"],
  seeds: [1, 2, 3],
  samples: 32,
  passAt: [1, 32],
  majorityAt: [32],
  maxNewTokens: TRAINING.thoughts + TRAINING.answer,
  evaluationMaxNewTokens: SOFT_TOKENS_LENGTH.thoughts + SOFT_TOKENS_LENGTH.answer,
  thinking: softTokensThinking(TRAINING.thoughts, true),
  training: {
    source: "gsm8k_train",
    steps: 4000,
    promptsPerStep: 2,
    groupSize: 32,
    optimizer: ADAMW_PRESETS["soft-tokens-grpo"],
  },
  arms: [
    { label: "base", title: "untrained", ...INFERENCE[1], evaluations: INFERENCE },
    trained("hard", "hard tokens, RLOO, as Butt et al. train them", HARD),
    trained("soft", "soft GRPO, Butt et al. (τ 0.5)", SOFT),
    trained("fuzzy", "soft GRPO, Butt et al. (τ 0.0001)", FUZZY),
  ],
};

export default experiment;
