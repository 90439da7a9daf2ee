/**
 * The loss of pretraining: mean negative log-likelihood of the completions' tokens.
 *
 * It reads every logit of a small vocabulary by its id, 22 of them in the embedded model, whose bytes rest on the order in
 * which this file rounds.
 *
 * @module
 */
import type { RowLoss } from "../models/readings.ts";

/** A row loss that remembers what it saw. */
export interface CrossEntropy {
  readonly loss: RowLoss;
  /** Mean over all tokens, in nats; the same whatever the order in which rows were visited. */
  mean(): number;
}

/**
 * Mean over all tokens of all groups, one completion per group.
 *
 * @param targets per group (T), the token that each position is to predict
 * @param vocabularySize `V`, small
 */
export function crossEntropy(targets: readonly Int32Array[], vocabularySize: number): CrossEntropy {
  const tokens = targets.reduce((sum, { length }) => sum + length, 0);
  const losses = targets.map(({ length }) => new Float64Array(length));
  const reads = { at: Int32Array.from({ length: vocabularySize }, (_, id) => id) };
  const loss: RowLoss = {
    reads: () => reads,
    score({ group, action }, { at }) {
      const target = targets[group][action];
      const logSum = logSumExp(at!);
      losses[group][action] = logSum - at![target];
      const slope = (logit: number, id: number) => (Math.exp(logit - logSum) - (id === target ? 1 : 0)) / tokens;
      return { at: Float64Array.from(at!, slope) };
    },
  };
  const mean = () => losses.reduce((sum, each) => each.reduce((a, b) => a + b, sum), 0) / tokens;
  return { loss, mean };
}

function logSumExp(scores: Float32Array): number {
  const max = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - max);
  return max + Math.log(sum);
}
