/**
 * Log-density of one drawn step: the algorithm's law gives that of what the algorithm drew, the answer sampler's that of
 * ordinary tokens.
 *
 * @module
 */
import type { ThoughtAction, ThoughtAlgorithm } from "../algorithms/algorithm.ts";
import type { MutableSlopes, Readings, Reads } from "../models/readings.ts";
import type { AnswerSampler } from "./answer_sampler.ts";
import type { DrawnStep } from "./completion.ts";

/** Where log-densities come from: the algorithm gives those of thoughts, the answer sampler those of hard tokens. */
export interface StepPolicy {
  /** Draws thoughts, and gives their densities. */
  readonly algorithm: ThoughtAlgorithm;
  /** Draws ordinary tokens, and gives their densities. */
  readonly answers: AnswerSampler;
}

/** What the log-density of one step reads. */
export function stepReads({ algorithm, answers }: StepPolicy, step: DrawnStep): Reads {
  if (step.kind === "thought") return algorithm.densityReads(step.action);
  return step.action === undefined ? answers.densityReads(step) : algorithm.densityReads(step.action);
}

/**
 * Log-density of one step.
 *
 * @param readings what {@link stepReads} names, and maybe more
 * @param slopes receive `+= scale · d value / d readings` where given
 */
export function stepLogDensity(
  policy: StepPolicy,
  step: DrawnStep,
  readings: Readings,
  slopes?: MutableSlopes,
  scale?: number,
): number {
  const byAlgorithm = (action: ThoughtAction) => policy.algorithm.logDensity({ readings, action }, slopes, scale);
  if (step.kind === "thought") return byAlgorithm(step.action);
  if (step.action !== undefined) return byAlgorithm(step.action);
  return policy.answers.logDensity(readings, step, slopes, scale);
}
