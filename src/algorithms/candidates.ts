/**
 * Logits -> the few tokens that a step chooses among, with renormalised probabilities.
 *
 * Order of the filters: temperature, top-k, renormalise, top-p on what is left, renormalise, min-p, renormalise. It is
 * that of Soft Thinking and of the released SofT-GRPO (`srt/layers/sampler.py:117-160` of
 * github.com/zz1358m/SofT-GRPO-master @ 2b9d8ec).
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { massAt, type Readings, type Reads } from "../models/readings.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Which tokens of a distribution are kept; a filter that is absent keeps all. */
export interface CandidateFilter {
  /** Divides the logits (a number above 0). */
  readonly temperature: number;
  /** Most tokens kept (an integer in [1, 3072]; absent: no limit, but 3072 under another filter). */
  readonly topK?: number;
  /** The smallest set of the most probable tokens with at least this mass is kept (a number in (0, 1]; default 1). */
  readonly topP?: number;
  /** Tokens less probable than this fraction of the most probable are dropped (a number in [0, 1); default 0). */
  readonly minP?: number;
  /**
   * The distribution whose mass `topP` counts: that of the kept `topK` renormalised, or the whole vocabulary's, as
   * SGLang's joint filter of discrete decoding has it (`sampler.py:250-259`) (default "kept").
   */
  readonly nucleusOf?: "kept" | "vocabulary";
}
// End of written types.

/** Most tokens that a step chooses among where a filter cuts: with slopes by them 48 kB. A nucleus of more is cut to them. */
export const MOST_CANDIDATES = 3072;

/** What a {@link CandidateFilter} must be. */
export const filterSchema = z.strictObject({
  temperature: z.number().positive().describe("divides the logits"),
  topK: z.int().min(1).max(MOST_CANDIDATES).exactOptional().describe("most tokens kept")
    .meta({ absent: "no limit, but 3072 under another filter" }),
  topP: z.number().positive().max(1).exactOptional()
    .describe("the smallest set of the most probable tokens with at least this mass is kept").meta({ default: 1 }),
  minP: z.number().min(0).lt(1).exactOptional()
    .describe("tokens less probable than this fraction of the most probable are dropped").meta({ default: 0 }),
  nucleusOf: z.enum(["kept", "vocabulary"]).exactOptional()
    .describe(
      "the distribution whose mass `topP` counts: that of the kept `topK` renormalised, or the whole vocabulary's, as " +
        "SGLang's joint filter of discrete decoding has it (`sampler.py:250-259`)",
    ).meta({ default: "kept" }),
}).readonly().meta({
  id: "CandidateFilter",
  description: "which tokens of a distribution are kept; a filter that is absent keeps all",
});

/** Tokens by falling probability; equal logits by rising id. */
export interface Candidates {
  /** (K), token ids. */
  readonly ids: Int32Array;
  /** (K), renormalised probabilities of the kept entries; 0 for those cut by top-p or min-p. */
  readonly probabilities: readonly number[];
  /** Entries that survived every filter and have a probability above 0: the first ones, >= 1. */
  readonly kept: number;
}

/** Whether a filter keeps every token. */
export function keepsAll(filter: CandidateFilter): boolean {
  const { topK, topP = 1, minP = 0 } = filter;
  return topK === undefined && topP === 1 && minP === 0;
}

/** What {@link selectCandidates} reads. */
export function candidateReads(filter: CandidateFilter): Reads {
  const { temperature, topK = MOST_CANDIDATES, topP = 1 } = filter;
  return { top: topK, ...(topP < 1 && countsWholeMass(filter) && { logSumExp: [temperature] }) };
}

/** Whether the mass that `topP` counts is that of the whole vocabulary. */
function countsWholeMass({ topK, nucleusOf }: CandidateFilter): boolean {
  return nucleusOf === "vocabulary" || topK === undefined;
}

/**
 * The tokens that pass the filters.
 *
 * @param readings what {@link candidateReads} names, of logits that are a law
 * @returns `min(topK, V)` entries; without top-k, {@link MOST_CANDIDATES} in its place
 * @example
 * ```ts
 * import { candidateReads, selectCandidates } from "./candidates.ts";
 * import { readRow } from "../models/host_readings.ts";
 * import { assertEquals } from "@std/assert";
 * const filter = { temperature: 1, topK: 2 };
 * const { ids, probabilities } = selectCandidates(readRow(Float32Array.of(0, 5, 5, 1), candidateReads(filter)), filter);
 * assertEquals([...ids], [1, 2]);
 * assertEquals([...probabilities], [0.5, 0.5]);
 * ```
 */
export function selectCandidates(readings: Readings, filter: CandidateFilter): Candidates {
  const { temperature, topK = MOST_CANDIDATES, topP = 1, minP = 0 } = filter;
  const read = readings.top!;
  const ids = read.ids.length > topK ? read.ids.subarray(0, topK) : read.ids;
  const probabilities: number[] = [];
  const top = read.logits[0];
  let mass = 0;
  for (let i = 0; i < ids.length; i++) {
    const weight = Math.exp((read.logits[i] - top) / temperature);
    mass += weight;
    probabilities.push(weight);
  }
  let kept = ids.length;
  if (topP < 1) {
    kept = leadingCount(probabilities, topP * (countsWholeMass(filter) ? massAt(readings, temperature) : mass));
  }
  // Before renormalisation the most probable entry is exp(0) = 1, so that this is the fraction of it.
  if (minP > 0) { while (probabilities[kept - 1] < minP) kept--; }
  // What cannot be drawn, such as a logit of −Infinity, is not kept: it has no log-probability.
  while (probabilities[kept - 1] === 0) kept--;
  let keptMass = 0;
  for (let i = 0; i < kept; i++) keptMass += probabilities[i];
  for (let i = 0; i < kept; i++) probabilities[i] /= keptMass;
  probabilities.fill(0, kept);
  return { ids, probabilities, kept };
}

/** Number of leading entries that together first reach `mass`, at least 1. */
function leadingCount(descending: readonly number[], mass: number): number {
  let sum = 0;
  for (let i = 0; i < descending.length; i++) {
    sum += descending[i];
    if (sum >= mass) return i + 1;
  }
  return descending.length;
}
