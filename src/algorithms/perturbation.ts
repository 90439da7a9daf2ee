/**
 * The three noises under which SofT-GRPO was tried: Gumbel (the method), Dirichlet and Gaussian (its ablations). Each
 * perturbs the candidates' probabilities to scores, turns scores into mixture weights, and has a density of scores.
 *
 * Sources: arXiv:2511.06411v2 Eqs. 4, 5, 9, 11, 12; released code github.com/zz1358m/SofT-GRPO-master @ 2b9d8ec,
 * `srt/layers/sampler.py:165-221` (SA) and `verl/utils/torch_functional.py:84-164` (TF).
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { digamma, logGamma } from "./special_functions.ts";
import type { StepNoise } from "../random/noise.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** `g' = log(p + floor) + Gumbel noise`, mixed as softmax(g'/temperature). */
export interface GumbelPerturbation {
  /** The method's own noise. */
  readonly kind: "gumbel";
  /** τ_g of the mixture's softmax (a number above 0). */
  readonly temperature: number;
  /** Added to p inside the logarithm; 0 in the paper, 1e-6 in the released code (a number of at least 0). */
  readonly floor: number;
  /**
   * Range to which noise is clamped when drawn and when inferred; [-1.5, 3] in the released code (absent: none, as in
   * the paper).
   */
  readonly clamp?: {
    /** Least noise. */
    readonly low: number;
    /** Most noise, above `low`. */
    readonly high: number;
  };
}

/** `s ~ Gamma(concentration · p, 1)`, mixed as s/Σs: Dirichlet weights. */
export interface DirichletPerturbation {
  /** An ablation. */
  readonly kind: "dirichlet";
  /** α; 1 in the released code (a number above 0). */
  readonly concentration: number;
}

/** `s ~ N(p, deviation²)`, mixed as s/Σs, which may be negative. */
export interface GaussianPerturbation {
  /** An ablation. */
  readonly kind: "gaussian";
  /** σ; 0.05 in the paper and in the released code (a number above 0). */
  readonly deviation: number;
}

/** How probabilities become scores. */
export type Perturbation = GumbelPerturbation | DirichletPerturbation | GaussianPerturbation;
// End of written types.

/** What a {@link Perturbation} must be. */
export const perturbationSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("gumbel").describe("the method's own noise"),
    temperature: z.number().positive().describe("τ_g of the mixture's softmax"),
    floor: z.number().min(0).describe("added to p inside the logarithm; 0 in the paper, 1e-6 in the released code"),
    clamp: z.strictObject({
      low: z.number().describe("least noise"),
      high: z.number().describe("most noise, above `low`"),
    }).readonly().refine(({ low, high }) => low < high, { path: ["high"], error: "a number above low" })
      .exactOptional().describe(
        "range to which noise is clamped when drawn and when inferred; [-1.5, 3] in the released code",
      ).meta({ absent: "none, as in the paper" }),
  }).readonly().meta({
    id: "GumbelPerturbation",
    description: "`g' = log(p + floor) + Gumbel noise`, mixed as softmax(g'/temperature)",
  }),
  z.strictObject({
    kind: z.literal("dirichlet").describe("an ablation"),
    concentration: z.number().positive().describe("α; 1 in the released code"),
  }).readonly().meta({
    id: "DirichletPerturbation",
    description: "`s ~ Gamma(concentration · p, 1)`, mixed as s/Σs: Dirichlet weights",
  }),
  z.strictObject({
    kind: z.literal("gaussian").describe("an ablation"),
    deviation: z.number().positive().describe("σ; 0.05 in the paper and in the released code"),
  }).readonly().meta({
    id: "GaussianPerturbation",
    description: "`s ~ N(p, deviation²)`, mixed as s/Σs, which may be negative",
  }),
]).meta({ id: "Perturbation", description: "how probabilities become scores" });

/** Density of one score: whether a masked mean counts it, its log-density, and the derivative by log p. */
export interface ScoreDensity {
  counted: boolean;
  value: number;
  slope: number;
}

