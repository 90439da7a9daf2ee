/**
 * What an experiment will cost, before it is run: tokens, floating-point operations, memory.
 *
 * Upper bounds: every completion is counted at its full length, which real ones rarely reach.
 *
 * @module
 */
import { armRuns, armTraining, type ResolvedExperimentConfig } from "./resolve.ts";
import { SEQUENCES_AT_ONCE } from "../evaluation/evaluation.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { ResolvedTraining } from "../training/config.ts";
import { adapterParameterCount } from "../models/adapted_layers.ts";
import { parameterCount } from "../models/parameters.ts";

/** AdamW's two moments. */
const MOMENTS = 2;

/** Counts of one kind of work over all runs. */
export interface Workload {
  /** Runs in all. */
  readonly runs: number;
  /** Runs that train. */
  readonly trainedRuns: number;
  /** Positions drawn in rollouts, and in evaluation. */
  readonly rolloutTokens: number;
  /** Most tokens of all evaluations. */
  readonly evaluationTokens: number;
  /** Positions of the forward and backward passes, prompts counted once per group. */
  readonly trainedTokens: number;
  /** Floating-point operations of all of it. */
  readonly decodeFlops: number;
  /** Floating-point operations of all updates. */
  readonly trainFlops: number;
  /** Bytes that one run holds. */
  readonly memory: MemoryEstimate;
  /** How the memory is used. */
  readonly layout: MemoryLayout;
}

/** Bytes held at the peak, apart from the sequences that are decoded. */
export interface MemoryEstimate {
  /** Bytes of the weights. */
  readonly weights: number;
  /** The frozen policy of a KL term; 0 where no arm has one. */
  readonly reference: number;
  /** Gradients and AdamW's moments; 0 where nothing is trained. */
  readonly training: number;
  /** Activations and attention scores of what one backward pass holds, and its logits; 0 where nothing is trained. */
  readonly activations: number;
  /** Keys and values of one sequence at its full length. */
  readonly sequence: number;
}

/** How a backend holds things. */
export interface MemoryLayout {
  /** Bytes per number. */
  readonly bytes: number;
  /** Bytes beside each weight that is trained: gradients, moments, and what is trained where that is wider. */
  readonly trainedBytes: number;
  /** Bytes of each weight of a frozen reference (default `bytes`). */
  readonly referenceBytes?: number;
  /** Positions whose activations are held at once; absent: those of one completion with its prompt. */
  readonly positions?: number;
  /** Whether a layer's activations are computed again in the backward pass, so that one layer's are held. */
  readonly recompute: boolean;
  /** Whether attention scores are held whole, positions by positions. */
  readonly wholeScores: boolean;
  /** Most sequences decoded at once. */
  readonly sequences: number;
}

/** tfjs on a GPU: 32-bit floats, one completion at a time, layers recomputed. */
export const GPU_LAYOUT: MemoryLayout = {
  bytes: Float32Array.BYTES_PER_ELEMENT,
  trainedBytes: (1 + MOMENTS) * Float32Array.BYTES_PER_ELEMENT,
  recompute: true,
  wholeScores: true,
  sequences: SEQUENCES_AT_ONCE,
};

/** Most sequences that torch decodes at once on a GPU, however much room there is. */
const TORCH_SEQUENCES = 512;
/** Positions of a micro-batch of torch. */
const TORCH_POSITIONS = 8192;

/**
 * torch: gradients, moments and what is trained in 32 bits, beside what computes; layers recomputed, attention in blocks.
 *
 * @param pieces devices that share them; what computes is put together on each while it decodes, a reference never
 */
export function torchLayout(dtype: "float32" | "bfloat16", pieces = 1): MemoryLayout {
  const narrow = dtype === "bfloat16";
  const isShared = pieces > 1;
  const wide = Float32Array.BYTES_PER_ELEMENT / pieces;
  return {
    bytes: narrow ? 2 : Float32Array.BYTES_PER_ELEMENT,
    trainedBytes: (1 + MOMENTS + (narrow || isShared ? 1 : 0)) * wide,
    ...(isShared && { referenceBytes: wide }),
    positions: TORCH_POSITIONS,
    recompute: true,
    wholeScores: false,
    sequences: TORCH_SEQUENCES,
  };
}

/** Share of a card that is left after driver, libraries and fragmentation. */
const USABLE = 0.9;

/** Whether an experiment fits a memory, and what decides. */
export interface Fit {
  /** Whether at least one sequence fits. */
  readonly fits: boolean;
  /** Sequences that can be decoded at once in what is left. */
  readonly sequences: number;
  /** Bytes needed with one sequence, and bytes there. */
  readonly needed: number;
  /** Bytes that may be used. */
  readonly usable: number;
}

