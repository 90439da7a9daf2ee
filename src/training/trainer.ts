/**
 * The training loop on one page: problems -> rollout -> reward -> advantage -> update, no algorithm named in it.
 *
 * @module
 */
import { advantageGroups } from "./advantage_groups.ts";
import { type Timing, untimed } from "../clock.ts";
import { safePoint } from "../interruption.ts";
import { requireObjectiveFits, type ResolvedObjective } from "./objective.ts";
import type { TrainingSource } from "../datasets/training_source.ts";
import type { TrainingExamination } from "../grading/examination.ts";
import type { LanguageModel } from "../models/language_model.ts";
import { updateRate } from "./optimizer.ts";
import type { RolloutSettings } from "../rollout/rollout.ts";
import { rolloutFigures } from "./rollout_figures.ts";
import { StepFollower, type StepPart, type StepProgress } from "./step_progress.ts";
import { type DrawnCompletion, drawStep } from "./step_rollout.ts";
import { updatePolicy } from "./update.ts";
import type { ResolvedTraining } from "./config.ts";
import type { CurvePoint } from "./curve.ts";

/** What training needs beside the model. */
export interface TrainingRequest {
  /** The policy; its weights change. */
  readonly model: LanguageModel;
  /** The frozen policy of the KL term; needed where its coefficient is not 0. */
  readonly reference?: LanguageModel;
  /** How the arm is paid and updated. */
  readonly objective: ResolvedObjective;
  /** Steps, batch, updates per rollout and optimizer. */
  readonly training: ResolvedTraining;
  /** How completions are drawn. */
  readonly settings: RolloutSettings;
  /** Where problems come from. */
  readonly source: TrainingSource;
  /** Seed of all noise. */
  readonly seed: number;
  /** How problems are put and completions judged. */
  readonly examination: TrainingExamination;
  /** Stops the training soon after it is aborted. */
  readonly abort?: AbortSignal;
  /** Told of each completion once it is paid, in the order of prompts and samples. */
  readonly onCompletion?: (drawn: DrawnCompletion) => void;
  /** Told now and then how far a step is. */
  readonly onProgress?: (progress: StepProgress) => void;
  /** Times the parts of every step (default: nothing does). */
  readonly timing?: Timing<StepPart>;
}

/**
 * Trains from step `first` on, one rollout per step.
 *
 * A generator, so that whoever drives it decides what is logged and saved between steps; the model stands at the end of
 * the yielded step.
 *
 * @param first the step to begin with, from 1
 * @throws {InterruptedError} If `abort` is aborted: the model then stands at the end of the step that was yielded last
 * @throws {InterruptedStepError} If `abort` is aborted after the first of several updates of a step
 * @throws {UsageError} Before the first step, if the objective does not fit group or completion
 * @throws {BenchError} If the grader fails on every completion of a step
 * @throws {BenchError} If the model's logits are not finite, with the problem and the step
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { createAlgorithm } from "../algorithms/registry.ts";
 * import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
 * import { loadTrainingSource } from "../datasets/registry.ts";
 * import { createEngine } from "../engine/engine.ts";
 * import { grade } from "../grading/grade.ts";
 * import { loadTokenizer } from "../prompt/tokenizer.ts";
 * import { createAnswerSampler } from "../rollout/answer_sampler.ts";
 * import { completionTokens } from "../rollout/completion.ts";
 * import { ADVANTAGE_PRESETS } from "./advantage.ts";
 * import { LOSS_PRESETS } from "./loss/loss_config.ts";
 * import { ADAMW_PRESETS } from "./optimizer.ts";
 *
 * const { config, weights, endTokens } = await loadCheckpoint("models/tiny");
 * const tokenizer = await loadTokenizer("models/tiny");
 * const model = await createEngine(config, weights, { workers: 1 });
 * const filter = { temperature: 1 };
 * const steps = trainPolicy({
 *   model,
 *   objective: {
 *     advantage: ADVANTAGE_PRESETS.verl,
 *     loss: LOSS_PRESETS["on-policy"],
 *     reward: { correct: 1, extracted: 0, missing: 0 },
 *   },
 *   training: {
 *     source: "arithmetic",
 *     steps: 2,
 *     promptsPerStep: 2,
 *     groupSize: 3,
 *     minibatches: 1,
 *     optimizer: ADAMW_PRESETS.embedded,
 *     checkpointEvery: 1,
 *   },
 *   settings: {
 *     algorithm: createAlgorithm({ name: "discrete-grpo", filter }),
 *     answers: createAnswerSampler({ rule: "sample", filter }),
 *     thinking: { end: [tokenizer.tokenId("</think>")!], endIsDrawn: true, afterEnd: [] },
 *     endTokens,
 *     maxNewTokens: 40,
 *   },
 *   source: await loadTrainingSource("arithmetic", { seed: 1 }),
 *   seed: 1,
 *   examination: {
 *     prompt: ({ question }) => tokenizer.encode(`<user>${question}<assistant><think>`),
 *     text: (completion) => tokenizer.decode(completionTokens(completion)),
 *     grade: (text, { answer }) => grade(text, answer, { thinking: true }),
 *   },
 * });
 * for await (const { reward } of steps) assert(reward >= 0 && reward <= 1);
 * await model.dispose();
 * ```
 */
export async function* trainPolicy(request: TrainingRequest, first = 1): AsyncGenerator<CurvePoint> {
  const { model, training, settings, objective, timing = untimed } = request;
  const { steps, promptsPerStep, groupSize, optimizer } = training;
  requireObjectiveFits(objective, { groupSize, maxNewTokens: settings.maxNewTokens });
  for (let step = first; step <= steps; step++) {
    await safePoint(request.abort);
    const follower = new StepFollower(step, promptsPerStep * groupSize * settings.maxNewTokens, request.onProgress);
    const drawn = await timing("rollout", () => drawStep(request, step, follower));
    const groups = advantageGroups(drawn.groups, objective.advantage);

    const { minibatches } = training;
    const update = () =>
      updatePolicy({
        model,
        ...(request.reference && { reference: request.reference }),
        policy: settings,
        loss: objective.loss,
        optimizer,
        learningRate: (minibatch) => updateRate(optimizer, { rollout: step, rollouts: steps, minibatch, minibatches }),
        minibatches,
        updatesBefore: (step - 1) * minibatches,
        groups,
        abort: request.abort,
        follower,
      });
    // Where every group was left out, there is nothing to learn from.
    const summary = groups.length === 0 ? {} : await timing("update", update);

    yield { step, ...rolloutFigures(drawn, training.equalGroups), ...summary };
  }
}
