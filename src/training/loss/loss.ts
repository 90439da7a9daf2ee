/**
 * Completions with advantages -> the training loss, as a function of what is read at each drawn position: the same for every
 * algorithm, which contributes its log-density and nothing else; where it gives each draw of a step a log-density, the
 * surrogate of a position is the sum of theirs.
 *
 * Loss = Σ_i w_i Σ_t [ surrogate(A_i, log π, log ρ) + β · divergence - c · entropy ], over drawn positions.
 *
 * @module
 */
import type { Completion } from "../../rollout/completion.ts";
import { UsageError } from "../../errors.ts";
import { type Aggregation, aggregationWeights } from "./aggregation.ts";
import { CompletionLoss, oldLogDensity, type SequenceRatio } from "./completion_loss.ts";
import { checkLoss, type KlPenalty, type LossConfig, surrogateOf } from "./loss_config.ts";
import { drawnLength, isDrawn, requireFinite, type StepDensities, type StepPolicy } from "./step_density.ts";
import { type LossSummary, summarize } from "./summary.ts";
import { hasRatio, surrogateValue } from "./surrogate.ts";
import { type ActionPlace, NOTHING, type RowLoss } from "../../models/readings.ts";

export { checkLoss, LOSS_PRESETS } from "./loss_config.ts";
export type { KlPenalty, LossConfig, LossSummary };

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
  /** (B, G_b), under the reference policy; needed where the loss has a divergence. */
  readonly reference?: readonly (readonly StepDensities[])[];
  /**
   * (B, G_b), completions that carry no loss: the loss is that of a batch without them, N and micro-batches of the
   * aggregation included, as in verl (TRL leaves masked completions in N). Their advantages are not read. Absent: none.
   */
  readonly excluded?: readonly (readonly boolean[])[];
}

