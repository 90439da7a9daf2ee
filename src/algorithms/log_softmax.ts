/**
 * Log-probability of an ordinary token, with its derivative: the density of every hard token, in thought or answer.
 *
 * @module
 */

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
