/**
 * What an experiment will cost, before it is run: tokens, floating-point operations, memory.
 *
 * Upper bounds: every completion is counted at its full length, which real ones rarely reach.
 *
 * @module
 */
import { armRuns, type ResolvedExperimentConfig } from "./config.ts";
import type { ModelConfig } from "./models/model_config.ts";
import { parameterCount } from "./models/parameters.ts";

/** Counts of one kind of work over all runs. */
export interface Workload {
  readonly runs: number;
  readonly trainedRuns: number;
  /** Positions drawn in rollouts, and in evaluation. */
  readonly rolloutTokens: number;
  readonly evaluationTokens: number;
  /** Positions of the forward and backward passes, prompts counted once a group. */
  readonly trainedTokens: number;
  /** Floating-point operations of all of it. */
  readonly decodeFlops: number;
  readonly trainFlops: number;
  readonly memory: MemoryEstimate;
}

/** Bytes held at the peak. */
export interface MemoryEstimate {
  readonly weights: number;
  /** Gradients and AdamW's moments; 0 where nothing is trained. */
  readonly training: number;
  /** Keys and values of all sequences decoded at once. */
  readonly cache: number;
  /** Activations kept for one group's backward pass, and its logits. */
  readonly activations: number;
  readonly total: number;
}

/** How a backend holds things, in bytes a number and copies. */
export interface MemoryLayout {
  readonly bytes: number;
  /** Copies of the gradient (shards of a fixed reduction tree). */
  readonly gradientCopies: number;
  /** Groups whose activations are held at once. */
  readonly groupsAtOnce: number;
  /** Sequences decoded at once. */
  readonly sequencesAtOnce: number;
}

/** A multiply and an add for each weight and position; the backward pass takes twice the forward pass. */
const FLOPS_A_WEIGHT = 2;
const PASSES_OF_TRAINING = 3;
/** AdamW's two moments. */
const MOMENTS = 2;
/** Numbers kept a position and layer, in multiples of D, F and the head widths; see `engine/activations.ts`. */
const KEPT_WIDTHS = { hidden: 6, intermediate: 3 };

/**
 * The cost of an experiment on a model.
 *
 * @param problems problems of each evaluation dataset
 * @param promptTokens mean prompt length
 */
export function workload(
  config: ResolvedExperimentConfig,
  model: ModelConfig,
  problems: readonly number[],
  promptTokens: number,
  layout: MemoryLayout,
): Workload {
  const { steps, promptsPerStep, groupSize } = config.training;
  const runs = armRuns(config);
  const trainedRuns = runs.filter(({ arm }) => arm.training !== undefined).length;
  const completions = trainedRuns * steps * promptsPerStep * groupSize;
  const rolloutTokens = completions * config.maxNewTokens;
  const evaluations = runs.reduce((sum, { arm }) => sum + arm.evaluations.length, 0);
  const evaluated = evaluations * problems.reduce((sum, count) => sum + count, 0);
  const evaluationTokens = evaluated * config.samples * config.evaluationMaxNewTokens;
  const prompts = (trainedRuns * steps * promptsPerStep + evaluated) * promptTokens;
  const trainedTokens = rolloutTokens + trainedRuns * steps * promptsPerStep * promptTokens;
  const weights = parameterCount(model);
  return {
    runs: runs.length,
    trainedRuns,
    rolloutTokens,
    evaluationTokens,
    trainedTokens,
    decodeFlops: FLOPS_A_WEIGHT * weights * (rolloutTokens + evaluationTokens + prompts),
    trainFlops: FLOPS_A_WEIGHT * PASSES_OF_TRAINING * weights * trainedTokens,
    memory: memoryEstimate(config, model, promptTokens, layout, trainedRuns > 0),
  };
}

function memoryEstimate(
  config: ResolvedExperimentConfig,
  model: ModelConfig,
  promptTokens: number,
  layout: MemoryLayout,
  trains: boolean,
): MemoryEstimate {
  const { bytes } = layout;
  const parameters = parameterCount(model);
  const length = promptTokens + Math.max(config.maxNewTokens, config.evaluationMaxNewTokens);
  const weights = parameters * bytes;
  // Moments stay in 32 bits whatever the weights are.
  const training = trains ? parameters * (layout.gradientCopies * bytes + MOMENTS * Float32Array.BYTES_PER_ELEMENT) : 0;
  const cache = layout.sequencesAtOnce * length * model.layers * 2 * model.keyValueHeads * model.headSize * bytes;
  const positions = layout.groupsAtOnce * (promptTokens + config.training.groupSize * config.maxNewTokens);
  const width = KEPT_WIDTHS.hidden * model.hiddenSize + KEPT_WIDTHS.intermediate * model.intermediateSize +
    (model.heads + 2 * model.keyValueHeads) * model.headSize;
  const activations = trains ? positions * (model.layers * width + 2 * model.vocabularySize) * bytes : 0;
  return { weights, training, cache, activations, total: weights + training + cache + activations };
}
