/**
 * When a policy is evaluated during training, on what, and with which noise. Whoever drives the training does it between
 * two steps, where the model stands at the end of the step.
 *
 * @module
 */
import type { Problem } from "../datasets/problem.ts";
import type { TrainingEvaluation } from "./config.ts";

/**
 * Whether the policy is evaluated after a step: every so many steps, and after the last one.
 *
 * @param step from 1
 * @param steps of the whole training
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const config = { every: 3, problems: 5, samples: 2 };
 * const steps = [1, 2, 3, 4, 5, 6, 7].filter((step) => isValidationStep(config, step, 7));
 * assertEquals(steps, [3, 6, 7]);
 * ```
 */
export function isValidationStep({ every }: Pick<TrainingEvaluation, "every">, step: number, steps: number): boolean {
  return step % every === 0 || step === steps;
}

/** The purpose that names the noise of the evaluation after a step: it shares nothing with rollouts and results. */
export function validationPurpose(step: number): string {
  return `validation/${step}`;
}

/** The fixed part of a dataset that is evaluated during training: its first problems. */
export function validationProblems(
  { problems }: Pick<TrainingEvaluation, "problems">,
  all: readonly Problem[],
): readonly Problem[] {
  return all.slice(0, problems);
}
