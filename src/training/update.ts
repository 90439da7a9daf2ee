/**
 * Groups with advantages -> one or more optimizer steps: minibatches, old and reference densities, loss, AdamW.
 *
 * Letters: `B` prompts, `G` completions per prompt, `T` positions, `D` width.
 *
 * @module
 */
import { withinStep } from "../interruption.ts";
import type { Completion } from "../rollout/completion.ts";
import { type LossConfig, type LossSummary, policyLoss } from "./loss/loss.ts";
import { present } from "./loss/summary.ts";
import { collectStepDensities, disposeDensities, type StepDensities, type StepPolicy } from "./loss/step_density.ts";
import { type LanguageModel, type TrainingGroup } from "../models/language_model.ts";
import type { OptimizerConfig } from "./optimizer.ts";
import type { StepFollower } from "./step_progress.ts";
import { replayInputs } from "../rollout/step_inputs.ts";

/** One prompt, what was drawn after it, and how much better than the group each completion was. */
export interface AdvantageGroup {
  readonly prompt: Int32Array;
  /** (G). */
  readonly completions: readonly Completion[];
  /** (G). */
  readonly advantages: Float64Array;
  /** (G), completions that carry no loss at all, see `LossBatch`; absent: none. */
  readonly excluded?: readonly boolean[];
}

/** What one rollout is turned into. */
export interface UpdateRequest {
  readonly model: LanguageModel;
  /** Frozen policy of the divergence; needed where the loss has one. */
  readonly reference?: LanguageModel;
  readonly policy: StepPolicy;
  readonly loss: LossConfig;
  readonly optimizer: OptimizerConfig;
  /** Of the update by one minibatch, counted from 0. */
  readonly learningRate: (minibatch: number) => number;
  /** Updates that this rollout is split into, >= 1; those after the first are off-policy. */
  readonly minibatches: number;
  /** Optimizer steps taken before this rollout. */
  readonly updatesBefore: number;
  /** (B). */
  readonly groups: readonly AdvantageGroup[];
  /** Stops it soon after it is aborted. */
  readonly abort?: AbortSignal | undefined;
  /** Told how far it is. */
  readonly follower?: StepFollower;
}

/**
 * Means over those minibatches of one rollout that have the figure; one that none has is absent, never 0: all of a rollout
 * without an active group but the losses, a divergence where the loss has none, densities of thoughts where there are none.
 */
export interface UpdateSummary {
  /** Of the rollout's last update. */
  readonly learningRate?: number;
  readonly loss?: number;
  readonly policyLoss?: number;
  /** Divergence from the reference policy, nats per position. */
  readonly kl?: number;
  readonly ratio?: number;
  /** Shares of drawn positions at which a bound of the ratio held: any, the lower, the upper, the dual clip. */
  readonly clipped?: number;
  readonly clippedLow?: number;
  readonly clippedHigh?: number;
  readonly clippedDual?: number;
  /** Of the softmax before any filter, nats per position. */
  readonly entropy?: number;
  /** Mean log-density of a thought step and of an ordinary token. */
  readonly thoughtLogDensity?: number;
  readonly tokenLogDensity?: number;
  /**
   * Between log-densities when drawn and when replayed before the first update, nats: mean and maximum over all visited
   * positions of the rollout whose drawn one is known.
   */
  readonly mismatchMean?: number;
  readonly mismatchMax?: number;
  /** Global norm before clipping. */
  readonly gradientNorm?: number;
}

/**
 * Updates the model by one rollout.
 *
 * Densities under the old and the reference policy are taken once, before the first update. Groups without a gradient
 * (all rewards equal, or all completions excluded, no divergence, no entropy bonus) are not computed. A minibatch of such groups alone is an update all
 * the same, by a gradient of zero, as in TRL and verl: AdamW's moments and the weights decay.
 *
 * @throws {UsageError} If the loss has a divergence and there is no reference
 * @throws {InterruptedError} If it is stopped before the first update
 * @throws {InterruptedStepError} If it is stopped after the first update
 */
