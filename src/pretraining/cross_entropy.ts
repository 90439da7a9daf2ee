/**
 * The loss of pretraining: mean negative log-likelihood of the completions' tokens.
 *
 * @module
 */
import type { LogitRows, RowLoss } from "../models/language_model.ts";

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
 */
export function crossEntropy(targets: readonly Int32Array[]): CrossEntropy {
  const tokens = targets.reduce((sum, { length }) => sum + length, 0);
  const losses = targets.map(({ length }) => new Float64Array(length));
  const loss = ({ group, first, count, logits, gradient }: LogitRows) => {
    const width = logits.length / count;
    for (let row = 0; row < count; row++) {
      const scores = logits.subarray(row * width, (row + 1) * width);
      const target = targets[group][first + row];
      const logSum = logSumExp(scores);
      losses[group][first + row] = logSum - scores[target];
      if (!gradient) continue;
      const slope = gradient.subarray(row * width, (row + 1) * width);
      for (let v = 0; v < width; v++) {
        slope[v] += (Math.exp(scores[v] - logSum) - (v === target ? 1 : 0)) / tokens;
      }
    }
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
