/**
 * Shapes of the paper's checkpoints, as their `config.json` has them at the pinned revisions: what a dry run needs before
 * anything is fetched.
 *
 * @module
 */
import type { ModelConfig } from "../models/model_config.ts";

const R1_DISTILL = {
  family: "qwen2",
  layers: 28,
  headSize: 128,
  ropeTheta: 10_000,
  rmsNormEpsilon: 1e-6,
  tiedEmbeddings: false,
  qkvBias: true,
  qkNorm: false,
  maxPositions: 131_072,
} as const;

const KNOWN_SHAPES: Readonly<Record<string, ModelConfig>> = {
  "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B": {
    ...R1_DISTILL,
    vocabularySize: 151_936,
    hiddenSize: 1536,
    heads: 12,
    keyValueHeads: 2,
    intermediateSize: 8960,
  },
  "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B": {
    ...R1_DISTILL,
    vocabularySize: 152_064,
    hiddenSize: 3584,
    heads: 28,
    keyValueHeads: 4,
    intermediateSize: 18_944,
  },
  "meta-llama/Llama-3.2-3B-Instruct": {
    family: "llama",
    vocabularySize: 128_256,
    hiddenSize: 3072,
    layers: 28,
    heads: 24,
    keyValueHeads: 8,
    headSize: 128,
    intermediateSize: 8192,
    ropeTheta: 500_000,
    ropeScaling: {
      kind: "llama3",
      factor: 32,
      lowFrequencyFactor: 1,
      highFrequencyFactor: 4,
      originalMaxPositions: 8192,
    },
    rmsNormEpsilon: 1e-5,
    tiedEmbeddings: true,
    qkvBias: false,
    qkNorm: false,
    maxPositions: 131_072,
  },
};

/** The shape of `org/name` or `org/name@revision`, where it is known. */
export function knownShape(model: string): ModelConfig | undefined {
  return KNOWN_SHAPES[model.replace(/@.*$/, "")];
}
