/**
 * What the objectives do that the default experiment holds equal: each algorithm under the objective that its paper or
 * released code has, with 1, 2 and 4 updates a rollout, and under the default's own with input embeddings trained.
 *
 * Everything else is the default experiment's. With one update a rollout the ratio is 1 and nothing is clipped, so that a
 * preset differs by its divergence and its aggregation; with more, ratio and clip act. SofT-GRPO's released scripts make
 * two updates a rollout: with its own objective and two, an arm is the nearest here to what its paper ran.
 *
 * 15 trained arms (45 lane-seconds a seed, with a divergence and more updates about 65), 28 evaluations of 12: three seeds
 * on two lanes, about 30 minutes.
 *
 * @module
 */
import type { ArmConfig, DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { SOURCES } from "../shared/ablation.ts";
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

/** SofT-GRPO (release) against discrete GRPO, each with its own objective, two updates a rollout and its own decoding. */
function softOverDiscrete(metric: Claim["metric"], table: string, printed: string): Claim {
  return {
    id: `soft-over-discrete-${metric.replace("@", "-at-").toLowerCase()}`,
    claim: `Each under its own objective, SofT-GRPO has more ${metric} than discrete GRPO.`,
    source: `${SOURCES.softThinkingGrpo}, ${table}`,
    printed,
    arm: "soft-thinking-grpo-release-own-2.soft-thinking-release",
    reference: "discrete-grpo-own-2",
    metric,
    direction: "more",
  };
}

/** The paper's headline, under the objectives it was measured with. */
export const claims: readonly Claim[] = [
  softOverDiscrete("Pass@1", "Table 1", "mean of three models: +0.13"),
  softOverDiscrete("Pass@32", "Table 1", "mean of three models: +2.19"),
  softOverDiscrete("majority@32", "Table 3", "1.5B: 75.5 against 70.9"),
  {
    ...softOverDiscrete("Pass@1", "Table 1", "mean of three models: +0.13"),
    id: "soft-over-discrete-matched",
    claim: "What SofT-GRPO gains in Pass@1 is in the model, not in its decoding.",
    arm: "soft-thinking-grpo-release-own-2.matched",
  },
];
