/**
 * Log-probability of an ordinary token, with its derivative: the density of every hard token, in thought or answer.
 *
 * @module
 */
import type { DrawnToken } from "./sample_token.ts";

/**
 * Log-density of a token as it was drawn: over the tokens it was drawn among where they are kept, else over the whole
 * vocabulary.
 *
 * @param logits (V)
 * @param gradient (V), receives `+= scale · d value / d logits` where given
 */
export function hardTokenLogDensity(
  logits: Float32Array,
  { token, kept }: DrawnToken,
  temperature: number,
  gradient?: Float32Array,
  scale?: number,
): number {
  return kept === undefined
    ? logSoftmaxAt(logits, token, temperature, gradient, scale)
    : logSoftmaxAmong(logits, kept, token, temperature, gradient, scale);
}

/**
 * `log softmax(logits / temperature)[token]` over the whole vocabulary, no filter applied.
 *
 * @param logits (V)
 * @param gradient (V), receives `+= scale · d value / d logits` where given
 */
export function logSoftmaxAt(
  logits: Float32Array,
  token: number,
  temperature: number,
  gradient?: Float32Array,
  scale = 1,
): number {
  let top = -Infinity;
  for (let i = 0; i < logits.length; i++) if (logits[i] > top) top = logits[i];
  let mass = 0;
  for (let i = 0; i < logits.length; i++) mass += Math.exp((logits[i] - top) / temperature);
  if (gradient !== undefined) {
    const perLogit = scale / temperature;
    for (let i = 0; i < logits.length; i++) {
      gradient[i] -= perLogit * Math.exp((logits[i] - top) / temperature) / mass;
    }
    gradient[token] += perLogit;
  }
  return (logits[token] - top) / temperature - Math.log(mass);
}

/**
 * `log softmax(logits[kept] / temperature)` of one of the kept tokens; others get no gradient.
 *
 * @param logits (V)
 * @param kept (K), distinct ids, `token` among them
 * @param gradient (V), receives `+= scale · d value / d logits` where given
 */
export function logSoftmaxAmong(
  logits: Float32Array,
  kept: Int32Array,
  token: number,
  temperature: number,
  gradient?: Float32Array,
  scale = 1,
): number {
  let top = -Infinity;
  for (let i = 0; i < kept.length; i++) if (logits[kept[i]] > top) top = logits[kept[i]];
  let mass = 0;
  for (let i = 0; i < kept.length; i++) mass += Math.exp((logits[kept[i]] - top) / temperature);
  if (gradient !== undefined) {
    const perLogit = scale / temperature;
    for (let i = 0; i < kept.length; i++) {
      gradient[kept[i]] -= perLogit * Math.exp((logits[kept[i]] - top) / temperature) / mass;
    }
    gradient[token] += perLogit;
  }
  return (logits[token] - top) / temperature - Math.log(mass);
}
