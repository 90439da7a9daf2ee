/**
 * What the objectives do that the default experiment holds equal: each algorithm under the objective that its paper or
 * released code has, with 1, 2 and 4 updates a rollout, and under the default's own with input embeddings trained.
 *
 * Everything else is the default experiment's. With one update a rollout the ratio is 1 and nothing is clipped, so that a
 * preset differs by its divergence and its aggregation; with more, ratio and clip act.
 *
 * @module
 */
import type { ArmConfig, DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import tiny, { DECODINGS } from "../tiny.ts";

/** Updates a rollout. */
const MINIBATCHES = [1, 2, 4];

/** An algorithm: how it decodes, and the objective of its paper or code. */
interface Subject {
  readonly label: string;
  readonly title: string;
  readonly decoding: DecodingConfig;
  readonly loss: LossConfig;
}

const SUBJECTS: readonly Subject[] = [
  {
    label: "discrete-grpo",
    title: "GRPO, Shao et al., under SofT-GRPO's filter",
    decoding: DECODINGS.matched,
    // Its inputs are an arm of their own, as in the other two.
    loss: { ...LOSS_PRESETS.verl, trainInputs: false },
  },
  {
    label: "soft-thinking-grpo",
    title: "SofT-GRPO, Zheng et al., the paper's score",
    decoding: DECODINGS.paper,
    loss: LOSS_PRESETS["soft-thinking-grpo-paper"],
  },
  {
    label: "soft-thinking-grpo-release",
    title: "SofT-GRPO, Zheng et al., the released code's score",
    decoding: DECODINGS.release,
    loss: LOSS_PRESETS["soft-thinking-grpo-release"],
  },
];

const advantage = ADVANTAGE_PRESETS.verl;
const ON_POLICY = LOSS_PRESETS["on-policy"];

function armsOf({ label, title, decoding, loss }: Subject): ArmConfig[] {
  return [
    { label, title, ...decoding, objective: { advantage, loss: ON_POLICY } },
    {
      label: `${label}-inputs`,
      title: `${title}, input embeddings trained`,
      ...decoding,
      objective: { advantage, loss: { ...ON_POLICY, trainInputs: true } },
    },
    ...MINIBATCHES.map((minibatches): ArmConfig => ({
      label: `${label}-own-${minibatches}`,
      title: `${title}, its own objective, ${minibatches} update${minibatches === 1 ? "" : "s"} a rollout`,
      ...decoding,
      objective: { advantage, loss },
      training: { minibatches },
    })),
  ];
}

/** @see file header */
const experiment: ExperimentConfig = {
  ...tiny,
  name: "ablation-objectives",
  description: "each algorithm under its own objective, with 1, 2 and 4 updates a rollout, and with inputs trained",
  arms: [
    {
      label: "base",
      title: "untrained",
      ...DECODINGS.matched,
      evaluations: [DECODINGS.matched, DECODINGS.paper, DECODINGS.release],
    },
    ...SUBJECTS.flatMap(armsOf),
  ],
};

export default experiment;
