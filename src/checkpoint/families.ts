/**
 * What `config.json` leaves to the architecture: how each family of models reads it, as transformers 5.23 does
 * (configuration_*.py and modeling_*.py of each).
 *
 * @module
 */
import type { Activation } from "../models/model_config.ts";

/** How a family reads its configuration. */
export interface Family {
  /** Its class in transformers is `<name>ForCausalLM`. */
  readonly name: string;
  /** Width of a head where `head_dim` is absent; absent here: hidden_size / num_attention_heads. */
  readonly headSize?: number;
  readonly ropeTheta: number;
  readonly rmsNormEpsilon: number;
  readonly tiedEmbeddings: boolean;
  /** Biases of queries, keys and values: always, never, or where `attention_bias` is true (and then of the output too). */
  readonly biases: "always" | "never" | "attention_bias";
  /** Whether `mlp_bias` is read. */
  readonly mlpBias: boolean;
  readonly qkNorm: boolean;
  /** What `sliding_window` holds for: no block, every block, or those that `layer_types` names. */
  readonly window: "none" | "every-block" | "layer-types";
  /** Its size where `sliding_window` is absent; absent here: no window then. */
  readonly windowSize?: number;
  /** Whether RoPE turns a part of a head where `partial_rotary_factor` says so; others ignore the field. */
  readonly partialRotary: boolean;
  readonly fusedProjections: boolean;
  /** What `hidden_act` is where it is absent. */
  readonly activation: Activation;
  /** Gemma's: norms whose weights are stored less 1, embeddings times √hidden_size, and `gelu` for its approximation. */
  readonly isGemma: boolean;
}

const LLAMA: Family = {
  name: "Llama",
  ropeTheta: 10_000,
  rmsNormEpsilon: 1e-6,
  tiedEmbeddings: false,
  biases: "attention_bias",
  mlpBias: true,
  qkNorm: false,
  window: "none",
  partialRotary: false,
  fusedProjections: false,
  activation: "silu",
  isGemma: false,
};

/** Families by `model_type`. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  llama: LLAMA,
  qwen2: { ...LLAMA, name: "Qwen2", biases: "always", mlpBias: false, window: "layer-types", windowSize: 4096 },
  qwen3: {
    ...LLAMA,
    name: "Qwen3",
    headSize: 128,
    mlpBias: false,
    qkNorm: true,
    window: "layer-types",
    windowSize: 4096,
  },
  mistral: { ...LLAMA, name: "Mistral", biases: "never", mlpBias: false, window: "every-block", windowSize: 4096 },
  gemma: {
    ...LLAMA,
    name: "Gemma",
    headSize: 256,
    tiedEmbeddings: true,
    mlpBias: false,
    activation: "gelu-tanh",
    isGemma: true,
  },
  phi3: {
    ...LLAMA,
    name: "Phi3",
    rmsNormEpsilon: 1e-5,
    biases: "never",
    mlpBias: false,
    window: "every-block",
    partialRotary: true,
    fusedProjections: true,
  },
  smollm3: { ...LLAMA, name: "SmolLM3", ropeTheta: 2_000_000, tiedEmbeddings: true, window: "layer-types" },
};
