/**
 * Several updates a rollout, and the support that densities are over: filtered discrete GRPO with 1, 2 and 4 minibatches,
 * its tokens scored over the whole vocabulary (`full`) or over those that passed the filter (`kept`).
 *
 * Sampling under a filter and scoring over the whole vocabulary makes the ratio that of another law than was drawn from.
 * With one update a rollout the ratio is 1, and only the score's gradient differs; with more, ratio and clip act. The
 * objective is the default experiment's, without a divergence. Either way tokens are drawn alike, so that the matched
 * decoding is every arm's own.
 *
 * 6 trained arms (more updates take up to twice as long), 7 evaluations: at 45 to 80 and 12 lane-seconds a seed, three
 * seeds and two lanes, about 11 minutes.
 *
 * @module
 */
import { ALGORITHM_PRESETS } from "../../src/algorithms/registry.ts";
import type { ArmConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ablation, GRPO, untrained } from "../shared/ablation.ts";
import { DECODINGS } from "../tiny.ts";

/** Updates a rollout. */
const MINIBATCHES = [1, 2, 4];

const { controlled: FULL, kept: KEPT } = ALGORITHM_PRESETS["discrete-grpo"];

function arms(support: "full" | "kept"): ArmConfig[] {
  const algorithm = support === "kept" ? KEPT : FULL;
  return MINIBATCHES.map((minibatches) => ({
    label: `${support}-${minibatches}`,
    title: `GRPO, Shao et al., scored over ${support === "kept" ? "kept tokens" : "the vocabulary"}, ${minibatches} ` +
      `update${minibatches === 1 ? "" : "s"} a rollout`,
    preset: support === "kept" ? "kept" : "controlled",
    decoding: `tokens-${support}`,
    algorithm,
    answers: { rule: "sample", filter: algorithm.filter, support },
    evaluations: [DECODINGS.matched],
    objective: GRPO,
    training: { minibatches },
  }));
}

/** @see file header */
const experiment: ExperimentConfig = ablation("off-policy", "filtered discrete GRPO by updates a rollout and support", [
  untrained(),
  ...arms("full"),
  ...arms("kept"),
]);

export default experiment;

const KEPT_SUPPORT = "DeepSeek-V3.2, arXiv:2512.02556, section 3.1";
const MINIBATCH_UPDATES = "PPO, arXiv:1707.06347, abstract and section 3";

/** What is said of kept support, and of several updates a rollout. */
export const claims: readonly Claim[] = [
  ...MINIBATCHES.map((minibatches): Claim => ({
    id: `kept-over-full-${minibatches}`,
    claim:
      `Scoring the tokens that were sampled from trains better than scoring the whole vocabulary: ${minibatches} ` +
      `update${minibatches === 1 ? "" : "s"} a rollout.`,
    source: KEPT_SUPPORT,
    arm: `kept-${minibatches}`,
    reference: `full-${minibatches}`,
    metric: "Pass@1",
    direction: "more",
  })),
  ...MINIBATCHES.filter((minibatches) => minibatches > 1).map((minibatches): Claim => ({
    id: `several-updates-${minibatches}`,
    claim: `A clipped ratio lets ${minibatches} updates learn more of a rollout than one.`,
    source: MINIBATCH_UPDATES,
    arm: `full-${minibatches}`,
    reference: "full-1",
    metric: "Pass@1",
    direction: "more",
  })),
];
