/**
 * Completions with advantages -> the training loss, as a function of each scored position's logits: the same for every
 * algorithm, which contributes its log-density and nothing else.
 *
 * Loss = Σ_i w_i Σ_t [ surrogate(A_i, log π, log ρ) + β · divergence ], over scored positions.
 *
 * @module
 */
import type { EmbeddingTable } from "./algorithms/algorithm.ts";
import type { Completion } from "./completion.ts";
import { UsageError } from "./errors.ts";
import { type Aggregation, aggregationWeights } from "./loss/aggregation.ts";
import type { KlPenalty, ObjectiveConfig } from "./loss/objective.ts";
import {
  forEachScoredStep,
  isScored,
  scoredLength,
  type ScoredStep,
  type StepDensities,
  stepLogDensity,
  type StepScorer,
} from "./loss/step_density.ts";
import { type LossSummary, type SeenPositions, summarize } from "./loss/summary.ts";
import { klEstimate, type SurrogateValue, surrogateValue } from "./loss/surrogate.ts";
import type { RowLoss } from "./models/language_model.ts";

export { OBJECTIVE_PRESETS } from "./loss/objective.ts";
export type { KlPenalty, LossSummary, ObjectiveConfig };

/** The completions of one optimizer step. */
export interface LossBatch {
  /** (B, G_b). */
  readonly completions: readonly (readonly Completion[])[];
  /** (B, G_b). */
  readonly advantages: readonly Float64Array[];
  /** (B, G_b), under the policy that drew them; absent on-policy, where the ratio is 1 and its gradient that of log π. */
  readonly old?: readonly (readonly StepDensities[])[];
  /** (B, G_b), under the policy as it is now; needed by ratios over a sequence, which are known only when it is whole. */
  readonly current?: readonly (readonly StepDensities[])[];
  /** (B, G_b), under the reference policy; needed where the objective has a divergence. */
  readonly reference?: readonly (readonly StepDensities[])[];
}

/** The loss of one batch. */
export interface PolicyLoss {
  /** Indices of groups that have a gradient; without a divergence, those whose rewards differ. */
  readonly activeGroups: readonly number[];
  /**
   * What `LanguageModel.accumulate` (or `score`) calls.
   *
   * @param groups batch indices of the groups that the model is given, in its order; all by default
   */
  rowLoss(groups?: readonly number[]): RowLoss;
  /** What the rows so far amount to; groups that were left out count as on-policy. */
  summary(): LossSummary;
}

/**
 * The loss of a batch under an objective.
 *
 * @param embedding the trained model's table
 * @throws {UsageError} If the objective needs densities that the batch does not have
 */
export function policyLoss(
  scorer: StepScorer,
  embedding: EmbeddingTable,
  objective: ObjectiveConfig,
  batch: LossBatch,
): PolicyLoss {
  const { completions, advantages } = batch;
  const kl = objective.kl !== undefined && objective.kl.coefficient !== 0 ? objective.kl : undefined;
  if (kl && batch.reference === undefined) {
    throw new UsageError("Cannot penalise a divergence without a reference policy: set the KL coefficient to 0");
  }
  const weights = groupWeights(objective.aggregation, completions);
  const sequences = sequenceRatios(objective, batch);
  const seen = completions.map((group) => group.map(({ steps }): SeenPositions => new Array(steps.length)));

  function visit(b: number, g: number, t: number, step: ScoredStep, logits: Float32Array, gradient?: Float32Array) {
    const weight = weights[b][g];
    const sequence = sequences?.[b][g];
    const old = oldLogDensity(objective, step, batch.old?.[b][g].logDensities[t]);
    const surrogateAt = (logDensity: number, logRatio: number) =>
      surrogateValue(objective.surrogate, advantages[b][g], logDensity, logRatio);
    const add = (slope: number) =>
      stepLogDensity(scorer, step, logits, embedding, slope === 0 ? undefined : gradient, slope);
    const policySlope = (surrogate: SurrogateValue) => weight * surrogate.slope * (sequence?.spread ?? 1);

    // Where the ratio is known beforehand, so is the slope: no surrogate's slope depends on log π itself.
    const knownLogRatio = sequence?.logRatio ?? (old === undefined ? 0 : undefined);
    if (knownLogRatio !== undefined && kl === undefined) {
      const logDensity = add(policySlope(surrogateAt(0, knownLogRatio)));
      note(b, g, t, logDensity, knownLogRatio, surrogateAt(logDensity, knownLogRatio), 0);
      return;
    }
    const logDensity = stepLogDensity(scorer, step, logits, embedding);
    const logRatio = knownLogRatio ?? logDensity - old!;
    const surrogate = surrogateAt(logDensity, logRatio);
    const divergence = kl === undefined
      ? { value: 0, slope: 0 }
      : divergenceAt(kl, scorer, step, t, logits, logDensity, embedding, batch.reference![b][g], gradient, weight);
    const slope = policySlope(surrogate) + weight * (kl?.coefficient ?? 0) * divergence.slope;
    if (gradient && slope !== 0) add(slope);
    note(b, g, t, logDensity, logRatio, surrogate, divergence.value);
  }

  function note(
    b: number,
    g: number,
    t: number,
    logDensity: number,
    logRatio: number,
    surrogate: SurrogateValue,
    divergence: number,
  ) {
    seen[b][g][t] = { logDensity, logRatio, policyLoss: surrogate.value, divergence, clipped: surrogate.clipped };
  }

  return {
    activeGroups: [...completions.keys()].filter((b) => kl !== undefined || advantages[b].some((a) => a !== 0)),
    rowLoss: (groups) => (rows) => {
      const b = groups === undefined ? rows.group : groups[rows.group];
      const g = rows.completion;
      forEachScoredStep(
        rows,
        completions[b][g],
        (t, step, logits, gradient) => visit(b, g, t, step, logits, gradient),
      );
    },
    summary: () =>
      summarize(
        completions.flat(),
        advantages.flatMap((group) => Array.from(group, (a) => surrogateValue(objective.surrogate, a, 0, 0).value)),
        weights.flatMap((group) => [...group]),
        seen.flat(),
        kl?.coefficient ?? 0,
      ),
  };
}