/** Whether the work fits `capacity` bytes of a card. */
export function fit({ memory, layout }: Workload, capacity: number, usableShare = USABLE): Fit {
  const fixed = memory.weights + memory.reference + memory.training + memory.activations;
  const usable = capacity * usableShare;
  const sequences = Math.max(0, Math.min(layout.sequences, Math.floor((usable - fixed) / memory.sequence)));
  return { fits: sequences > 0, sequences, needed: fixed + memory.sequence, usable };
}

/** A multiply and an add for each weight and position; the backward pass takes twice the forward pass. */
const FLOPS_PER_WEIGHT = 2;
const PASSES_OF_TRAINING = 3;
/** Numbers kept per position and layer, in multiples of D, F and the head widths; see `engine/activations.ts`. */
const KEPT_WIDTHS = { hidden: 6, intermediate: 3 };
/** Scores, their softmax, and its gradient. */
const SCORE_COPIES = 3;
/** Logits and their gradient, in chunks of positions. */
const LOGIT_COPIES = 2;
const CHUNK_POSITIONS = 1024;

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
  const runs = armRuns(config);
  const trained = runs.filter(({ arm }) => arm.objective !== undefined).map(({ arm }) => armTraining(config, arm));
  const total = (count: (training: ResolvedTraining) => number) => trained.reduce((sum, own) => sum + count(own), 0);
  const trainedPrompts = total(({ steps, promptsPerStep }) => steps * promptsPerStep);
  const completions = total(({ steps, promptsPerStep, groupSize }) => steps * promptsPerStep * groupSize);
  const rolloutTokens = completions * config.maxNewTokens;
  const evaluations = runs.reduce((sum, { arm }) => sum + arm.evaluations.length, 0);
  const evaluated = evaluations * problems.reduce((sum, count) => sum + count, 0);
  const evaluationTokens = evaluated * config.samples * config.evaluationMaxNewTokens;
  const prompts = (trainedPrompts + evaluated) * promptTokens;
  const trainedTokens = rolloutTokens + trainedPrompts * promptTokens;
  const weights = parameterCount(model);
  return {
    runs: runs.length,
    trainedRuns: trained.length,
    rolloutTokens,
    evaluationTokens,
    trainedTokens,
    decodeFlops: FLOPS_PER_WEIGHT * weights * (rolloutTokens + evaluationTokens + prompts),
    trainFlops: FLOPS_PER_WEIGHT * PASSES_OF_TRAINING * weights * trainedTokens,
    memory: memoryEstimate(config, model, promptTokens, layout),
    layout,
  };
}

function memoryEstimate(
  config: ResolvedExperimentConfig,
  model: ModelConfig,
  promptTokens: number,
  layout: MemoryLayout,
): MemoryEstimate {
  const { bytes } = layout;
  const parameters = parameterCount(model);
  const trained = config.arms.filter(({ objective }) => objective !== undefined);
  const { adapter } = config.training;
  // Without its adapter a model is its own reference.
  const anchored = adapter === undefined &&
    trained.some(({ objective }) => (objective!.loss.kl?.coefficient ?? 0) !== 0);
  const moved = adapter === undefined ? parameters : adapterParameterCount(model, adapter);
  const longest = promptTokens + Math.max(config.maxNewTokens, config.evaluationMaxNewTokens);
  const positions = layout.positions ?? promptTokens + config.maxNewTokens;
  const headWidths = (model.heads + 2 * model.keyValueHeads) * model.headSize;
  const layer = KEPT_WIDTHS.hidden * model.hiddenSize + KEPT_WIDTHS.intermediate * model.intermediateSize + headWidths;
  const layers = layout.recompute ? layer + model.layers * model.hiddenSize : model.layers * layer;
  const scores = layout.wholeScores ? SCORE_COPIES * model.heads * positions ** 2 : 0;
  const logits = LOGIT_COPIES * Math.min(positions, CHUNK_POSITIONS) * model.vocabularySize;
  return {
    weights: parameters * bytes,
    reference: anchored ? parameters * (layout.referenceBytes ?? bytes) : 0,
    training: trained.length > 0 ? moved * layout.trainedBytes : 0,
    activations: trained.length > 0 ? (positions * layers + scores + logits) * bytes : 0,
    sequence: longest * model.layers * 2 * model.keyValueHeads * model.headSize * bytes,
  };
}
