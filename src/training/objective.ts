/**
 * The objective of an arm: how its completions are paid, compared within their group, and turned into a loss.
 *
 * @module
 */
import type { RewardConfig } from "../grading/reward.ts";
import type { AdvantageConfig } from "./advantage.ts";
import type { LossConfig } from "./loss/loss_config.ts";

/** What an arm is trained for. */
export interface ObjectiveConfig {
  readonly advantage: AdvantageConfig;
  readonly loss: LossConfig;
  /** Default: 1 for a right answer, 0 otherwise. */
  readonly reward?: RewardConfig;
}