function groupWeights(aggregation: Aggregation, completions: LossBatch["completions"]): Float64Array[] {
  const weights = aggregationWeights(aggregation, completions.flat().map(scoredLength));
  let next = 0;
  return completions.map((group) => weights.slice(next, next += group.length));
}

/** The old log-density of a position; undefined where the policy that drew it is the one that is trained. */
function oldLogDensity(
  objective: ObjectiveConfig,
  step: ScoredStep,
  replayed: number | undefined,
): number | undefined {
  const drawn = objective.oldDensity === "drawn" && step.kind === "thought" ? step.action.drawnLogDensity : undefined;
  return drawn ?? replayed;
}

/**
 * The divergence at one position. An exact one writes its own gradient, weighted; an estimate leaves its slope by log π.
 */
function divergenceAt(
  kl: KlPenalty,
  scorer: StepScorer,
  step: ScoredStep,
  t: number,
  logits: Float32Array,
  logDensity: number,
  embedding: EmbeddingTable,
  reference: StepDensities,
  gradient: Float32Array | undefined,
  weight: number,
): { value: number; slope: number } {
  const parameters = kl.estimator === "closed-form" ? reference.parameters?.[t] : undefined;
  if (parameters !== undefined && step.kind === "thought") {
    const replay = { logits, action: step.action, embedding };
    const value = scorer.algorithm.divergence!(replay, parameters, gradient, weight * kl.coefficient);
    return { value, slope: 0 };
  }
  const estimator = kl.estimator === "closed-form" ? "k3" : kl.estimator;
  const estimate = klEstimate(estimator, logDensity - reference.logDensities[t]);
  if (kl.cap === undefined || Math.abs(estimate.value) <= kl.cap) return estimate;
  return { value: Math.sign(estimate.value) * kl.cap, slope: 0 };
}

/** log ρ of a whole completion, and how many times one position's log-density counts in the sum of its losses. */
interface SequenceRatio {
  readonly logRatio: number;
  readonly spread: number;
}

/** Ratios over sequences, (B, G_b); undefined where ratios are over positions. */
function sequenceRatios(objective: ObjectiveConfig, batch: LossBatch): SequenceRatio[][] | undefined {
  if (objective.ratioOver === "token") return undefined;
  const { completions, current, old } = batch;
  if (old !== undefined && current === undefined) {
    throw new UsageError("Cannot form ratios over sequences without the current densities of the whole completions");
  }
  const { surrogate, ratioOver } = objective;
  // All T losses of a completion hold the one ratio; surrogates that hold log π beside it differentiate that alone.
  const throughRatio = surrogate.kind === "clipped-ratio" || surrogate.kind === "sapo";
  return completions.map((group, b) =>
    group.map((completion, g) => {
      const length = scoredLength(completion);
      const spread = ratioOver === "sequence-sum" && throughRatio ? length : 1;
      if (old === undefined) return { logRatio: 0, spread };
      let sum = 0;
      completion.steps.forEach((step, t) => {
        if (!isScored(step)) return;
        sum += current![b][g].logDensities[t] - oldLogDensity(objective, step, old[b][g].logDensities[t])!;
      });
      return { logRatio: ratioOver === "sequence-mean" ? sum / length : sum, spread };
    })
  );
}
