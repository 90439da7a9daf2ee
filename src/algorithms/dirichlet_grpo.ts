/**
 * CoT2's Dirichlet thoughts: Gozeten et al., arXiv:2505.23648. A thought step draws mixture weights
 * y ~ Dir(γ p) over the probable tokens and feeds their mixture; its density is that of y:
 * `log Γ(γ') - Σ log Γ(γ p_i) + Σ (γ p_i - 1) log y_i`, `γ' = Σ γ p_i` over the kept tokens.
 *
 * Released code: github.com/alperengozeten/CoT2 @ 11932cb, `train/continuous_train_grpo_dirichlet.py`. SofT-GRPO's
 * ablation of the same name scores unnormalised Gamma draws instead (`perturbation.ts`).
 *
 * | item            | paper                        | released code                                            | ours                         | why |
 * | --------------- | ---------------------------- | -------------------------------------------------------- | ---------------------------- | --- |
 * | kept tokens     | p >= 1e-3                    | in the old, the new or the reference law                 | in the law that draws, 3,072 at most | at the draw there is no other, and the law would change with what is trained |
 * | probabilities   | of the whole vocabulary      | raised to 1e-3, renormalised over the kept               | `support`: full, kept; raised in both, without slope there | at the draw none is below |
 * | γ               | scale of p                   | 1                                                        | `concentration`              |     |
 * | drawing         | -                            | torch, which raises each weight to 1.2e-38               | in logarithms, nothing raised | at p 1e-3 half of all weights are below, and their score would not have mean 0 |
 * | noise           | -                            | one generator                                            | Gamma(a + 1) U^(1/a), U of the Gumbel noise | at γ → 0 the heaviest token is discrete GRPO's under the same noise |
 * | KL              | k3                           | log π_ref / log π_θ in the place of the ratio: a mistake | `LossConfig.kl`: k3          | a quotient of logarithms estimates no divergence |
 * | end of thinking | a fixed number of thoughts   | a fixed number of thoughts                               | `token` is the heaviest; fed hard, scored as an answer token | lengths differ by problem |
 *
 * @module
 */
import type { Replay, ThoughtAction, ThoughtAlgorithm } from "./algorithm.ts";
import { z } from "npm:zod@4.3.5";
import { MOST_CANDIDATES } from "./candidates.ts";
import type { ThoughtLaw } from "./law.ts";
import { digamma, logGamma } from "./special_functions.ts";
import { check } from "../files/check.ts";
import { logProbability, type MutableSlopes, type Readings, type Reads } from "../models/readings.ts";
import type { StepNoise } from "../random/noise.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** Settings of CoT2's Dirichlet thought step. */
export interface DirichletGrpoConfig {
  /** A mixture with weights from a Dirichlet law (CoT2). */
  readonly name: "dirichlet-grpo";
  /** Divides the logits of the softmax (a number above 0). */
  readonly temperature: number;
  /** γ; the larger, the nearer the weights are to the probabilities (a number above 0). */
  readonly concentration: number;
  /**
   * Tokens below it are not mixed; a kept one that falls below it in training is scored as if it had it (a number in
   * (0, 1]).
   */
  readonly leastProbability: number;
  /** Probabilities that the density is of: of the whole vocabulary, or renormalised over the kept tokens. */
  readonly support: "full" | "kept";
}
// End of written types.

/** What {@link DirichletGrpoConfig} must be. */
export const dirichletGrpoSchema = z.strictObject({
  name: z.literal("dirichlet-grpo").describe("a mixture with weights from a Dirichlet law (CoT2)"),
  temperature: z.number().positive().describe("divides the logits of the softmax"),
  concentration: z.number().positive().describe("γ; the larger, the nearer the weights are to the probabilities"),
  leastProbability: z.number().positive().max(1)
    .describe("tokens below it are not mixed; a kept one that falls below it in training is scored as if it had it"),
  support: z.enum(["full", "kept"])
    .describe("probabilities that the density is of: of the whole vocabulary, or renormalised over the kept tokens"),
}).readonly().meta({ id: "DirichletGrpoConfig", description: "settings of CoT2's Dirichlet thought step" });

const RELEASE: DirichletGrpoConfig = {
  name: "dirichlet-grpo",
  temperature: 1,
  concentration: 1,
  leastProbability: 1e-3,
  support: "kept",
};

/** Settings by preset: the released code, and the paper's law without renormalisation. */
export const DIRICHLET_GRPO_PRESETS = {
  release: RELEASE,
  paper: { ...RELEASE, support: "full" },
} as const satisfies Record<string, DirichletGrpoConfig>;

