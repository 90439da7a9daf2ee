/**
 * Log-density of one drawn step: the algorithm's law gives that of what the algorithm drew, the answer sampler's that of
 * ordinary tokens.
 *
 * @module
 */
import type { ThoughtAction, ThoughtAlgorithm } from "../algorithms/algorithm.ts";
import type { EmbeddingTable } from "../models/embedding_table.ts";
import type { AnswerSampler } from "./answer_sampler.ts";
import type { DrawnStep } from "./completion.ts";

/** Where log-densities come from: the algorithm gives those of thoughts, the answer sampler those of hard tokens. */
export interface StepPolicy {
  /** Draws thoughts, and gives their densities. */
  readonly algorithm: ThoughtAlgorithm;
  /** Draws ordinary tokens, and gives their densities. */
  readonly answers: AnswerSampler;
}

/**
 * Log-density of one step.
 *
 * @param logits (V)
 * @param gradient (V), receives `+= scale · d value / d logits` where given
 */
export function stepLogDensity(
  policy: StepPolicy,
  step: DrawnStep,
  logits: Float32Array,
  embedding: EmbeddingTable,
  gradient?: Float32Array,
  scale?: number,
): number {
  const byAlgorithm = (action: ThoughtAction) =>
    policy.algorithm.logDensity({ logits, action, embedding }, gradient, scale);
  if (step.kind === "thought") return byAlgorithm(step.action);
  if (step.action !== undefined) return byAlgorithm(step.action);
  return policy.answers.logDensity(logits, step, gradient, scale);
}
