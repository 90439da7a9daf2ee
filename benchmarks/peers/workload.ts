/**
 * The work that is timed everywhere: one GRPO step of a small Qwen2-style decoder, 16 prompts of 16 tokens, 8
 * completions each of up to 56 tokens. `step_peer.py` does the same.
 *
 * @module
 */
import type { HostTensor, NamedTensors } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { layoutParameters } from "../../src/engine/parameters.ts";
import { noiseStream, RandomSequence } from "../../src/random/streams.ts";

export const PROMPTS = 16;
export const GROUP = 8;
export const PROMPT_TOKENS = 16;
export const COMPLETION_TOKENS = 56;
export const VOCABULARY = 64;
/** The last two ids of the vocabulary; prompts hold the others. */
export const PAD_TOKEN = 62;
export const END_TOKEN = 63;
/**
 * What is rewarded: how many tokens have an even id. Within a group these counts all but never agree, whichever tokens a
 * peer's own decoding leaves, so that no peer may skip a group as one without a gradient.
 */
export const rewardOf = (completion: Int32Array): number => completion.filter((token) => token % 2 === 0).length;
/** Small, so that the law of lengths stays that of the untrained model during a measurement. */
export const LEARNING_RATE = 1e-6;
const HEAD_SIZE = 32, LAYERS = 4;
/** Standard deviation of initial weights, the default of transformers. */
const INITIAL_SCALE = 0.02;

/** Width of the SwiGLU layer beside each width of the model: 2.75 times. */
export function modelOf(hiddenSize: number): ModelConfig {
  return {
    family: "qwen2",
    vocabularySize: VOCABULARY,
    hiddenSize,
    layers: LAYERS,
    heads: hiddenSize / HEAD_SIZE,
    keyValueHeads: hiddenSize / HEAD_SIZE,
    headSize: HEAD_SIZE,
    intermediateSize: hiddenSize * 11 / 4,
    ropeTheta: 10_000,
    rmsNormEpsilon: 1e-6,
    tiedEmbeddings: true,
    qkvBias: true,
    qkNorm: false,
    maxPositions: 256,
  };
}

/** Weights as a fresh transformers model has them: normal, biases 0, norms 1. */
export function initialWeights(config: ModelConfig): NamedTensors {
  const stream = noiseStream({ seed: 1, purpose: "peers", dataset: "weights", problem: "", sample: 0 });
  const tensors = new Map<string, HostTensor>();
  layoutParameters(config).tensors.forEach(({ name, shape }, position) => {
    const noise = stream.at(position);
    const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
    if (name.includes("norm")) data.fill(1);
    else if (!name.endsWith("bias")) {
      for (let i = 0; i < data.length; i++) data[i] = INITIAL_SCALE * noise.gaussian(i);
    }
    tensors.set(name, { shape, data });
  });
  return tensors;
}

/** Number of parameters. */
export function parameterCount(config: ModelConfig): number {
  return layoutParameters(config).tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** Random prompts without special tokens. */
export function randomPrompts(count = PROMPTS, length = PROMPT_TOKENS): Int32Array[] {
  const sequence = new RandomSequence("peers", "prompts");
  return Array.from({ length: count }, () => Int32Array.from({ length }, () => sequence.integer(PAD_TOKEN)));
}

/**
 * Multiply-adds of one step times two, the arithmetic that cannot be avoided: prompts once a group, completions in
 * decoding and in training, three products a weight in training; attention left out.
 */
export function stepFlops(config: ModelConfig, prompts = PROMPTS, completionTokens = COMPLETION_TOKENS): number {
  const { hiddenSize: D, intermediateSize: F, vocabularySize: V, layers } = config;
  const block = 2 * layers * (4 * D * D + 3 * D * F), head = 2 * D * V;
  const fed = prompts * PROMPT_TOKENS, written = prompts * GROUP * completionTokens;
  // Decoding takes each position through the model once, training three times.
  return (fed + written) * (1 + 3) * block + written * (1 + 3) * head;
}
