/**
 * The training loop on one page: problems -> rollout -> reward -> advantage -> update, no algorithm named in it.
 *
 * Letters: `B` prompts, `G` completions per prompt.
 *
 * @module
 */
import { groupAdvantages } from "./advantage.ts";
import { safePoint } from "../interruption.ts";
import type { Completion } from "../rollout/completion.ts";
import type { ObjectiveConfig } from "./objective.ts";
import type { TrainingSource } from "../datasets/training_source.ts";
import type { Examination } from "../grading/examination.ts";
import { drawnLength } from "./loss/step_density.ts";
import type { LanguageModel } from "../models/language_model.ts";
import { learningRate } from "./optimizer.ts";
import { noiseStream } from "../random/streams.ts";
import { reward } from "../grading/reward.ts";
import { rollout, type RolloutSettings } from "../rollout/rollout.ts";
import { updatePolicy } from "./update.ts";
import type { TrainingConfig } from "./config.ts";
import type { CurvePoint } from "./curve.ts";

/** What training needs beside the model. */
export interface TrainingRequest {
  /** The policy; its weights change. */
  readonly model: LanguageModel;
  /** The frozen policy of the KL term; needed where its coefficient is not 0. */
  readonly reference?: LanguageModel;
  /** How the arm is paid and updated. */
  readonly objective: Required<ObjectiveConfig>;
  /** Steps, batch, updates per rollout and optimizer. */
  readonly training: Required<TrainingConfig>;
  /** How completions are drawn. */
  readonly settings: RolloutSettings;
  /** Where problems come from. */
  readonly source: TrainingSource;
  /** Seed of all noise. */
  readonly seed: number;
  /** How problems are put and completions judged. */
  readonly examination: Examination;
  /** Stops the training between two steps. */
  readonly abort?: AbortSignal;
}

/**
 * Trains from step `first` on, one rollout per step.
 *
 * A generator, so that whoever drives it decides what is logged and saved between steps; the model stands at the end of
 * the yielded step.
 *
 * @param first the step to begin with, from 1
 * @throws {InterruptedError} Between two steps, if `abort` is aborted
 */
export async function* trainPolicy(request: TrainingRequest, first = 1): AsyncGenerator<CurvePoint> {
  const { model, training, settings, source, objective, examination } = request;
  const { steps, promptsPerStep, groupSize, optimizer } = training;
  for (let step = first; step <= steps; step++) {
    await safePoint(request.abort);
    const problems = source.problems(step - 1, promptsPerStep);
    const prompts = problems.map((problem) => ({
      ids: examination.prompt(problem),
      streams: Array.from({ length: groupSize }, (_, sample) =>
        noiseStream({
          seed: request.seed,
          purpose: `rollout/${step}`,
          dataset: source.name,
          problem: problem.id,
          sample,
        })),
    }));
    const completions = await rollout(model, prompts, settings);

    const rewards = completions.map((group, b) =>
      group.map((completion) => reward(examination.grade(examination.text(completion), problems[b]), objective.reward))
    );
    const advantages = groupAdvantages(
      rewards,
      objective.advantage,
      completions.map((group) => group.map(drawnLength)),
    );

    const rate = learningRate(optimizer, step, steps);
    const summary = await updatePolicy({
      model,
      ...(request.reference && { reference: request.reference }),
      policy: settings,
      loss: objective.loss,
      optimizer,
      learningRate: rate,
      minibatches: training.minibatches,
      updatesBefore: (step - 1) * training.minibatches,
      groups: prompts.map(({ ids }, b) => ({ prompt: ids, completions: completions[b], advantages: advantages[b] })),
    });

    yield {
      step,
      ...rolloutFigures(completions, rewards, objective.reward.correct),
      learningRate: rate,
      ...summary,
    };
  }
}

/** What a step's completions came to. */
function rolloutFigures(
  completions: readonly Completion[][],
  rewards: readonly number[][],
  best: number,
): Pick<CurvePoint, "reward" | "tokens" | "truncated" | "equalGroups"> & { reward: number } {
  const all = completions.flat();
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    // In [0, 1] whatever a right answer is paid, so that curves of all arms can be compared.
    reward: mean(rewards.flat()) / best,
    tokens: mean(all.map((completion) => completion.steps.length)),
    truncated: mean(all.map((completion) => (completion.finish === "length" ? 1 : 0))),
    equalGroups: mean(rewards.map((group) => (group.every((value) => value === group[0]) ? 1 : 0))),
  };
}
