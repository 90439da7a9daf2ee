/**
 * Log-densities of the steps of completions as a model sees them now: what ratios and divergences are made of.
 *
 * @module
 */
import type { StepDivergence } from "../../algorithms/algorithm.ts";
import { BenchError } from "../../errors.ts";
import { requireFiniteLogits } from "../../algorithms/finite_logits.ts";
import type { Completion, CompletionStep, DrawnStep } from "../../rollout/completion.ts";
import { stepLogDensity, type StepPolicy, stepReads } from "../../rollout/step_log_density.ts";
import type { LanguageModel, TrainingGroup } from "../../models/language_model.ts";
import { type ActionPlace, joinReads, NOTHING, type Readings } from "../../models/readings.ts";

export { type DrawnStep, stepLogDensity, type StepPolicy, stepReads };

/** What one model says about one completion of `T` steps. */
export interface StepDensities {
  /** (T), log-densities; 0 at forced steps, which nobody reads. */
  readonly logDensities: Float64Array;
  /** (T), of each draw of thoughts (K), where the algorithm gives each a ratio of its own. */
  readonly draws?: (Float64Array | undefined)[];
  /** (T), what a divergence reads of thoughts, where the algorithm has one in closed form and it was asked for. */
  readonly readings?: (Readings | undefined)[];
}

/** Gives back what densities keep behind the models. */
export function disposeDensities(densities: readonly (readonly StepDensities[])[]): void {
  for (const { readings = [] } of densities.flat()) for (const own of readings) own?.law?.dispose();
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
 * Refuses readings of an action whose logits are no law.
 *
 * @throws {BenchError} That names its place
 */
export function requireFinite(readings: Readings, { group, completion, action }: ActionPlace): void {
  const place = () => `score position ${action + 1} of completion ${completion + 1} of prompt ${group + 1}`;
  requireFiniteLogits(readings, place);
}

/** Most bytes of laws over a whole vocabulary that are kept at once: those of 7,000 thoughts at 151,936 tokens. */
const MOST_LAW_BYTES = 2 ** 32;
const GIB = 2 ** 30;

function requireRoomForLaws(
  completions: readonly (readonly Completion[])[],
  divergence: StepDivergence,
  vocabularySize: number,
): void {
  const steps = completions.flatMap((group) => group.flatMap((completion) => completion.steps));
  const keepsLaw = (step: CompletionStep) =>
    step.kind === "thought" && divergence.referenceReads(step.action).law !== undefined;
  const laws = steps.filter(keepsLaw).length;
  const bytes = laws * vocabularySize * Float32Array.BYTES_PER_ELEMENT;
  if (bytes <= MOST_LAW_BYTES) return;
  throw new BenchError(
    `Cannot keep the laws of ${laws} thoughts over ${vocabularySize} tokens for a divergence in closed form: ` +
      `${(bytes / GIB).toFixed(1)} GiB, expected at most ${
        MOST_LAW_BYTES / GIB
      }; take fewer prompts a step, a support ` +
      `of kept tokens, or the estimator k3`,
  );
}

/**
 * Replays completions through a model and collects the density of every step.
 *
 * @param groups (B), the completions as the model replays them
 * @param completions (B, G_b)
 * @param options `forDivergence`: also what a divergence in closed form reads; dispose it with `disposeDensities`.
 * `abort`: stops it soon after it is aborted
 * @returns (B, G_b)
 * @throws {BenchError} If logits of a drawn step are not finite, or the laws that a divergence asks for are too many to keep
 */
export async function collectStepDensities(
  model: LanguageModel,
  policy: StepPolicy,
  groups: readonly TrainingGroup[],
  completions: readonly (readonly Completion[])[],
  options: { readonly forDivergence?: boolean; readonly abort?: AbortSignal | undefined } = {},
): Promise<StepDensities[][]> {
  const { algorithm } = policy;
  const divergence = options.forDivergence ? algorithm.divergence : undefined;
  if (divergence) requireRoomForLaws(completions, divergence, model.config.vocabularySize);
  const densities = completions.map((group) =>
    group.map(({ steps }): StepDensities => ({
      logDensities: new Float64Array(steps.length),
      ...(algorithm.drawLogDensities && { draws: new Array<Float64Array | undefined>(steps.length) }),
      ...(divergence && { readings: new Array<Readings | undefined>(steps.length) }),
    }))
  );
  const stepAt = ({ group, completion, action }: ActionPlace) => completions[group][completion].steps[action];
  await model.forward(groups, {
    reads(place) {
      const step = stepAt(place);
      if (!isDrawn(step)) return NOTHING;
      const own = stepReads(policy, step);
      return divergence && step.kind === "thought" ? joinReads(own, divergence.referenceReads(step.action)) : own;
    },
    score(place, readings) {
      const step = stepAt(place);
      if (!isDrawn(step)) return undefined;
      requireFinite(readings, place);
      const own = densities[place.group][place.completion];
      own.logDensities[place.action] = stepLogDensity(policy, step, readings);
      if (step.kind !== "thought") return undefined;
      if (own.draws) own.draws[place.action] = algorithm.drawLogDensities?.({ readings, action: step.action });
      if (own.readings) own.readings[place.action] = readings;
      return undefined;
    },
  }, options.abort);
  return densities;
}
