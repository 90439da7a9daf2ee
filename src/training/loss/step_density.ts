/**
 * Log-densities of the steps of completions as a model sees them now: what ratios and divergences are made of.
 *
 * @module
 */
import type { DensityParameters } from "../../algorithms/algorithm.ts";
import { requireFiniteLogits } from "../../algorithms/finite_logits.ts";
import type { Completion, CompletionStep, DrawnStep } from "../../rollout/completion.ts";
import { stepLogDensity, type StepPolicy } from "../../rollout/step_log_density.ts";
import { type LanguageModel, type LogitRows, type TrainingGroup } from "../../models/language_model.ts";
import { embeddingTableOf } from "../../models/embedding_table.ts";

export { type DrawnStep, stepLogDensity, type StepPolicy };

/** What one model says about one completion of `T` steps. */
export interface StepDensities {
  /** (T), log-densities; 0 at forced steps, which nobody reads. */
  readonly logDensities: Float64Array;
  /** (T), of each draw of thoughts (K), where the algorithm gives each a ratio of its own. */
  readonly draws?: (Float64Array | undefined)[];
  /** (T), parameters of the laws of thoughts, where the algorithm has a divergence in closed form and it was asked for. */
  readonly parameters?: (DensityParameters | undefined)[];
}

/** Whether a step was drawn, and so has a density. */
export function isDrawn(step: CompletionStep): step is DrawnStep {
  return step.kind !== "forced";
}

/** How many steps of a completion were drawn. */
export function drawnLength(completion: Completion): number {
  return completion.steps.reduce((count, step) => count + (isDrawn(step) ? 1 : 0), 0);
}

/** Divides the logits of the law of one step. */
export function stepTemperature(policy: StepPolicy, step: DrawnStep): number {
  const byAlgorithm = step.kind === "thought" || step.action !== undefined;
  return (byAlgorithm ? policy.algorithm : policy.answers).temperature;
}

/**
 * Calls `visit` for every drawn position of a run, with its row of logits and, where there is one, of the gradient.
 *
 * @throws {BenchError} If such a row is not finite
 */
export function forEachDrawnStep(
  rows: LogitRows,
  completion: Completion,
  visit: (position: number, step: DrawnStep, logits: Float32Array, gradient?: Float32Array) => void,
): void {
  const vocabulary = rows.logits.length / rows.count;
  for (let row = 0; row < rows.count; row++) {
    const position = rows.first + row;
    const step = completion.steps[position];
    if (!isDrawn(step)) continue;
    const start = row * vocabulary;
    const logits = rows.logits.subarray(start, start + vocabulary);
    requireFiniteLogits(
      logits,
      () => `score position ${position + 1} of completion ${rows.completion + 1} of prompt ${rows.group + 1}`,
    );
    visit(position, step, logits, rows.gradient?.subarray(start, start + vocabulary));
  }
}

/**
 * Replays completions through a model and collects the density of every step.
 *
 * @param groups (B), the completions as the model replays them
 * @param completions (B, G_b)
 * @param options `parameters`: also what a divergence in closed form needs
 * @returns (B, G_b)
 */
export async function collectStepDensities(
  model: LanguageModel,
  policy: StepPolicy,
  groups: readonly TrainingGroup[],
  completions: readonly (readonly Completion[])[],
  options: { readonly parameters?: boolean } = {},
): Promise<StepDensities[][]> {
  const embedding = embeddingTableOf(model);
  const parametersOf = options.parameters ? policy.algorithm.densityParameters : undefined;
  const drawsOf = policy.algorithm.drawLogDensities;
  const densities = completions.map((group) =>
    group.map(({ steps }): StepDensities => ({
      logDensities: new Float64Array(steps.length),
      ...(drawsOf ? { draws: new Array<Float64Array | undefined>(steps.length) } : {}),
      ...(parametersOf ? { parameters: new Array<DensityParameters | undefined>(steps.length) } : {}),
    }))
  );
  await model.forward(groups, (rows) => {
    const own = densities[rows.group][rows.completion];
    forEachDrawnStep(rows, completions[rows.group][rows.completion], (position, step, logits) => {
      own.logDensities[position] = stepLogDensity(policy, step, logits, embedding);
      if (step.kind !== "thought") return;
      const replay = { logits, action: step.action, embedding };
      if (own.draws) own.draws[position] = drawsOf?.(replay);
      if (own.parameters) own.parameters[position] = parametersOf?.(replay);
    });
  });
  return densities;
}