/** A masked mean counts entries with log(p + floor) above this (TF:153, SA:195), */
const COUNTED_LOG_PROBABILITY = -3;
/** and for the two ablations entries with p above this (TF:102, TF:130). */
const COUNTED_PROBABILITY = 0.05;
/** Log-densities of Gamma draws are clamped to this range (TF:129). */
const GAMMA_LOG_DENSITY = { low: -5, high: 3 };
/** Gaussian scores are clamped to p ± this before their density is taken (TF:101). */
const GAUSSIAN_REACH = 0.15;
/**
 * Noise that was clamped when drawn is inferred again from stored scores and replayed logits, which differs by rounding:
 * 1e-6 to 1e-5 between decoding and replay on a CPU, more on a GPU. Within this distance of a bound it counts as clamped,
 * so that a gradient is not decided by rounding.
 */
const CLAMP_TOLERANCE = 1e-3;

/** The score of candidate `id` with probability `p`; noise is read by vocabulary id. */
export function drawScore(perturbation: Perturbation, p: number, id: number, noise: StepNoise): number {
  switch (perturbation.kind) {
    case "gumbel": {
      const drawn = noise.gumbel(id);
      const { clamp, floor } = perturbation;
      return Math.log(p + floor) + (clamp ? Math.min(Math.max(drawn, clamp.low), clamp.high) : drawn);
    }
    case "dirichlet":
      return noise.gamma(id, perturbation.concentration * p);
    case "gaussian":
      return p + perturbation.deviation * noise.gaussian(id);
  }
}

/** Writes the mixture weights of scores that fall from first to last. */
export function mixtureWeights(perturbation: Perturbation, scores: Float32Array, weights: Float32Array): void {
  if (perturbation.kind === "gumbel") return softmaxInto(scores, perturbation.temperature, weights);
  let sum = 0;
  for (let i = 0; i < scores.length; i++) sum += scores[i];
  for (let i = 0; i < scores.length; i++) weights[i] = scores[i] / sum;
}

/** Writes softmax(scores / temperature), the largest score being the first. */
export function softmaxInto(scores: Float32Array, temperature: number, weights: Float32Array): void {
  const terms: number[] = [];
  let mass = 0;
  for (let i = 0; i < scores.length; i++) {
    const term = Math.exp((scores[i] - scores[0]) / temperature);
    terms.push(term);
    mass += term;
  }
  for (let i = 0; i < scores.length; i++) weights[i] = terms[i] / mass;
}

/** Log-density of a score of a candidate with probability `p`, written to `out`. */
export function scoreDensity(perturbation: Perturbation, score: number, p: number, out: ScoreDensity): void {
  switch (perturbation.kind) {
    case "gumbel": {
      const { clamp, floor } = perturbation;
      const location = Math.log(p + floor);
      let noise = score - location;
      let inside = true;
      if (clamp) {
        inside = noise > clamp.low + CLAMP_TOLERANCE && noise < clamp.high - CLAMP_TOLERANCE;
        noise = Math.min(Math.max(noise, clamp.low), clamp.high);
      }
      const hazard = Math.exp(-noise);
      out.counted = location > COUNTED_LOG_PROBABILITY;
      out.value = -noise - hazard;
      out.slope = inside ? (1 - hazard) * p / (p + floor) : 0;
      return;
    }
    case "dirichlet": {
      const { low, high } = GAMMA_LOG_DENSITY;
      const shape = perturbation.concentration * p;
      const value = (shape - 1) * Math.log(score) - score - logGamma(shape);
      out.counted = p > COUNTED_PROBABILITY;
      out.value = Math.min(Math.max(value, low), high);
      out.slope = value > low && value < high ? (Math.log(score) - digamma(shape)) * shape : 0;
      return;
    }
    case "gaussian": {
      const { deviation } = perturbation;
      const distance = Math.min(Math.max(score - p, -GAUSSIAN_REACH), GAUSSIAN_REACH);
      out.counted = p > COUNTED_PROBABILITY;
      out.value = -0.5 * (distance / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);
      out.slope = Math.abs(score - p) < GAUSSIAN_REACH ? distance / deviation ** 2 * p : 0;
      return;
    }
  }
}
