/**
 * The work that is timed: the very rollout and update of the trainer on made-up prompts, and every completion at its full
 * length.
 *
 * @module
 */
import { ALGORITHM_PRESETS, type AlgorithmConfig, createAlgorithm } from "../../src/algorithms/registry.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { type Completion, completionTokens } from "../../src/rollout/completion.ts";
import { rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { ADVANTAGE_PRESETS, groupAdvantages } from "../../src/training/advantage.ts";
import { LOSS_PRESETS, type LossConfig } from "../../src/training/loss/loss.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import { updatePolicy } from "../../src/training/update.ts";
import { LEARNING_RATE, randomPrompts, rewardOf } from "../peers/workload.ts";
import type { WorkSize } from "./shapes.ts";

/** An algorithm and the loss of its update. */
export interface WaySettings {
  readonly algorithm: AlgorithmConfig;
  readonly loss: LossConfig;
}

/** Ways to think that are timed. */
export type Way = "discrete" | "soft-thinking" | "soft-tokens" | "multiplex";
/** Those that `gpu:check` times. */
export const WAYS: readonly Way[] = ["discrete", "soft-thinking", "soft-tokens"];

/** What each way trains by. */
export const WAY_SETTINGS: Readonly<Record<Way, WaySettings>> = {
  discrete: { algorithm: ALGORITHM_PRESETS["discrete-grpo"].paper, loss: LOSS_PRESETS["on-policy"] },
  "soft-thinking": {
    algorithm: ALGORITHM_PRESETS["soft-thinking-grpo"].paper,
    loss: LOSS_PRESETS["on-policy"],
  },
  "soft-tokens": {
    algorithm: ALGORITHM_PRESETS["soft-tokens-grpo"].soft,
    loss: LOSS_PRESETS["soft-tokens-grpo"],
  },
  multiplex: { algorithm: ALGORITHM_PRESETS["multiplex-grpo"].release, loss: LOSS_PRESETS["on-policy"] },
};

/** No prompt holds it, and a completion ends with nothing: all of a soft one is thought, its dearest part. */
const NEVER = 62;

/** How completions are drawn. */
export async function settingsOf(way: Way, model: LanguageModel, tokens: number): Promise<RolloutSettings> {
  return {
    algorithm: createAlgorithm(WAY_SETTINGS[way].algorithm, await model.coordinateRms([])),
    answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1 } }),
    thinking: {
      end: way === "discrete" ? [] : [NEVER],
      endIsDrawn: way !== "soft-tokens",
      afterEnd: [],
      minThoughts: tokens,
    },
    endTokens: [],
    maxNewTokens: tokens,
  };
}

/** Draws the completions of some prompts. */
export async function decode(
  model: LanguageModel,
  settings: RolloutSettings,
  size: WorkSize,
  round: number,
): Promise<Completion[][]> {
  const streams = (problem: number) =>
    Array.from(
      { length: size.group },
      (_, sample) =>
        noiseStream({ seed: 1, purpose: `gpu-check/${round}`, dataset: "", problem: `${problem}`, sample }),
    );
  const prompts = randomPrompts(size.prompts, size.promptTokens).map((ids, b) => ({ ids, streams: streams(b) }));
  return await rollout(model, prompts, settings);
}

/** One GRPO step. */
export async function step(
  model: LanguageModel,
  way: Way,
  settings: RolloutSettings,
  size: WorkSize,
  round: number,
): Promise<{ readonly decodeSeconds: number; readonly seconds: number }> {
  const started = performance.now();
  const completions = await decode(model, settings, size, round);
  const decoded = performance.now();
  const rewards = completions.map((own) => own.map((completion) => rewardOf(completionTokens(completion))));
  const advantages = groupAdvantages(rewards, ADVANTAGE_PRESETS.trl);
  await updatePolicy({
    model,
    policy: settings,
    loss: WAY_SETTINGS[way].loss,
    optimizer: ADAMW_PRESETS.embedded,
    learningRate: () => LEARNING_RATE,
    minibatches: 1,
    updatesBefore: round,
    groups: randomPrompts(size.prompts, size.promptTokens)
      .map((prompt, b) => ({ prompt, completions: completions[b], advantages: advantages[b] })),
  });
  return { decodeSeconds: (decoded - started) / 1000, seconds: (performance.now() - started) / 1000 };
}
