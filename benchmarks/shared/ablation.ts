/**
 * What the ablations share: the default experiment with other arms, its objective, and the papers that claims are from.
 *
 * @module
 */
import type { ArmConfig, DecodingConfig, ExperimentConfig } from "../../src/experiment/config.ts";
import { ADVANTAGE_PRESETS } from "../../src/training/advantage.ts";
import { LOSS_PRESETS } from "../../src/training/loss/loss.ts";
import { ABLATION_PREFIX } from "../../src/result/choice.ts";
import type { ObjectiveConfig } from "../../src/training/objective.ts";
import tiny, { DECODINGS } from "../tiny.ts";

/** Papers, as claims cite them. */
export const SOURCES = {
  softThinkingGrpo: "SofT-GRPO, arXiv:2511.06411v2",
  softTokens: "Butt et al., arXiv:2509.19170v2",
  multiplex: "Multiplex Thinking, arXiv:2601.08808",
} as const;

/** The objective that the default experiment gives every ratio-based arm. */
export const GRPO: ObjectiveConfig = { advantage: ADVANTAGE_PRESETS.verl, loss: LOSS_PRESETS["on-policy"] };

/** The default experiment with other arms. */
export function ablation(name: string, description: string, arms: readonly ArmConfig[]): ExperimentConfig {
  return { ...tiny, name: ABLATION_PREFIX + name, description, arms };
}

/** The untrained model under the matched decoding and others. */
export function untrained(...decodings: readonly DecodingConfig[]): ArmConfig {
  return { label: "base", title: "untrained", ...DECODINGS.matched, evaluations: [DECODINGS.matched, ...decodings] };
}

/** An arm that is trained as it decodes, under the default experiment's objective. */
export function trained(label: string, title: string, decoding: DecodingConfig): ArmConfig {
  return { label, title, ...decoding, objective: GRPO };
}

/** Discrete GRPO as the default experiment has it, under SofT-GRPO's filter. */
export const DISCRETE_GRPO: ArmConfig = trained(
  "discrete-grpo",
  "GRPO, Shao et al., under SofT-GRPO's filter",
  DECODINGS.matched,
);
