/**
 * Every published setting by the part it configures; whole experiments are in `benchmarks/`.
 *
 * @module
 */
import { ALGORITHM_PRESETS } from "../algorithms/registry.ts";
import { REWARD_PRESETS } from "../grading/reward.ts";
import { ADVANTAGE_PRESETS } from "../training/advantage.ts";
import { LOSS_PRESETS } from "../training/loss/loss_config.ts";
import { ADAMW_PRESETS } from "../training/optimizer.ts";

/**
 * Settings of papers and of released code, by part and name.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { presets } from "./presets.ts";
 * assertEquals(presets.losses.grpo.kl.coefficient, 0.04);
 * ```
 */
export const presets = {
  /** How thoughts are drawn, by algorithm and preset. */
  algorithms: ALGORITHM_PRESETS,
  /** How rewards become advantages. */
  advantages: ADVANTAGE_PRESETS,
  /** What completions are paid. */
  rewards: REWARD_PRESETS,
  /** What is minimised. */
  losses: LOSS_PRESETS,
  /** AdamW and its schedule. */
  optimizers: ADAMW_PRESETS,
} as const;
