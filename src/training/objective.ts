/**
 * The objective of an arm: how its completions are paid, compared within their group, and turned into a loss.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { type RewardConfig, rewardSchema } from "../grading/reward.ts";
import { type AdvantageConfig, advantageSchema } from "./advantage.ts";
import { type LossConfig, lossSchema } from "./loss/loss_config.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** What an arm is trained for. */
export interface ObjectiveConfig {
  /** How rewards of a group become advantages. */
  readonly advantage: AdvantageConfig;
  /** What is minimised. */
  readonly loss: LossConfig;
  /** What a completion is paid (default {"correct":1,"extracted":0,"missing":0}). */
  readonly reward?: RewardConfig;
}

/** What an arm is trained for, with nothing left open. */
export interface ResolvedObjective {
  /** How rewards of a group become advantages. */
  readonly advantage: AdvantageConfig;
  /** What is minimised. */
  readonly loss: LossConfig;
  /** What a completion is paid. */
  readonly reward: RewardConfig;
}
// End of written types.

/** What is paid where nothing else is said. */
export const DEFAULT_REWARD: RewardConfig = { correct: 1, extracted: 0, missing: 0 };

/** What an {@link ObjectiveConfig} must be. */
export const objectiveSchema = z.strictObject({
  advantage: advantageSchema.describe("how rewards of a group become advantages"),
  loss: lossSchema.describe("what is minimised"),
  reward: rewardSchema.exactOptional().describe("what a completion is paid").meta({ default: DEFAULT_REWARD }),
}).readonly().meta({ id: "ObjectiveConfig", description: "what an arm is trained for" });

/** The same with nothing left open. */
export const resolvedObjectiveSchema = objectiveSchema.unwrap().extend({ reward: rewardSchema }).readonly().meta({
  id: "ResolvedObjective",
  description: "what an arm is trained for, with nothing left open",
});
