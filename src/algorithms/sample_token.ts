/**
 * Sampling one token as the argmax of log-probability plus Gumbel noise (Gumbel-max trick): a draw from the filtered law.
 * Noise belongs to vocabulary ids, so that whoever reads the same noise meets the same luck.
 *
 * @module
 */
import { argmax, type CandidateFilter, type Candidates, keepsAll, selectCandidates } from "./candidates.ts";
import { LARGEST_GUMBEL } from "../random/distributions.ts";
import type { StepNoise } from "../random/noise.ts";

/**
 * The tokens that a hard token's density renormalises over: the whole vocabulary whatever the filter, as TRL and verl
 * have it, or those that passed the filter when it was drawn.
 */
export type TokenSupport = "full" | "kept";

/** An ordinary token as it was drawn, and what its density needs beside the logits. */
export interface DrawnToken {
  /** Its id. */
  readonly token: number;
  /** (K), the distinct ids it was drawn among, where its density is over them; absent: the whole vocabulary. */
  readonly kept?: Int32Array;
}

/**
 * Draws a token from the softmax of `logits` under `filter`.
 *
 * @param logits (V), finite
 */
export function sampleToken(logits: Float32Array, filter: CandidateFilter, noise: StepNoise): number {
  return drawToken(logits, filter, noise, "full").token;
}

/**
 * Draws a token from the softmax of `logits` under `filter`, and keeps the ids it was drawn among where its density is
 * over them. A filter that keeps every token keeps no ids: the two supports are one.
 *
 * @param logits (V), finite
 */
export function drawToken(
  logits: Float32Array,
  filter: CandidateFilter,
  noise: StepNoise,
  support: TokenSupport,
): DrawnToken {
  if (keepsAll(filter)) return { token: sampleFromAll(logits, filter.temperature, noise) };
  const candidates = selectCandidates(logits, filter);
  const token = sampleAmong(candidates, noise);
  return support === "full" ? { token } : { token, kept: candidates.ids.slice(0, candidates.kept) };
}

/**
 * A token that something else chose, as a draw under `filter`: with the ids that pass it at these logits, and itself
 * where it is not among them, so that its density is finite.
 *
 * @param logits (V), finite
 */
export function asDrawn(
  logits: Float32Array,
  filter: CandidateFilter,
  token: number,
  support: TokenSupport,
): DrawnToken {
  if (support === "full" || keepsAll(filter)) return { token };
  const { ids, kept: count } = selectCandidates(logits, filter);
  const kept = ids.slice(0, count);
  return { token, kept: kept.includes(token) ? kept : Int32Array.of(...kept, token) };
}

function sampleAmong({ ids, probabilities, kept }: Candidates, noise: StepNoise): number {
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