/** How tables name it. */
export function dirichletGrpoLaw(config: DirichletGrpoConfig): ThoughtLaw {
  const { concentration, temperature, leastProbability } = config;
  const text = `Dirichlet weights γ ${concentration}, T ${temperature}, p from ${leastProbability}`;
  return { text, hard: "no", noise: "other" };
}

/**
 * CoT2's Dirichlet thought step. An action's `scores` are log y.
 *
 * @throws {UsageError} If a setting is out of range
 */
export function dirichletGrpo(config: DirichletGrpoConfig): ThoughtAlgorithm {
  const { temperature, concentration, leastProbability, support } = check(dirichletGrpoSchema, config, {
    root: "algorithm",
  });

  // No more tokens than that can be as probable.
  const most = Math.min(Math.floor(1 / leastProbability), MOST_CANDIDATES);

  /** Shapes of the law over tokens of these probabilities, and what their derivatives need. */
  function shapesOf(probabilities: Float64Array): { shapes: Float64Array; mass: number } {
    const raised = probabilities.map((p) => Math.max(p, leastProbability));
    const mass = support === "kept" ? raised.reduce((sum, p) => sum + p, 0) : 1;
    return { shapes: raised.map((p) => concentration * p / mass), mass };
  }

  function probabilitiesOf(readings: Readings, logits: Float32Array): Float64Array {
    return Float64Array.from(logits, (logit) => Math.exp(logProbability(readings, logit, temperature)));
  }

  function act({ readings, noise }: { readings: Readings; noise: StepNoise }): ThoughtAction {
    const { ids: largest, logits } = readings.top!;
    const likely = probabilitiesOf(readings, logits);
    const probable = [...largest.keys()].filter((i) => likely[i] >= leastProbability).sort((a, b) =>
      largest[a] - largest[b]
    );
    // Where all are improbable the most probable one is left.
    const places = probable.length > 0 ? probable : [0];
    const ids = Int32Array.from(places, (i) => largest[i]);
    const { shapes } = shapesOf(Float64Array.from(places, (i) => likely[i]));
    const draws = shapes.map((shape, i) => logGammaDraw(shape, ids[i], noise));
    const logMass = logSumExp(draws);
    const order = [...ids.keys()].sort((a, b) => draws[b] - draws[a] || ids[a] - ids[b]);
    const sorted = Int32Array.from(order, (i) => ids[i]);
    const scores = Float32Array.from(order, (i) => draws[i] - logMass);
    const input = { ids: sorted, weights: scores.map(Math.exp) };
    return { token: sorted[0], input, ids: sorted, scores, count: sorted.length };
  }

  function densityReads({ ids }: ThoughtAction): Reads {
    return { at: ids, logSumExp: [temperature] };
  }

  function logDensity({ readings, action: { scores } }: Replay, slopes?: MutableSlopes, scale = 1): number {
    const probabilities = probabilitiesOf(readings, readings.at!);
    const { shapes, mass } = shapesOf(probabilities);
    const total = shapes.reduce((sum, shape) => sum + shape, 0);
    let value = logGamma(total);
    shapes.forEach((shape, i) => value += (shape - 1) * scores[i] - logGamma(shape));
    if (slopes === undefined) return value;

    const byShape = shapes.map((shape, i) => digamma(total) - digamma(shape) + scores[i]);
    // Renormalisation leaves the sum of shapes as it is.
    const along = support === "kept" ? shapes.reduce((sum, shape, i) => sum + shape * byShape[i], 0) / total : 0;
    byShape.forEach((slope, i) => {
      const p = probabilities[i];
      if (p < leastProbability) return;
      const byLogProbability = scale * p * concentration * (slope - along) / mass;
      slopes.at![i] += byLogProbability / temperature;
      slopes.logSumExp![readings.reads.logSumExp!.indexOf(temperature)] -= byLogProbability;
    });
    return value;
  }

  return {
    name: config.name,
    temperature,
    reads: () => ({ top: most, logSumExp: [temperature] }),
    act,
    densityReads,
    logDensity,
  };
}

/**
 * Logarithm of a Gamma(shape) draw, which itself is below the smallest number where the shape is small: a draw of shape + 1
 * times U^(1/shape), with log U = -e^-g of the Gumbel noise g.
 */
function logGammaDraw(shape: number, id: number, noise: StepNoise): number {
  return Math.log(noise.gamma(id, shape + 1)) - Math.exp(-noise.gumbel(id)) / shape;
}

function logSumExp(values: Float64Array): number {
  const top = values.reduce((most, value) => Math.max(most, value), -Infinity);
  return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0));
}
