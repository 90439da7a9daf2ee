/**
 * The answer phase: ordinary tokens, drawn by one rule for every algorithm, and the density of every hard token.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { argmax, type CandidateFilter, filterSchema } from "../algorithms/candidates.ts";
import { logSoftmaxAt } from "../algorithms/log_softmax.ts";
import { type Perturbation, perturbationSchema } from "../algorithms/perturbation.ts";
import { sampleToken } from "../algorithms/sample_token.ts";
import { perturb } from "../algorithms/soft_thinking_grpo.ts";
import { check } from "../files/check.ts";
import type { StepNoise } from "../random/noise.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** How answer tokens are chosen. */
export type AnswerConfig =
  /** Drawn from the filtered law. */
  | {
    readonly rule: "sample";
    /** Which tokens are drawn from. */
    readonly filter: CandidateFilter;
  }
  /** The most probable token. */
  | { readonly rule: "greedy" }
  /**
   * The argmax of the noised scores, as the released SofT-GRPO has it (row 9 of the table of
   * `soft_thinking_grpo.ts`).
   */
  | {
    readonly rule: "argmax-noised";
    /** Whose `topK` tokens are noised, cut ones included. */
    readonly filter: CandidateFilter;
    /** The noise. */
    readonly perturbation: Perturbation;
  };
// End of written types.

/** What an {@link AnswerConfig} must be. */
export const answerSchema = z.discriminatedUnion("rule", [
  z.strictObject({
    rule: z.literal("sample").describe("drawn from the filtered law"),
    filter: filterSchema.describe("which tokens are drawn from"),
  }).readonly(),
  z.strictObject({ rule: z.literal("greedy").describe("the most probable token") }).readonly(),
  z.strictObject({
    rule: z.literal("argmax-noised").describe(
      "the argmax of the noised scores, as the released SofT-GRPO has it (row 9 of the table of `soft_thinking_grpo.ts`)",
    ),
    filter: filterSchema.describe("whose `topK` tokens are noised, cut ones included"),
    perturbation: perturbationSchema.describe("the noise"),
  }).readonly(),
]).meta({ id: "AnswerConfig", description: "how answer tokens are chosen" });

/** Draws answer tokens, and gives their log-densities. */
export interface AnswerSampler {
  /** Divides the logits of the law that tokens are scored under; 1 where they are not drawn from one. */
  readonly temperature: number;
  /** The next token; `logits` (V). */
  sample(logits: Float32Array, noise: StepNoise): number;
  /**
   * Log-probability of a hard token: full-vocabulary log-softmax at the temperature, no filter, as in verl and TRL.
   *
   * @param gradient (V), receives `+= scale · d value / d logits` where given
   */
  logDensity(logits: Float32Array, token: number, gradient?: Float32Array, scale?: number): number;
}

/**
 * The configured sampler.
 *
 * @throws {UsageError} If a key is unknown, or a setting out of range
 * @example
 * ```ts
 * import { assertEquals, assertAlmostEquals } from "@std/assert";
 * import { noiseStream } from "../random/streams.ts";
 *
 * const { sample, logDensity } = createAnswerSampler({ rule: "greedy" });
 * const noise = noiseStream({ seed: 1, purpose: "example", dataset: "", problem: "", sample: 0 }).at(0);
 * assertEquals(sample(Float32Array.of(0, 3, 2), noise), 1);
 * assertAlmostEquals(logDensity(Float32Array.of(5, 5), 0), Math.log(1 / 2));
 * ```
 */
export function createAnswerSampler(settings: AnswerConfig): AnswerSampler {
  const config = check(answerSchema, settings, { root: "answers" });
  if (config.rule === "greedy") return { temperature: 1, sample: argmax, logDensity: hardTokenDensity(1) };
  const { filter } = config;
  const { temperature } = filter;
  const scored = { temperature, logDensity: hardTokenDensity(temperature) };
  if (config.rule === "sample") return { ...scored, sample: (logits, noise) => sampleToken(logits, filter, noise) };
  const noised = { filter, perturbation: config.perturbation, support: "stored" } as const;
  return { ...scored, sample: (logits, noise) => perturb(noised, logits, noise).ids[0] };
}

function hardTokenDensity(temperature: number): AnswerSampler["logDensity"] {
  return (logits, token, gradient, scale) => logSoftmaxAt(logits, token, temperature, gradient, scale);
}
