/**
 * Sampling one token as the argmax of log-probability plus Gumbel noise (Gumbel-max trick): a draw from the filtered law.
 * Noise belongs to vocabulary ids, so that whoever reads the same noise meets the same luck.
 *
 * @module
 */
import { argmax, type CandidateFilter, keepsAll, selectCandidates } from "./candidates.ts";
import { LARGEST_GUMBEL } from "../random/distributions.ts";
import type { StepNoise } from "../random/noise.ts";

/**
 * Draws a token from the softmax of `logits` under `filter`.
 *
 * @param logits (V), finite
 */
export function sampleToken(logits: Float32Array, filter: CandidateFilter, noise: StepNoise): number {
  if (keepsAll(filter)) return sampleFromAll(logits, filter.temperature, noise);
  const { ids, probabilities, kept } = selectCandidates(logits, filter);
  let best = ids[0];
  let bestScore = -Infinity;
  for (let i = 0; i < kept; i++) {
    const score = Math.log(probabilities[i]) + noise.gumbel(ids[i]);
    if (score <= bestScore) continue;
    best = ids[i];
    bestScore = score;
  }
  return best;
}

/**
 * The unrestricted draw. The most probable token is tried first; one that could not pass the best so far, with the largest
 * noise there is or with a bound of its own, is left out, which changes no draw.
 */
function sampleFromAll(logits: Float32Array, temperature: number, noise: StepNoise): number {
  const inverse = 1 / temperature;
  const top = argmax(logits);
  let best = top;
  let bestScore = logits[top] * inverse + noise.gumbel(top);
  for (let i = 0; i < logits.length; i++) {
    const scaled = logits[i] * inverse;
    if (scaled + LARGEST_GUMBEL <= bestScore || scaled + noise.gumbelBound(i) <= bestScore) continue;
    const score = scaled + noise.gumbel(i);
    if (score <= bestScore) continue;
    best = i;
    bestScore = score;
  }
  return best;
}
