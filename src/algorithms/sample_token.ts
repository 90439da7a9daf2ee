/**
 * Sampling one token as the argmax of log-probability plus Gumbel noise (Gumbel-max trick): a draw from the filtered law.
 * Noise belongs to vocabulary ids, so that whoever reads the same noise meets the same luck.
 *
 * @module
 */
import { type CandidateFilter, candidateReads, type Candidates, keepsAll, selectCandidates } from "./candidates.ts";
import { NOTHING, type Readings, type Reads } from "../models/readings.ts";
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

/** What {@link drawToken} reads of a position, by its noise; one request for all where noise is not a part of it. */
export function drawReads(filter: CandidateFilter): (noise: StepNoise) => Reads {
  if (keepsAll(filter)) return (noise) => ({ gumbelArgmax: { temperature: filter.temperature, noise } });
  const asked = candidateReads(filter);
  return () => asked;
}

/**
 * Draws a token from the softmax of the logits under `filter`, and keeps the ids it was drawn among where its density is
 * over them. A filter that keeps every token keeps no ids: the two supports are one.
 *
 * @param readings what {@link drawReads} names
 */
export function drawToken(
  readings: Readings,
  filter: CandidateFilter,
  noise: StepNoise,
  support: TokenSupport,
): DrawnToken {
  if (keepsAll(filter)) return { token: readings.gumbelArgmax!.ids[0] };
  const candidates = selectCandidates(readings, filter);
  const token = sampleAmong(candidates, noise);
  return support === "full" ? { token } : { token, kept: candidates.ids.subarray(0, candidates.kept) };
}

/** What {@link asDrawn} reads. */
export function asDrawnReads(filter: CandidateFilter, support: TokenSupport): Reads {
  return support === "full" || keepsAll(filter) ? NOTHING : candidateReads(filter);
}

/**
 * A token that something else chose, as a draw under `filter`: with the ids that pass it at these logits, and itself
 * where it is not among them, so that its density is finite.
 *
 * @param readings what {@link asDrawnReads} names
 */
export function asDrawn(
  readings: Readings,
  filter: CandidateFilter,
  token: number,
  support: TokenSupport,
): DrawnToken {
  if (support === "full" || keepsAll(filter)) return { token };
  const { ids, kept: count } = selectCandidates(readings, filter);
  const kept = ids.subarray(0, count);
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
