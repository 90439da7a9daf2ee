/**
 * What `gpu:check` measures on a GPU, and the sizes that a CPU finishes.
 *
 * @module
 */
import type { ModelConfig } from "../../src/models/model_config.ts";
import { modelOf } from "../peers/workload.ts";

/** Qwen2 of 0.5 and 1.5 B parameters: heads, widths and vocabulary as published. */
const QWEN2 = {
  family: "qwen2",
  vocabularySize: 151_936,
  keyValueHeads: 2,
  ropeTheta: 1_000_000,
  rmsNormEpsilon: 1e-6,
  tiedEmbeddings: true,
  qkvBias: true,
  qkNorm: false,
  maxPositions: 32_768,
} as const;
const QWEN2_HALF_B: ModelConfig = {
  ...QWEN2,
  hiddenSize: 896,
  layers: 24,
  heads: 14,
  headSize: 64,
  intermediateSize: 4864,
};
const QWEN2_1_5B: ModelConfig = {
  ...QWEN2,
  hiddenSize: 1536,
  layers: 28,
  heads: 12,
  headSize: 128,
  intermediateSize: 8960,
};
/** 0.8 M parameters, as `bench:peers` has it. */
const TINY = modelOf(128);

/** SmolLM2-135M, as published. */
export const SMOLLM2_135M: NamedShape = {
  name: "SmolLM2-135M",
  config: {
    family: "llama",
    vocabularySize: 49_152,
    hiddenSize: 576,
    layers: 30,
    heads: 9,
    keyValueHeads: 3,
    headSize: 64,
    intermediateSize: 1536,
    ropeTheta: 100_000,
    rmsNormEpsilon: 1e-5,
    tiedEmbeddings: true,
    qkvBias: false,
    qkNorm: false,
    maxPositions: 8192,
  },
};

/** Threads of the CPU, for workers and peers alike. */
export const THREADS = 1;

/** A model with a name. */
export interface NamedShape {
  readonly name: string;
  readonly config: ModelConfig;
}

/** Sizes of one GRPO step, or of a decoding. */
export interface WorkSize {
  readonly prompts: number;
  readonly group: number;
  readonly promptTokens: number;
  readonly tokens: number;
}

/** Everything that differs between devices. */
export interface CheckSizes {
  readonly dtype: "float32" | "bfloat16";
  /** Whose decoding is timed, at each of these sizes. */
  readonly decoded: NamedShape;
  readonly decodings: readonly WorkSize[];
  /** Whose GRPO step is timed. */
  readonly stepped: readonly NamedShape[];
  readonly step: WorkSize;
  /** Most rounds of a measurement. */
  readonly rounds: number;
  /** Seconds after which a section begins no further round. */
  readonly sectionSeconds: number;
}

/** On a GPU. */
export const GPU_SIZES: CheckSizes = {
  dtype: "bfloat16",
  decoded: { name: "1.5 B", config: QWEN2_1_5B },
  decodings: [8, 32].map((prompts) => ({ prompts, group: 8, promptTokens: 64, tokens: 512 })),
  stepped: [
    { name: "tiny", config: TINY },
    { name: "0.5 B", config: QWEN2_HALF_B },
    { name: "1.5 B", config: QWEN2_1_5B },
  ],
  step: { prompts: 8, group: 8, promptTokens: 64, tokens: 128 },
  rounds: 5,
  sectionSeconds: 110,
};

/** On a CPU: the same code in little time. */
export const CPU_SIZES: CheckSizes = {
  dtype: "float32",
  decoded: { name: "tiny", config: TINY },
  decodings: [1, 4].map((prompts) => ({ prompts, group: 8, promptTokens: 16, tokens: 32 })),
  stepped: [{ name: "tiny", config: TINY }],
  step: { prompts: 2, group: 8, promptTokens: 16, tokens: 32 },
  rounds: 3,
  sectionSeconds: 60,
};
