/**
 * Names of the graders, apart from their code: the command line and configurations know the names alone.
 *
 * @module
 */

/** `symbolic` is ours; `release-string` the reward rule that SofT-GRPO was released with. */
export type GraderName = "symbolic" | "release-string";

/** All of them. */
export const GRADER_NAMES: readonly GraderName[] = ["symbolic", "release-string"];

/** Graders that ours may be set against; Math-Verify runs in Python, where that has it. */
export const SECOND_OPINIONS = ["symbolic", "release-string", "math-verify"] as const;
