/**
 * What is fed after a step of a completion, in decoding and when training replays it.
 *
 * @module
 */
import type { ThoughtInput } from "../algorithms/algorithm.ts";
import type { InputRows } from "../models/language_model.ts";
import { type Completion, type CompletionStep } from "./completion.ts";
import { int32sOf } from "../models/small_arrays.ts";

const ONE = Float32Array.of(1);

/** What is fed after a step: the action's mixture, or a token as it is. */
export function stepInput(step: CompletionStep): ThoughtInput {
  if (step.kind === "thought") return step.action.input;
  return { ids: int32sOf([step.token]), weights: ONE };
}

/**
 * The inputs that followed all steps but the last, as training replays them.
 *
 * @param width `D`
 * @returns (T - 1) rows
 */
export function replayInputs(completion: Completion, width: number): InputRows {
  return stackInputs(completion.steps.slice(0, -1).map(replayInput), width);
}

/** What training feeds after a step: what was fed, unless the algorithm says otherwise. */
function replayInput(step: CompletionStep): ThoughtInput {
  return (step.kind === "thought" ? step.action.replayInput : undefined) ?? stepInput(step);
}

/**
 * Rows of equal width from inputs of different widths; missing ids are 0 with weight 0.
 *
 * @param width `D`
 */
export function stackInputs(inputs: readonly ThoughtInput[], width: number): InputRows {
  const count = inputs.length;
  let kept = 1, hasOffset = false;
  for (const { ids, offset } of inputs) {
    kept = Math.max(kept, ids.length);
    hasOffset ||= offset !== undefined;
  }
  const ids = new Int32Array(count * kept);
  const weights = new Float32Array(count * kept);
  for (let row = 0; row < count; row++) {
    const input = inputs[row];
    // Of a few numbers V8 copies each in less time than it takes to begin `set`.
    for (let k = 0; k < input.ids.length; k++) {
      ids[row * kept + k] = input.ids[k];
      weights[row * kept + k] = input.weights[k];
    }
  }
  if (!hasOffset) return { count, width: kept, ids, weights };
  const offset = new Float32Array(count * width);
  inputs.forEach((input, row) => input.offset && offset.set(input.offset, row * width));
  return { count, width: kept, ids, weights, offset };
}
