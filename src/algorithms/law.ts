/**
 * What a table has to say of a way to think: in words, and in the few facts by which rows are compared.
 *
 * @module
 */
import type { CandidateFilter } from "./candidates.ts";

/**
 * Where a law's chance comes from: `gumbel`, the noise of each token at each position, which is the same for all laws that
 * use it; `embedding`, noise on what is fed; `other`, draws of its own.
 */
export type ThoughtNoise = "gumbel" | "embedding" | "other";

/** The law of a thought step, as tables name it. */
export interface ThoughtLaw {
  /** What is fed, e.g. `tokens`, `Gumbel mixtures τ 0.1`. */
  readonly text: string;
  /** One token at each position, `nearly` so where mixtures hold one token but for ties, or mixtures. */
  readonly hard: "yes" | "nearly" | "no";
  /** What makes two samples think differently; absent where nothing does. */
  readonly noise?: ThoughtNoise;
  /** Which tokens are drawn from or mixed; absent where the law has no filter of tokens. */
  readonly filter?: CandidateFilter;
}

/**
 * A filter in words.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(filterText({ temperature: 1, topK: 5, topP: 0.95 }), "T 1, top-k 5, top-p 0.95");
 * assertEquals(filterText({ temperature: 0.6 }), "T 0.6, no filter");
 * ```
 */
export function filterText({ temperature, topK, topP = 1, minP = 0, nucleusOf = "kept" }: CandidateFilter): string {
  const parts = [
    ...(topK === undefined ? [] : [`top-k ${topK}`]),
    ...(topP === 1 ? [] : [`top-p ${topP}${nucleusOf === "vocabulary" ? " of all" : ""}`]),
    ...(minP === 0 ? [] : [`min-p ${minP}`]),
  ];
  return [`T ${temperature}`, ...(parts.length === 0 ? ["no filter"] : parts)].join(", ");
}
