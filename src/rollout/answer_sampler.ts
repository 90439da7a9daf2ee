/**
 * The answer phase: ordinary tokens, drawn by one rule for every algorithm, and the density of every hard token.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { type CandidateFilter, candidateReads, filterSchema } from "../algorithms/candidates.ts";
import { tokenLogDensity, tokenReads } from "../algorithms/log_softmax.ts";
import { type Perturbation, perturbationSchema } from "../algorithms/perturbation.ts";
import { asDrawn, asDrawnReads, type DrawnToken, drawReads, drawToken } from "../algorithms/sample_token.ts";
import { perturb } from "../algorithms/soft_thinking_grpo.ts";
import { check } from "../files/check.ts";
import { type MutableSlopes, NOTHING, type Readings, type Reads } from "../models/readings.ts";
import type { StepNoise } from "../random/noise.ts";
import { int32sOf } from "../models/small_arrays.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** How answer tokens are chosen. */
export type AnswerConfig =
  /** Drawn from the filtered law. */
  | {
    readonly rule: "sample";
    /** Which tokens are drawn from. */
    readonly filter: CandidateFilter;
    /** Tokens a density renormalises over: the whole vocabulary, or those that passed the filter (default "full"). */
    readonly support?: "full" | "kept";
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
    support: z.enum(["full", "kept"]).exactOptional()
      .describe("tokens a density renormalises over: the whole vocabulary, or those that passed the filter")
      .meta({ default: "full" }),
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
  /** What `draw` reads of a position with this noise. */
  reads(noise: StepNoise): Reads;
  /** The next token. */
  draw(readings: Readings, noise: StepNoise): DrawnToken;
  /** What `adopt` reads. */
  readonly adoptReads: Reads;
  /**
   * A token that a mixture chose, as this law scores it. Where densities are over kept tokens it is put among those that
   * pass the filter: already there wherever the filter is that of the mixture.
   */
  adopt(readings: Readings, token: number): DrawnToken;
  /** What `logDensity` reads to score a token. */
  densityReads(drawn: DrawnToken): Reads;
  /**
   * Log-probability of a hard token at the temperature: log-softmax over the whole vocabulary, no filter, as in verl and
   * TRL, or over the tokens it was drawn among.
   *
   * @param slopes receive `+= scale · d value / d readings` where given
   */
  logDensity(readings: Readings, drawn: DrawnToken, slopes?: MutableSlopes, scale?: number): number;
}

/**
 * The configured sampler.
 *
 * @throws {UsageError} If a key is unknown, or a setting out of range
 * @example
 * ```ts
 * import { assertEquals, assertAlmostEquals } from "@std/assert";
 * import { readRow } from "../models/host_readings.ts";
 * import { noiseStream } from "../random/streams.ts";
 *
 * const { reads, draw, densityReads, logDensity } = createAnswerSampler({ rule: "greedy" });
 * const noise = noiseStream({ seed: 1, purpose: "example", dataset: "", problem: "", sample: 0 }).at(0);
 * assertEquals(draw(readRow(Float32Array.of(0, 3, 2), reads(noise)), noise), { token: 1 });
 * const drawn = { token: 0 };
 * assertAlmostEquals(logDensity(readRow(Float32Array.of(5, 5), densityReads(drawn)), drawn), Math.log(1 / 2));
 * ```
 */
export function createAnswerSampler(settings: AnswerConfig): AnswerSampler {
  const config = check(answerSchema, settings, { root: "answers" });
  const whole = { adoptReads: NOTHING, adopt: (_: Readings, token: number): DrawnToken => ({ token }) };
  if (config.rule === "greedy") {
    return { ...scoredAt(1), ...whole, reads: () => ({ top: 1 }), draw: ({ top }) => ({ token: top!.ids[0] }) };
  }
  const { filter } = config;
  const scored = scoredAt(filter.temperature);
  if (config.rule === "sample") {
    const { support = "full" } = config;
    return {
      ...scored,
      reads: drawReads(filter),
      draw: (readings, noise) => drawToken(readings, filter, noise, support),
      adoptReads: asDrawnReads(filter, support),
      adopt: (readings, token) => asDrawn(readings, filter, token, support),
    };
  }
  const asked = candidateReads(filter);
  const noised = { filter, perturbation: config.perturbation, support: "stored" } as const;
  return {
    ...scored,
    ...whole,
    reads: () => asked,
    draw: (readings, noise) => ({ token: perturb(noised, readings, noise).ids[0] }),
  };
}

function scoredAt(temperature: number): Pick<AnswerSampler, "temperature" | "densityReads" | "logDensity"> {
  return {
    temperature,
    densityReads: ({ token, kept }) => tokenReads(int32sOf([token]), kept, temperature),
    logDensity: (readings, drawn, slopes, scale) => tokenLogDensity(readings, drawn, temperature, slopes, scale),
  };
}
