/**
 * Prompts of a step -> graded and paid groups of completions.
 *
 * Letters: `B` prompts, `G` completions per prompt.
 *
 * @module
 */
import type { Problem } from "../datasets/problem.ts";
import type { TrainingExamination } from "../grading/examination.ts";
import type { Verdict } from "../grading/grade.ts";
import { reward } from "../grading/reward.ts";
import type { Completion } from "../rollout/completion.ts";
import type { ResolvedObjective } from "./objective.ts";
import { overlongPenalty } from "./overlong.ts";

/** One completion with what it was paid. */
export interface PaidCompletion {
  /** What was drawn. */
  readonly completion: Completion;
  /** What the grader says of it. */
  readonly verdict: Verdict;
  /** Absent where the grader failed. */
  readonly reward?: number;
  /** Whether it carries no loss: the grader failed, or the limit cut it and the objective masks such. */
  readonly excluded: boolean;
}

/** One prompt and what was drawn after it. */
export interface PaidGroup {
  readonly problem: Problem;
  /** Token ids of the prompt. */
  readonly prompt: Int32Array;
  /** (G). */
  readonly completions: readonly PaidCompletion[];
}

/** How completions are paid. */
export interface Payment {
  readonly objective: Pick<ResolvedObjective, "reward" | "overlong" | "maskTruncated">;
  readonly examination: Pick<TrainingExamination, "text" | "grade">;
  /** Most positions of a completion. */
  readonly maxNewTokens: number;
}

/** Grades and pays one completion. */
export function paidCompletion(
  completion: Completion,
  problem: Problem,
  { objective, examination, maxNewTokens }: Payment,
): PaidCompletion {
  const verdict = examination.grade(examination.text(completion), problem);
  const paid = reward(verdict, objective.reward);
  if (paid === undefined) return { completion, verdict, excluded: true };
  const { overlong, maskTruncated = false } = objective;
  const penalty = overlong === undefined ? 0 : overlongPenalty(completion.steps.length, maxNewTokens, overlong);
  return {
    completion,
    verdict,
    reward: paid + penalty,
    excluded: maskTruncated && completion.finish === "length",
  };
}

/** Whether a group has nothing to compare: the rewards that it has are all equal. */
export function isEqualGroup({ completions }: PaidGroup): boolean {
  const rewards = completions.flatMap((paid) => paid.reward === undefined ? [] : [paid.reward]);
  return rewards.every((value) => value === rewards[0]);
}
