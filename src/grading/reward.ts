/**
 * Completion -> reward, by the same grader that scores the evaluation.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import type { Verdict } from "./grade.ts";

/**
 * What a graded completion is paid. Butt et al. (arXiv:2509.19170, Eq. 11) pay 100 / 10 / 0, the others 1 / 0 / 0.
 *
 * @returns undefined for a completion that the grader failed on: nobody knows what it is worth, so that it is neither
 *   paid nor held against the others of its group, as TRL leaves out a reward of `None`
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { grade } from "./grade.ts";
 * const paid = { correct: 100, extracted: 10, missing: 0 };
 * const answers = ["The answer is 5", "The answer is 6", "She does not know it"];
 * assertEquals(answers.map((text) => reward(grade(text, "5"), paid)), [100, 10, 0]);
 * ```
 */
export function reward(verdict: Verdict, config: RewardConfig): number | undefined {
  if (verdict.graderError !== undefined) return undefined;
  if (verdict.equal) return config.correct;
  return verdict.extracted === undefined ? config.missing : config.extracted;
}

// Types written from the schemas of this file by `deno task schemas`.
/** What a completion is paid. */
export interface RewardConfig {
  /** Paid for a right answer. */
  readonly correct: number;
  /** Paid for a wrong answer that could be extracted. */
  readonly extracted: number;
  /** Paid where there is no answer. */
  readonly missing: number;
}
// End of written types.

/** What a {@link RewardConfig} must be. */
export const rewardSchema = z.strictObject({
  correct: z.number().describe("paid for a right answer"),
  extracted: z.number().describe("paid for a wrong answer that could be extracted"),
  missing: z.number().describe("paid where there is no answer"),
}).readonly().meta({ id: "RewardConfig", description: "what a completion is paid" });

/** Rewards by preset. */
export const REWARD_PRESETS = {
  /** SofT-GRPO and its baseline: right or not. */
  correctness: { correct: 1, extracted: 0, missing: 0 },
  /** Butt et al., arXiv:2509.19170 Eq. 11. */
  answered: { correct: 100, extracted: 10, missing: 0 },
} as const satisfies Record<string, RewardConfig>;