export async function updatePolicy(request: UpdateRequest): Promise<UpdateSummary> {
  const { model, reference, policy, loss, groups, minibatches, abort } = request;
  const width = model.config.hiddenSize;
  const replays = groups.map(({ prompt, completions }): TrainingGroup => ({
    prompt,
    completions: completions.map((completion) => replayInputs(completion, width)),
  }));
  const completions = groups.map((group) => group.completions);
  const offPolicy = minibatches > 1;
  const old = offPolicy ? await collectStepDensities(model, policy, replays, completions, { abort }) : undefined;
  const anchor = reference && hasDivergence(loss)
    ? await collectStepDensities(reference, policy, replays, completions, { forDivergence: true, abort })
    : undefined;

  const summaries: MinibatchSummary[] = [];
  let learningRate: number | undefined;
  const parts = splitEvenly(groups.length, minibatches);
  for (const [index, members] of parts.entries()) {
    const pick = <T>(items: readonly T[]) => members.map((b) => items[b]);
    const own = pick(replays);
    const gather = async () => {
      const current: StepDensities[][] | undefined = offPolicy && loss.ratioOver !== "token"
        ? await collectStepDensities(model, policy, own, pick(completions), { abort })
        : undefined;
      const minibatch = policyLoss(policy, loss, {
        completions: pick(completions),
        advantages: pick(groups).map((group) => group.advantages),
        excluded: pick(groups).map((group) => group.excluded ?? group.completions.map(() => false)),
        ...(old && { old: pick(old) }),
        ...(current && { current }),
        ...(anchor && { reference: pick(anchor) }),
      });
      const active = minibatch.activeGroups;
      const { trainInputs } = loss;
      const rows = active.flatMap((b) => pick(completions)[b]).reduce((sum, { steps }) => sum + steps.length, 0);
      const rowLoss = minibatch.rowLoss(active);
      const followed = request.follower?.counting(rowLoss, rows, [index / parts.length, 1 / parts.length]) ?? rowLoss;
      await model.accumulate(active.map((b) => own[b]), followed, { trainInputs, abort });
      return { minibatch, active };
    };
    const { minibatch, active } = index === 0 ? await gather() : await withinStep(gather);
    const { beta1, beta2, epsilon, weightDecay, maxGradientNorm = Infinity } = request.optimizer;
    learningRate = request.learningRate(index);
    const gradientNorm = await model.update({
      learningRate,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      maxGradientNorm: maxGradientNorm ?? Infinity,
      step: request.updatesBefore + index + 1,
    });
    summaries.push({ ...minibatch.summary(), ...(active.length > 0 && { gradientNorm }) });
  }
  if (anchor) disposeDensities(anchor);
  return present({ learningRate, ...meanSummary(summaries) });
}

interface MinibatchSummary extends LossSummary {
  /** Absent where no group had a gradient. */
  readonly gradientNorm?: number;
}

function hasDivergence({ kl }: LossConfig): boolean {
  return kl !== undefined && kl.coefficient !== 0;
}

/** Indices 0 … count - 1 in `parts` runs whose sizes differ by one at most; empty runs are left out. */
function splitEvenly(count: number, parts: number): number[][] {
  const bound = (part: number) => Math.floor(count * part / parts);
  return Array.from({ length: parts }, (_, part) => {
    return Array.from({ length: bound(part + 1) - bound(part) }, (_, i) => bound(part) + i);
  }).filter((members) => members.length > 0);
}

function meanSummary(summaries: readonly MinibatchSummary[]): Omit<UpdateSummary, "learningRate"> {
  const mean = (read: (summary: MinibatchSummary) => number | undefined) => {
    const values = summaries.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
  };
  const mismatches = summaries.map(({ mismatch }) => mismatch).filter((mismatch) => mismatch !== undefined);
  const compared = mismatches.reduce((sum, { positions }) => sum + positions, 0);
  return present({
    loss: mean(({ loss }) => loss),
    policyLoss: mean(({ policyLoss }) => policyLoss),
    kl: mean(({ kl }) => kl),
    ratio: mean(({ ratio }) => ratio),
    clipped: mean(({ clipped }) => clipped && clipped.low + clipped.high + clipped.dual),
    clippedLow: mean(({ clipped }) => clipped?.low),
    clippedHigh: mean(({ clipped }) => clipped?.high),
    clippedDual: mean(({ clipped }) => clipped?.dual),
    entropy: mean(({ entropy }) => entropy),
    thoughtLogDensity: mean(({ thoughtLogDensity }) => thoughtLogDensity),
    tokenLogDensity: mean(({ tokenLogDensity }) => tokenLogDensity),
    mismatchMean: compared === 0
      ? undefined
      : mismatches.reduce((sum, { mean, positions }) => sum + mean * positions, 0) / compared,
    mismatchMax: compared === 0 ? undefined : Math.max(...mismatches.map(({ max }) => max)),
    gradientNorm: mean(({ gradientNorm }) => gradientNorm),
  });
}