/** The loss of one batch. */
export interface PolicyLoss {
  /**
   * Indices of groups that have a gradient: those with an advantage other than 0; with a divergence or an entropy bonus,
   * all. What is excluded does not count.
   */
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
 * The loss of a batch.
 *
 * @throws {UsageError} If the settings are impossible, or need densities that the batch does not have
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { createAlgorithm } from "../../algorithms/registry.ts";
 * import { addSlopes, readRow } from "../../models/host_readings.ts";
 * import { createAnswerSampler } from "../../rollout/answer_sampler.ts";
 * import { LOSS_PRESETS } from "./loss_config.ts";
 *
 * const filter = { temperature: 1 };
 * const policy = {
 *   algorithm: createAlgorithm({ name: "discrete-grpo", filter }),
 *   answers: createAnswerSampler({ rule: "sample", filter }),
 * };
 * const completion = (token: number) => ({ steps: [{ kind: "token", token }], finish: "stop" } as const);
 * const loss = policyLoss(policy, LOSS_PRESETS["on-policy"], {
 *   completions: [[completion(0), completion(2)]],
 *   advantages: [Float64Array.of(1, -1)],
 * });
 * const { reads, score } = loss.rowLoss();
 * const [place, logits, gradient] = [{ group: 0, completion: 0, action: 0 }, new Float32Array(3), new Float32Array(3)];
 * const readings = readRow(logits, reads(place));
 * addSlopes(logits, readings.reads, score(place, readings)!, gradient);
 * // One of two tokens, with advantage 1: -(1 - 1/3) / 2 at the token, 1/3 / 2 at the others.
 * assertEquals([...gradient].map((slope) => Number(slope.toFixed(6))), [-0.333333, 0.166667, 0.166667]);
 * ```
 */
export function policyLoss(
  policy: StepPolicy,
  config: LossConfig,
  batch: LossBatch,
): PolicyLoss {
  checkLoss(config);
  const { completions, advantages } = batch;
  const kl = config.kl !== undefined && config.kl.coefficient !== 0 ? config.kl : undefined;
  if (kl && batch.reference === undefined) {
    throw new UsageError("Cannot penalise a divergence without a reference policy: set the KL coefficient to 0");
  }
  const { entropyBonus = 0 } = config;
  const pullsAll = kl !== undefined || entropyBonus !== 0;
  const isExcluded = (b: number, g: number) => batch.excluded?.[b][g] ?? false;
  const weights = groupWeights(config.aggregation, completions, isExcluded);
  const sequences = sequenceRatios(config, batch);
  const shared = { policy, config, kl };
  const losses = completions.map((group, b) =>
    group.map((_, g) =>
      new CompletionLoss(shared, {
        advantage: advantages[b][g],
        weight: weights[b][g],
        sequence: sequences?.[b][g],
        old: batch.old?.[b][g],
        reference: batch.reference?.[b][g],
      })
    )
  );

  return {
    activeGroups: [...completions.keys()].filter((b) =>
      advantages[b].some((a, g) => !isExcluded(b, g) && (pullsAll || a !== 0))
    ),
    rowLoss: (groups) => {
      /** Where an action lies in the batch; undefined where it carries no loss. */
      const find = ({ group, completion: g, action: t }: ActionPlace) => {
        const b = groups === undefined ? group : groups[group];
        const step = completions[b][g].steps[t];
        return isExcluded(b, g) || !isDrawn(step) ? undefined : { t, step, loss: losses[b][g] };
      };
      return {
        reads(place) {
          const found = find(place);
          return found === undefined ? NOTHING : found.loss.reads(found.t, found.step);
        },
        score(place, readings) {
          const found = find(place);
          if (found === undefined) return undefined;
          requireFinite(readings, place);
          return found.loss.visit(found.t, found.step, readings);
        },
      };
    },
    summary: () =>
      summarize(
        completions.flatMap((group, b) =>
          group.flatMap((completion, g) =>
            isExcluded(b, g) ? [] : {
              completion,
              weight: weights[b][g],
              unseenLoss: {
                thought: surrogateValue(surrogateOf(config, "thought"), advantages[b][g], 0, 0).value,
                token: surrogateValue(surrogateOf(config, "token"), advantages[b][g], 0, 0).value,
              },
              seen: losses[b][g].seen,
            }
          )
        ),
        { ...(kl && { kl: kl.coefficient }), entropy: entropyBonus },
        { thought: hasRatio(surrogateOf(config, "thought")), token: hasRatio(surrogateOf(config, "token")) },
      ),
  };
}

/** (B, G_b); 0 for the excluded, the others' as if those were not there. */
function groupWeights(
  aggregation: Aggregation,
  completions: LossBatch["completions"],
  isExcluded: (b: number, g: number) => boolean,
): Float64Array[] {
  const counted = completions.flatMap((group, b) => group.filter((_, g) => !isExcluded(b, g)));
  const weights = aggregationWeights(aggregation, counted.map(drawnLength));
  let next = 0;
  return completions.map((group, b) => Float64Array.from(group, (_, g) => isExcluded(b, g) ? 0 : weights[next++]));
}

/** Ratios over sequences, (B, G_b); undefined where ratios are over positions. */
function sequenceRatios(config: LossConfig, batch: LossBatch): SequenceRatio[][] | undefined {
  if (config.ratioOver === "token") return undefined;
  const { completions, current, old } = batch;
  if (old !== undefined && current === undefined) {
    throw new UsageError("Cannot form ratios over sequences without the current densities of the whole completions");
  }
  const { surrogate, ratioOver } = config;
  // All T losses of a completion hold the one ratio; surrogates that hold log π beside it differentiate that alone.
  const throughRatio = surrogate.kind === "clipped-ratio" || surrogate.kind === "sapo";
  return completions.map((group, b) =>
    group.map((completion, g) => {
      const length = drawnLength(completion);
      const spread = ratioOver === "sequence-sum" && throughRatio ? length : 1;
      if (old === undefined) return { logRatio: 0, spread };
      let sum = 0;
      completion.steps.forEach((step, t) => {
        if (!isDrawn(step)) return;
        sum += current![b][g].logDensities[t] - oldLogDensity(config, step, old[b][g].logDensities[t])!;
      });
      return { logRatio: ratioOver === "sequence-mean" ? sum / length : sum, spread };
    })
  );
}
