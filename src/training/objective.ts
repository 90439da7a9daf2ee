/**
 * The objective of an arm: how its completions are paid, compared within their group, and turned into a loss.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { UsageError } from "../errors.ts";
import {
  GRADER_DEFAULTS,
  type GraderConfig,
  graderSchema,
  type ResolvedGrader,
  resolvedGraderSchema,
} from "../grading/grader_config.ts";
import { type RewardConfig, rewardSchema } from "../grading/reward.ts";
import { type AdvantageConfig, advantageSchema } from "./advantage.ts";
import { type LossConfig, lossSchema } from "./loss/loss_config.ts";
import { type OverlongConfig, overlongSchema } from "./overlong.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** What an arm is trained for. */
export interface ObjectiveConfig {
  /** How rewards of a group become advantages. */
  readonly advantage: AdvantageConfig;
  /** What is minimised. */
  readonly loss: LossConfig;
  /** What a completion is paid (default {"correct":1,"extracted":0,"missing":0}). */
  readonly reward?: RewardConfig;
  /** Who says what is right in training (absent: that of the experiment). */
  readonly grader?: GraderConfig;
  /** Taken off the reward of completions near the length limit (absent: nothing). */
  readonly overlong?: OverlongConfig;
  /**
   * Completions that the length limit cut carry no loss; their rewards count in the group (TRL's
   * mask_truncated_completions, DAPO's overlong filtering) (absent: they carry loss).
   */
  readonly maskTruncated?: boolean;
}

/** What an arm is trained for, with nothing left open. */
export interface ResolvedObjective {
  /** How rewards of a group become advantages. */
  readonly advantage: AdvantageConfig;
  /** What is minimised. */
  readonly loss: LossConfig;
  /** What a completion is paid. */
  readonly reward: RewardConfig;
  /** Who says what is right in training (absent: that of the experiment). */
  readonly grader?: ResolvedGrader;
  /** Taken off the reward of completions near the length limit (absent: nothing). */
  readonly overlong?: OverlongConfig;
  /**
   * Completions that the length limit cut carry no loss; their rewards count in the group (TRL's
   * mask_truncated_completions, DAPO's overlong filtering) (absent: they carry loss).
   */
  readonly maskTruncated?: boolean;
}
// End of written types.

/** What is paid where nothing else is said. */
export const DEFAULT_REWARD: RewardConfig = { correct: 1, extracted: 0, missing: 0 };

const shape = {
  advantage: advantageSchema.describe("how rewards of a group become advantages"),
  loss: lossSchema.describe("what is minimised"),
  reward: rewardSchema.exactOptional().describe("what a completion is paid").meta({ default: DEFAULT_REWARD }),
  grader: graderSchema.exactOptional().describe("who says what is right in training").meta({
    absent: "that of the experiment",
  }),
  overlong: overlongSchema.exactOptional().describe("taken off the reward of completions near the length limit").meta({
    absent: "nothing",
  }),
  maskTruncated: z.boolean().exactOptional().describe(
    "completions that the length limit cut carry no loss; their rewards count in the group (TRL's mask_truncated_completions, DAPO's overlong filtering)",
  ).meta({ absent: "they carry loss" }),
};

/** Pass@k advantages of sets of k know right and wrong alone. */
function refuseThirdReward(
  { advantage, reward = DEFAULT_REWARD, overlong }: z.output<z.ZodObject<typeof shape>>,
  context: z.RefinementCtx,
): void {
  if (advantage.kind !== "pass-at-k") return;
  const refuse = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
  if (reward.extracted !== reward.missing) {
    refuse(["reward", "extracted"], `${reward.missing}, as missing: pass-at-k knows right and wrong alone`);
  }
  if (overlong !== undefined) refuse(["overlong"], "nothing, as pass-at-k knows right and wrong alone");
}

/** What an {@link ObjectiveConfig} must be. */
export const objectiveSchema = z.strictObject(shape).superRefine(refuseThirdReward).readonly()
  .meta({ id: "ObjectiveConfig", description: "what an arm is trained for" });

/** The same with nothing left open. */
export const resolvedObjectiveSchema = z.strictObject({
  ...shape,
  reward: rewardSchema,
  grader: resolvedGraderSchema.exactOptional().describe("who says what is right in training").meta({
    absent: "that of the experiment",
  }),
}).superRefine(refuseThirdReward).readonly().meta({
  id: "ResolvedObjective",
  description: "what an arm is trained for, with nothing left open",
});

/** An objective with its defaults filled in. */
export function resolveObjective({ grader, ...objective }: ObjectiveConfig): ResolvedObjective {
  return {
    reward: DEFAULT_REWARD,
    ...objective,
    ...(grader && { grader: { ...GRADER_DEFAULTS, ...grader } }),
  };
}

/**
 * Refuses an objective that the sizes of a run leave no room for.
 *
 * @param sizes.groupSize G, completions per prompt
 * @param sizes.maxNewTokens most positions of a completion
 * @throws {UsageError} If k of a Pass@k is above G, or the penalty's buffer is longer than a completion
 */
export function requireObjectiveFits(
  { advantage, overlong }: Pick<ResolvedObjective, "advantage" | "overlong">,
  { groupSize, maxNewTokens }: { readonly groupSize: number; readonly maxNewTokens: number },
): void {
  if (advantage.kind === "pass-at-k" && advantage.k > groupSize) {
    throw new UsageError(
      `Cannot use advantage.k: found ${advantage.k}, expected at most the ${groupSize} completions of a group`,
    );
  }
  if (overlong !== undefined && overlong.buffer > maxNewTokens) {
    throw new UsageError(
      `Cannot use overlong.buffer: found ${overlong.buffer}, expected at most the ${maxNewTokens} new tokens of a completion`,
    );
  }
}
