/**
 * Names of the graders, apart from their code: the command line and configurations know the names alone.
 *
 * @module
 */

/** `symbolic` is ours; `release-string` the reward rule that SofT-GRPO was released with. */
export type GraderName = "symbolic" | "release-string";

/** All of them. */
export const GRADER_NAMES: readonly GraderName[] = ["symbolic", "release-string"];
