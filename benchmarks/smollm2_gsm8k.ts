/**
 * SmolLM2-135M-Instruct on GSM8K: what a published checkpoint of this size does there, and a training of four steps, so that
 * a user has seen the road from a real problem to a table. It shows no difference between algorithms, and cannot: the base
 * is right in a few samples of a hundred, so that most groups of eight have nothing to learn from.
 *
 * Limits are what keeps it to minutes on two cores: the first 40 problems x 4 samples, 96 new tokens. Soft arms think for a
 * third of them, then go on with tokens, as in `smollm2_arithmetic.ts`, which says why; filter, temperature and optimizer are
 * those of that file too. The last number of a completion counts as its answer. In training the reward is Butt et al.'s
 * (arXiv:2509.19170 Eq. 11), where an answer counts in a box alone: what the prompt asks for can be learned even by who is
 * hardly ever right.
 *
 * Needs the checkpoint (`deno task models fetch HuggingFaceTB/SmolLM2-135M-Instruct`, or `--model FILE.gguf`), the datasets
 * (`deno task datasets fetch gsm8k gsm8k_train`, or `--mirror DIR`) and 6 GB of memory.
 *
 * @module
 */
import type { ExperimentConfig } from "../src/experiment/config.ts";
import { REWARD_PRESETS } from "../src/grading/reward.ts";
import arithmetic, { DECODINGS } from "./smollm2_arithmetic.ts";

const SAMPLES = 4;
const STEPS = 4;
const ARMS = ["base", "discrete-grpo", "soft-thinking-grpo"];
const REWARD = { reward: REWARD_PRESETS.answered, grader: { name: "symbolic", boxed: true } } as const;

/** @see file header */
const experiment: ExperimentConfig = {
  ...arithmetic,
  name: "smollm2-gsm8k",
  description: "GSM8K, SmolLM2-135M-Instruct, the base and four steps",
  prompt: "step-by-step",
  datasets: ["gsm8k"],
  problemsPerDataset: 40,
  seeds: [1],
  samples: SAMPLES,
  passAt: [1, SAMPLES],
  majorityAt: [SAMPLES],
  maxNewTokens: 96,
  thinking: { ...arithmetic.thinking, maxThoughts: 32 },
  training: {
    ...arithmetic.training,
    source: "gsm8k_train",
    steps: STEPS,
    promptsPerStep: 2,
    checkpointEvery: STEPS,
  },
  arms: arithmetic.arms.filter(({ label }) => ARMS.includes(label)).map((arm) =>
    arm.objective === undefined
      ? { ...arm, evaluations: [DECODINGS.matched, DECODINGS.softThinking] }
      : { ...arm, objective: { ...arm.objective, ...REWARD } }
  ),
};

export default experiment;
