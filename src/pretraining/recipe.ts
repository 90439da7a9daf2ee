/**
 * Every number that makes the embedded base model, except those of the worked examples.
 *
 * @module
 */
import type { OptimizerStep } from "../models/adamw.ts";

/** How a base model is made. */
export interface PretrainingRecipe {
  readonly seed: number;
  /** Updates; the learning rate falls to a twentieth over them. */
  readonly steps: number;
  /** Worked examples an update; families take turns. */
  readonly batch: number;
  /** Standard deviations of the normal initial weights; biases start at 0, norms at 1. */
  readonly initial: { readonly embedding: number; readonly linear: number; readonly residualOutput: number };
  readonly optimizer: Omit<OptimizerStep, "learningRate" | "step">;
  readonly peakLearningRate: number;
  readonly warmupSteps: number;
  /** Share of the peak that the cosine ends at. */
  readonly finalShare: number;
}

/** Decoder blocks whose outputs add up in the residual stream, two each. */
const LAYERS = 4;

/**
 * The recipe of `models/tiny`. The number of steps sets how much is left to learn: after 2,050 the base solves within 32
 * samples every sum and difference of the 200 held out, 89 % of `arith-twomul` and of `arith-prod` and 37 % of
 * `arith-prod3`. `benchmarks/tiny.ts` tells what else was tried.
 */
export const TINY_RECIPE: PretrainingRecipe = {
  seed: 1,
  steps: 2050,
  batch: 128,
  initial: { embedding: 0.05, linear: 0.06, residualOutput: 0.06 / Math.sqrt(2 * LAYERS) },
  optimizer: { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01, maxGradientNorm: 1 },
  peakLearningRate: 2e-3,
  warmupSteps: 100,
  finalShare: 0.05,
};

/**
 * Learning rate of update `step`, from 0: a linear rise, times a cosine from 1 to `finalShare`.
 *
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * assertAlmostEquals(learningRate(TINY_RECIPE, 0), 2e-5);
 * assertAlmostEquals(learningRate(TINY_RECIPE, 1025), 2e-3 * (0.05 + 0.95 / 2));
 * ```
 */
export function learningRate(recipe: PretrainingRecipe, step: number): number {
  const { peakLearningRate, warmupSteps, finalShare, steps } = recipe;
  const warmup = Math.min(1, (step + 1) / warmupSteps);
  const cosine = (1 + Math.cos(Math.PI * step / steps)) / 2;
  return peakLearningRate * warmup * (finalShare + (1 - finalShare) * cosine);
}
