/**
 * Groups with advantages -> one or more optimizer steps: minibatches, old and reference densities, loss, AdamW.
 *
 * Letters: `B` prompts, `G` completions per prompt, `T` positions, `D` width.
 *
 * @module
 */
import type { Completion } from "../rollout/completion.ts";
import { type LossConfig, type LossSummary, policyLoss } from "./loss/loss.ts";
import { collectStepDensities, type StepDensities, type StepPolicy } from "./loss/step_density.ts";
import { type LanguageModel, type TrainingGroup } from "../models/language_model.ts";
import type { OptimizerConfig } from "./optimizer.ts";
import { replayInputs } from "../rollout/rollout.ts";
import { embeddingTableOf } from "../models/embedding_table.ts";

/** One prompt, what was drawn after it, and how much better than the group each completion was. */
export interface AdvantageGroup {
  readonly prompt: Int32Array;
  /** (G). */
  readonly completions: readonly Completion[];
  /** (G). */
  readonly advantages: Float64Array;
  /** (G), completions that carry no loss, neither in its sum nor in what that is divided by; absent: all carry it. */
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
  readonly learningRate: number;
  /** Updates that this rollout is split into, >= 1; those after the first are off-policy. */
  readonly minibatches: number;
  /** Optimizer steps taken before this rollout. */
  readonly updatesBefore: number;
  /** (B). */
  readonly groups: readonly AdvantageGroup[];
}

/** Means over the minibatches of one rollout. */
export interface UpdateSummary {
  readonly loss: number;
  readonly policyLoss: number;
  /** Divergence from the reference policy, nats per position; 0 where the loss has none. */
  readonly kl: number;
  readonly ratio: number;
  /** Share of drawn positions at which a bound of the ratio held. */
  readonly clipped: number;
  /** Of the softmax before any filter, nats per position. */
  readonly entropy: number;
  /** Mean log-density of a thought step and of an ordinary token. */
  readonly thoughtLogDensity: number;
  readonly tokenLogDensity: number;
  /** Global norm before clipping. */
  readonly gradientNorm: number;
}

/**
 * Updates the model by one rollout.
 *
 * Densities under the old and the reference policy are taken once, before the first update. Groups without a gradient
 * (all rewards equal, no divergence) are not computed.
 *
 * @throws {UsageError} If the loss has a divergence and there is no reference
 */
export async function updatePolicy(request: UpdateRequest): Promise<UpdateSummary> {
  const { model, reference, policy, loss, groups, minibatches } = request;
  const width = model.config.hiddenSize;
  const replays = groups.map(({ prompt, completions }): TrainingGroup => ({
    prompt,
    completions: completions.map((completion) => replayInputs(completion, width)),
  }));
  const completions = groups.map((group) => group.completions);
  const offPolicy = minibatches > 1;
  const old = offPolicy ? await collectStepDensities(model, policy, replays, completions) : undefined;
  const anchor = reference && hasDivergence(loss)
    ? await collectStepDensities(reference, policy, replays, completions, { parameters: true })
    : undefined;

  const summaries: (LossSummary & { gradientNorm: number })[] = [];
  for (const [index, members] of splitEvenly(groups.length, minibatches).entries()) {
    const pick = <T>(items: readonly T[]) => members.map((b) => items[b]);
    const own = pick(replays);
    const current: StepDensities[][] | undefined = offPolicy && loss.ratioOver !== "token"
      ? await collectStepDensities(model, policy, own, pick(completions))
      : undefined;
    const minibatch = policyLoss(policy, embeddingTableOf(model), loss, {
      completions: pick(completions),
      advantages: pick(groups).map((group) => group.advantages),
      ...(old && { old: pick(old) }),
      ...(current && { current }),
      ...(anchor && { reference: pick(anchor) }),
    });
    const active = minibatch.activeGroups;
    await model.accumulate(active.map((b) => own[b]), minibatch.rowLoss(active), {
      trainInputs: loss.trainInputs,
    });
    const { beta1, beta2, epsilon, weightDecay, maxGradientNorm = Infinity } = request.optimizer;
    const gradientNorm = await model.update({
      learningRate: request.learningRate,
      beta1,
      beta2,
      epsilon,
      weightDecay,
      maxGradientNorm: maxGradientNorm ?? Infinity,
      step: request.updatesBefore + index + 1,
    });
    summaries.push({ ...minibatch.summary(), gradientNorm });
  }
  return meanSummary(summaries);
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

function meanSummary(summaries: readonly (LossSummary & { gradientNorm: number })[]): UpdateSummary {
  const mean = (read: (summary: LossSummary & { gradientNorm: number }) => number) =>
    summaries.reduce((sum, summary) => sum + read(summary), 0) / summaries.length;
  return {
    loss: mean((summary) => summary.loss),
    policyLoss: mean((summary) => summary.policyLoss),
    kl: mean((summary) => summary.kl),
    ratio: mean((summary) => summary.ratio),
    clipped: mean(({ clipped }) => clipped.low + clipped.high + clipped.dual),
    entropy: mean((summary) => summary.entropy),
    thoughtLogDensity: mean((summary) => summary.thoughtLogDensity),
    tokenLogDensity: mean((summary) => summary.tokenLogDensity),
    gradientNorm: mean((summary) => summary.gradientNorm),
  };
}
