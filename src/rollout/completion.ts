/**
 * What a rollout keeps of one completion: every step as it was drawn, so that training replays it and never recomputes
 * it from text.
 *
 * @module
 */
import type { ThoughtAction } from "../algorithms/algorithm.ts";
import type { DrawnToken } from "../algorithms/sample_token.ts";

/**
 * One position of a completion. A `thought` was drawn by the algorithm; a `token` was sampled in the answer phase or
 * ended the thinking; a `forced` token was put there by a rule (the end of thinking at its limit, `\boxed{` after it)
 * and is fed but never drawn.
 */
export type CompletionStep =
  | DrawnStep
  | { readonly kind: "forced"; readonly token: number };

/** What was noted of a drawn position. */
export interface DrawnStepNotes {
  /**
   * Log-density by the law that training scores it with, under the logits it was drawn from; kept where
   * {@link RolloutSettings.keepDensities} asks for it. A replay by the same weights differs by rounding, or the samples
   * came from another model.
   */
  readonly drawnLogDensity?: number;
}

/** A step of the algorithm. */
export interface ThoughtStep extends DrawnStepNotes {
  /** Fed as the action says, and scored by the algorithm. */
  readonly kind: "thought";
  /** What was drawn. */
  readonly action: ThoughtAction;
}

/** An ordinary token, with what its density needs. */
export interface DrawnTokenStep extends DrawnToken, DrawnStepNotes {
  /** Fed hard, and scored. */
  readonly kind: "token";
  /** The step of the algorithm that drew it, where it ended the thinking and that law scores it; absent: the answers'. */
  readonly action?: ThoughtAction;
}

/** A step that was drawn, and so has a density; the others were put there by a rule. */
export type DrawnStep = ThoughtStep | DrawnTokenStep;

/** One finished completion of a prompt. */
export interface Completion {
  /** (T), thoughts, forced tokens and answer in the order in which they were fed. */
  readonly steps: readonly CompletionStep[];
  /** `stop`: an end token was drawn (it is the last step); `length`: the limit was met first. */
  readonly finish: "stop" | "length";
}

/** The token that a step shows in the text: the sampled one, or the heaviest of a mixture. */
export function stepToken(step: CompletionStep): number {
  return step.kind === "thought" ? step.action.token : step.token;
}

/**
 * (T), the tokens of a completion in order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const steps = [{ kind: "token", token: 7 }, { kind: "forced", token: 2 }] as const;
 * assertEquals([...completionTokens({ steps, finish: "stop" })], [7, 2]);
 * ```
 */
export function completionTokens(completion: Completion): Int32Array {
  return Int32Array.from(completion.steps, stepToken);
}
