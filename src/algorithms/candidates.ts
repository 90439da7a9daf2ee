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

// Types written from the schemas of this file by `deno task schemas`.
/** Which tokens of a distribution are kept; a filter that is absent keeps all. */
export interface CandidateFilter {
  /** Divides the logits (a number above 0). */
  readonly temperature: number;
  /** Most tokens kept (an integer of at least 1; absent: no limit). */
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

/** What a {@link CandidateFilter} must be. */
export const filterSchema = z.strictObject({
  temperature: z.number().positive().describe("divides the logits"),
  topK: z.int().min(1).exactOptional().describe("most tokens kept").meta({ absent: "no limit" }),
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

/**
 * The tokens that pass the filters.
 *
 * @param logits (V), finite or −Infinity, not all of them
 * @returns `min(topK, V)` entries; without top-k, all `V`
 * @example
 * ```ts
 * import { selectCandidates } from "./candidates.ts";
 * import { assertEquals } from "@std/assert";
 * const filter = { temperature: 1, topK: 2 };
 * const { ids, probabilities } = selectCandidates(Float32Array.of(0, 5, 5, 1), filter);
 * assertEquals([...ids], [1, 2]);
 * assertEquals([...probabilities], [0.5, 0.5]);
 * ```
 */
export function selectCandidates(logits: Float32Array, filter: CandidateFilter): Candidates {
  const { temperature, topK = logits.length, topP = 1, minP = 0 } = filter;
  const ids = largest(logits, Math.min(topK, logits.length));
  // A plain array: where few tokens are kept, allocating a typed one costs more than filling it.
  const probabilities: number[] = [];
  const top = logits[ids[0]];
  let mass = 0;
  for (let i = 0; i < ids.length; i++) {
    const weight = Math.exp((logits[ids[i]] - top) / temperature);
    mass += weight;
    probabilities.push(weight);
  }
  let kept = ids.length;
  if (topP < 1) {
    const whole = filter.nucleusOf === "vocabulary" ? exponentialSum(logits, top, temperature) : mass;
    kept = leadingCount(probabilities, topP * whole);
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

/**
 * Entropy H in nats of the whole softmax at a temperature, before any filter: what Cold Stop looks at, and what a bonus of
 * the loss raises. Its derivative by logit i is `-p_i (log p_i + H) / temperature`.
 *
 * @param logits (V)
 * @param gradient (V), receives `+= scale · d value / d logits` where given
 */
export function softmaxEntropy(
  logits: Float32Array,
  temperature: number,
  gradient?: Float32Array,
  scale = 1,
): number {
  const top = logits[argmax(logits)];
  let mass = 0;
  let weighted = 0;
  for (let i = 0; i < logits.length; i++) {
    const scaled = (logits[i] - top) / temperature;
    const weight = Math.exp(scaled);
    mass += weight;
    // p log p is 0 in the limit of p 0, where a logit of -Infinity would give NaN.
    if (weight > 0) weighted += weight * scaled;
  }
  const logMass = Math.log(mass);
  const entropy = logMass - weighted / mass;
  if (gradient !== undefined) {
    const perLogit = scale / temperature;
    for (let i = 0; i < logits.length; i++) {
      const scaled = (logits[i] - top) / temperature;
      const weight = Math.exp(scaled);
      if (weight > 0) gradient[i] -= perLogit * (weight / mass) * (scaled - logMass + entropy);
    }
  }
  return entropy;
}

/** `Σ exp((logits - top) / temperature)`. */
function exponentialSum(logits: Float32Array, top: number, temperature: number): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] - top) / temperature);
  return sum;
}

/** Index of the largest value, the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Up to this many the largest are collected by insertion; above, a sort of everything is cheaper. */
const LARGEST_BY_INSERTION = 256;

/** Indices of the `count` largest values, falling; equal values by rising index. */
function largest(values: Float32Array, count: number): Int32Array {
  if (count > LARGEST_BY_INSERTION) {
    const all = Int32Array.from(values.keys());
    return all.sort((a, b) => values[b] - values[a] || a - b).slice(0, count);
  }
  const ids = new Int32Array(count);
  let filled = 0;
  let least = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (filled === count && !(value > least)) continue;
    let place = filled < count ? filled++ : count - 1;
    for (; place > 0 && values[ids[place - 1]] < value; place--) ids[place] = ids[place - 1];
    ids[place] = i;
    if (filled === count) least = values[ids[count - 1]];
  }
  return ids;
}
