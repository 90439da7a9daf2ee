/**
 * Discrete GRPO with advantages that aim at Pass@k itself: a gain of a soft arm in Pass@32 says little as long as a
 * discrete one that was asked for it has more.
 *
 * verl's `grpo_passk` (arXiv:2503.19595) with and without division by the group's deviation, and the analytic Pass@4 of
 * Pass@k Training (arXiv:2508.10751), beside plain GRPO. Everything else is the default experiment's.
 *
 * 4 trained arms, 5 evaluations: at 45 and 12 lane-seconds a seed, three seeds and two lanes, about 6 minutes.
 *
 * @module
 */
import type { ArmConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import type { Claim } from "../../src/summary/claims.ts";
import { ADVANTAGE_PRESETS, type AdvantageConfig } from "../../src/training/advantage.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import tiny, { DECODINGS } from "../tiny.ts";

function arm(label: string, title: string, advantage: AdvantageConfig): ArmConfig {
  return { label, title, ...DECODINGS.matched, objective: { advantage, loss: LOSS_PRESETS["on-policy"] } };
}

/** @see file header */
const experiment: ExperimentConfig = {
  ...tiny,
  name: "ablation-pass-at-k",
  description: "discrete GRPO with advantages that aim at Pass@k",
  arms: [
    { label: "base", title: "untrained", ...DECODINGS.matched },
    arm("discrete-grpo", "GRPO, Shao et al., under SofT-GRPO's filter", ADVANTAGE_PRESETS.verl),
    arm("pass-at-k-best", "best minus second best, over the deviation (verl)", ADVANTAGE_PRESETS["pass-at-k-best"]),
    arm("pass-at-k-best-unscaled", "best minus second best", ADVANTAGE_PRESETS["pass-at-k-best-unscaled"]),
    arm("pass-at-4", "analytic Pass@4, Chen et al.", ADVANTAGE_PRESETS["pass-at-4"]),
  ],
};

export default experiment;

/** More Pass@32 than plain GRPO. */
function raises(arm: string, claim: string, source: string): Claim {
  return { id: arm, claim, source, arm, reference: "discrete-grpo", metric: "Pass@32", direction: "more" };
}

const BEST = "verl's grpo_passk, after arXiv:2503.19595";
const ANALYTIC = "Pass@k Training, Chen et al., arXiv:2508.10751";

/** What advantages that aim at Pass@k promise. */
export const claims: readonly Claim[] = [
  raises("pass-at-k-best", "Rewarding only a group's best completion raises Pass@k over GRPO.", BEST),
  raises(
    "pass-at-k-best-unscaled",
    "Rewarding only a group's best completion raises Pass@k over GRPO, also without dividing by the deviation.",
    BEST,
  ),
  raises("pass-at-4", "Training for Pass@k in place of Pass@1 raises Pass@k.", ANALYTIC),
];
