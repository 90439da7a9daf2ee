/**
 * The first experiment on a real checkpoint: SmolLM2-135M-Instruct learns to answer "What is 7 + 8?" by every algorithm,
 * without a GPU.
 *
 * Both halves are generated: `sums-one-digit` holds out 24 of the 55 pairs of digits, each in one order, and training draws
 * from the others in both. The base is right in four of ten samples, and at least once in 32 for every sum: training can teach it to
 * state the sum, in the form in which it gets it right, rather than a sentence about it. 16 tokens hold `7 + 8 = 15` and
 * half a sentence; the last number counts.
 *
 * **Thinking.** This model was never taught to think and writes no `</think>`. A soft arm that waited for it would mix to the
 * end and be graded on leading tokens that were never fed; forcing a marker puts text that the model has not seen into the
 * middle of its sentence. So all arms, the discrete too, think for six positions, which is the length of `7 + 8 = `, then go
 * on with tokens drawn alike: thoughts choose how the answer begins, its digits are tokens in every arm. An end token is
 * heard in both.
 *
 * **What arms share.** Temperature 0.5 and SofT-GRPO's filter, where their algorithms have one (at temperature 1 this model
 * rambles), 24 steps of 4 prompts x 8 completions, AdamW at a constant 2e-5, reward 1 or 0. Advantage, loss and what is not
 * shared are as in `tiny.ts`: Butt et al. have their own advantage and loss and no filter, CoT2 a least probability in its
 * place. Temperature, rate, steps, prompt and lengths were chosen with discrete GRPO in sight, for all arms at once; nothing
 * was searched for an arm. Every arm is decoded in its own way and under `matched`, tokens under the same filter.
 *
 * Needs the checkpoint (`deno task models fetch HuggingFaceTB/SmolLM2-135M-Instruct`, or `--model FILE.gguf`) and 6 GB of
 * memory; the trained models of 18 runs take 29 GB of disk.
 *
 * @module
 */
import { ADVANTAGE_PRESETS } from "../src/training/advantage.ts";
import { ALGORITHM_PRESETS } from "../src/algorithms/registry.ts";
import type { DecodingConfig, ExperimentConfig } from "../src/experiment/config.ts";
import { LOSS_PRESETS } from "../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../src/training/optimizer.ts";

/** Which tokens everything here is drawn from or mixed of. */
const FILTER = { temperature: 0.5, topK: 5, topP: 0.95 };
/** How ordinary tokens are drawn, by every arm. */
const ANSWERS = { rule: "sample", filter: FILTER } as const;

/** Positions in which arms differ: as many as `7 + 8 = ` has tokens. */
const THOUGHTS = 6;

/** Of training. */
const STEPS = 24;

/** Ways of decoding, by name. */
export const DECODINGS = {
  matched: {
    decoding: "matched",
    algorithm: { ...ALGORITHM_PRESETS["discrete-grpo"].controlled, filter: FILTER },
    answers: ANSWERS,
  },
  softThinking: {
    decoding: "soft-thinking",
    algorithm: { ...ALGORITHM_PRESETS["soft-thinking-grpo"].paper, filter: FILTER },
    answers: ANSWERS,
  },
  butt: { decoding: "noisy-embedding", algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft, answers: ANSWERS },
  multiplex: {
    decoding: "multiplex",
    algorithm: { ...ALGORITHM_PRESETS["multiplex-grpo"].release, filter: FILTER },
    answers: ANSWERS,
  },
  lepo: {
    decoding: "latent-prefix",
    algorithm: { ...ALGORITHM_PRESETS.lepo.controlled, filter: FILTER },
    answers: ANSWERS,
  },
  dirichlet: {
    decoding: "dirichlet",
    algorithm: { ...ALGORITHM_PRESETS["dirichlet-grpo"].release, temperature: FILTER.temperature },
    answers: ANSWERS,
  },
} as const satisfies Record<string, DecodingConfig>;

const GRPO = { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS["on-policy"] };
const RLOO = { advantage: ADVANTAGE_PRESETS.rloo, loss: LOSS_PRESETS["soft-tokens-grpo"] };

/** @see file header */
const experiment: ExperimentConfig = {
  name: "smollm2-arithmetic",
  description: "sums of two digits, SmolLM2-135M-Instruct, every algorithm",
  model: "HuggingFaceTB/SmolLM2-135M-Instruct@12fd25f77366fa6b3b4b768ec3050bf629380bac",
  prompt: "question",
  grader: { name: "symbolic", boxed: false },
  datasets: ["sums-one-digit"],
  seeds: [1, 2, 3],
  samples: 32,
  maxNewTokens: 16,
  thinking: { end: "</think>", maxThoughts: THOUGHTS, atMaximum: "go-on" },
  matched: DECODINGS.matched,
  training: {
    source: "sums-one-digit",
    steps: STEPS,
    promptsPerStep: 4,
    groupSize: 8,
    // One checkpoint a run: each is 1.6 GB.
    checkpointEvery: STEPS,
    optimizer: {
      ...ADAMW_PRESETS.embedded,
      schedule: { peak: 2e-5, unit: "rollout", warmUp: 1, decay: { kind: "constant" } },
    },
  },
  arms: [
    {
      label: "base",
      title: "untrained",
      ...DECODINGS.matched,
      evaluations: Object.values(DECODINGS),
    },
    { label: "discrete-grpo", title: "GRPO, Shao et al.", ...DECODINGS.matched, objective: GRPO },
    {
      label: "soft-thinking-grpo",
      title: "SofT-GRPO, Zheng et al., the paper's score",
      preset: "paper",
      ...DECODINGS.softThinking,
      objective: GRPO,
    },
    {
      label: "soft-tokens-grpo",
      title: "soft GRPO, Butt et al. (τ 0.5)",
      preset: "soft",
      ...DECODINGS.butt,
      objective: RLOO,
    },
    { label: "multiplex-grpo", title: "Multiplex Thinking, Tang et al., K 3", ...DECODINGS.multiplex, objective: GRPO },
    { label: "lepo", title: "LEPO, Zhou et al.", ...DECODINGS.lepo, objective: GRPO },
    {
      label: "dirichlet-grpo",
      title: "CoT2 with a Dirichlet law, Gozeten et al.",
      ...DECODINGS.dirichlet,
      objective: GRPO,
    },
  ],
};

export default experiment;
