/**
 * One GRPO step of this project, timed: the very rollout, advantages, loss and update of the trainer.
 *
 * @module
 */
import { ADVANTAGE_PRESETS, groupAdvantages } from "../../src/training/advantage.ts";
import { createAlgorithm } from "../../src/algorithms/registry.ts";
import { createAnswerSampler } from "../../src/rollout/answer_sampler.ts";
import { completionTokens } from "../../src/rollout/completion.ts";
import { createEngine, type EngineModel, type EngineOptions } from "../../src/engine/engine.ts";
import { ADAMW_PRESETS } from "../../src/training/optimizer.ts";
import type { LossConfig } from "../../src/training/loss/loss.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { rollout, type RolloutSettings } from "../../src/rollout/rollout.ts";
import { updatePolicy } from "../../src/training/update.ts";
import { type Way, WAY_SETTINGS } from "../gpu/work.ts";
import {
  COMPLETION_TOKENS,
  END_TOKEN,
  GROUP,
  initialWeights,
  LEARNING_RATE,
  modelOf,
  PROMPTS,
  randomPrompts,
  rewardOf,
  VOCABULARY,
} from "./workload.ts";

/** A token that no row of logits has, so that nothing ends the thinking. */
const NEVER = VOCABULARY;

/** What one timed step took. */
export interface StepTime {
  readonly seconds: number;
  /** Of them, writing the completions. */
  readonly decodeSeconds: number;
  /** Completion tokens. */
  readonly tokens: number;
}

/** Something that can take the step again and again. */
export interface Peer {
  readonly name: string;
  step(): Promise<StepTime>;
  close(): Promise<void>;
}

/** Which step. */
export interface StepOptions {
  readonly hiddenSize: number;
  /** Whether completions end at the end token; otherwise all have the full length. */
  readonly varying: boolean;
  readonly prompts?: number;
  readonly group?: number;
  readonly completionTokens?: number;
}

/** How the engine takes it. */
export interface EnginePeerOptions extends StepOptions, EngineOptions {
  readonly name: string;
  /** How it thinks; soft GRPO of Butt et al. has a step of its own. */
  readonly way: Exclude<Way, "soft-tokens">;
}

/** The engine as a peer. */
export async function startEnginePeer(options: EnginePeerOptions): Promise<Peer> {
  const config = modelOf(options.hiddenSize);
  const { workers, products, kernels } = options;
  const model = await createEngine(config, initialWeights(config), {
    ...(workers !== undefined && { workers }),
    ...(products !== undefined && { products }),
    ...(kernels !== undefined && { kernels }),
  });
  const settings = rolloutSettings(options), { loss } = WAY_SETTINGS[options.way];
  const prompts = randomPrompts(options.prompts ?? PROMPTS);
  let steps = 0;
  return {
    name: options.name,
    step: () => takeStep(model, { settings, loss }, prompts, options.group ?? GROUP, ++steps),
    close: () => model.dispose(),
  };
}

function rolloutSettings(options: EnginePeerOptions): RolloutSettings {
  return {
    algorithm: createAlgorithm(WAY_SETTINGS[options.way].algorithm),
    answers: createAnswerSampler({ rule: "sample", filter: { temperature: 1 } }),
    // All of a soft completion is thought, the dearest case; of a discrete one, all is answer.
    thinking: { end: options.way === "discrete" ? [] : [NEVER], endIsDrawn: true, afterEnd: [] },
    endTokens: options.varying ? [END_TOKEN] : [],
    maxNewTokens: options.completionTokens ?? COMPLETION_TOKENS,
  };
}

/** What is drawn and by which loss it trains. */
interface StepSettings {
  readonly settings: RolloutSettings;
  readonly loss: LossConfig;
}

async function takeStep(
  model: EngineModel,
  { settings, loss }: StepSettings,
  prompts: readonly Int32Array[],
  group: number,
  step: number,
): Promise<StepTime> {
  const started = performance.now();
  const completions = await rollout(
    model,
    prompts.map((ids, problem) => ({
      ids,
      streams: Array.from(
        { length: group },
        (_, sample) =>
          noiseStream({ seed: 1, purpose: `rollout/${step}`, dataset: "peers", problem: String(problem), sample }),
      ),
    })),
    { ...settings, willTrain: true },
  );
  const decoded = performance.now();
  const rewards = completions.map((own) => own.map((completion) => rewardOf(completionTokens(completion))));
  const advantages = groupAdvantages(rewards, ADVANTAGE_PRESETS.trl);
  await updatePolicy({
    model,
    policy: settings,
    loss,
    optimizer: ADAMW_PRESETS.embedded,
    learningRate: () => LEARNING_RATE,
    minibatches: 1,
    updatesBefore: step - 1,
    groups: prompts.map((prompt, b) => ({ prompt, completions: completions[b], advantages: advantages[b] })),
  });
  const ended = performance.now();
  return {
    seconds: (ended - started) / 1000,
    decodeSeconds: (decoded - started) / 1000,
    tokens: completions.flat().reduce((sum, completion) => sum + completion.steps.length, 0),
  };
}
