/**
 * Soft Thinking without training: Zhang et al., arXiv:2505.15778. A thought step feeds the mixture of the kept tokens
 * under their own probabilities (Def. 1, Eq. 5); nothing is random.
 *
 * | item        | paper                   | released code (eric-ai-lab/Soft-Thinking @ b97407c, `srt/layers/sampler.py`)   | ours |
 * | ----------- | ----------------------- | ------------------------------------------------------------------------------ | ---- |
 * | filters     | top-k or top-p, then n  | temperature, top-k, top-p, min-p, then the n largest, renormalised after each  | as released; n is `mixed` |
 * | Cold Stop   | entropy below τ k times | entropy of the full softmax at the temperature, before any filter              | a rule of the rollout, by the entropy that it reads |
 * | added noise | none                    | Gumbel and Dirichlet as options                                                | none; they are `soft-thinking-grpo` |
 *
 * @module
 */
import type { ThoughtAction, ThoughtAlgorithm } from "./algorithm.ts";
import { z } from "npm:zod@4.3.5";
import { type CandidateFilter, candidateReads, filterSchema, selectCandidates } from "./candidates.ts";
import type { ThoughtLaw } from "./law.ts";
import { BenchError } from "../errors.ts";
import { check } from "../files/check.ts";
import { NOTHING, type Readings } from "../models/readings.ts";
import { float32sOf } from "../models/small_arrays.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of untrained Soft Thinking. */
export interface SoftThinkingConfig {
  /** A mixture of the kept tokens under their own probabilities; cannot be trained. */
  readonly name: "soft-thinking";
  /** Which tokens are mixed. */
  readonly filter: CandidateFilter;
  /** n, most tokens mixed after the filter (an integer of at least 1). */
  readonly mixed: number;
}
// End of written types.

/** What {@link SoftThinkingConfig} must be. */
export const softThinkingSchema = z.strictObject({
  name: z.literal("soft-thinking").describe(
    "a mixture of the kept tokens under their own probabilities; cannot be trained",
  ),
  filter: filterSchema.describe("which tokens are mixed"),
  mixed: z.int().min(1).describe("n, most tokens mixed after the filter"),
}).readonly().meta({ id: "SoftThinkingConfig", description: "settings of untrained Soft Thinking" });

/** Why no arm can be trained with it. */
export const SOFT_THINKING_UNTRAINABLE = "nothing in it is drawn; choose soft-thinking-grpo or soft-tokens-grpo";

/** Settings by preset: those that the released code recommends, README @ b97407c. */
export const SOFT_THINKING_PRESETS = {
  release: { name: "soft-thinking", filter: { temperature: 0.6, topK: 30, topP: 0.95, minP: 0.001 }, mixed: 10 },
} as const satisfies Record<string, SoftThinkingConfig>;

/** How tables name it. */
export function softThinkingLaw({ filter }: SoftThinkingConfig): ThoughtLaw {
  return { text: "mixtures without noise", hard: "no", filter };
}

/**
 * Soft Thinking's thought step.
 *
 * @throws {UsageError} If a setting is out of range
 */
export function softThinking(config: SoftThinkingConfig): ThoughtAlgorithm {
  const { filter, mixed } = check(softThinkingSchema, config, { root: "algorithm" });
  const asked = candidateReads(filter);

  function act({ readings }: { readings: Readings }): ThoughtAction {
    const candidates = selectCandidates(readings, filter);
    const count = Math.min(candidates.kept, mixed);
    const ids = candidates.ids.slice(0, count);
    const weights = float32sOf(candidates.probabilities.slice(0, count));
    let mass = 0;
    for (const weight of weights) mass += weight;
    for (let i = 0; i < count; i++) weights[i] /= mass;
    return { token: ids[0], input: { ids, weights }, ids, scores: NO_SCORES, count };
  }

  function logDensity(): number {
    throw new BenchError(`Cannot train soft-thinking: ${SOFT_THINKING_UNTRAINABLE}`);
  }

  return {
    name: config.name,
    temperature: filter.temperature,
    reads: () => asked,
    act,
    densityReads: () => NOTHING,
    logDensity,
  };
}

const NO_SCORES = new Float32Array(0);
