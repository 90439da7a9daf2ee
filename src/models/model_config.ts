/**
 * The shape of a decoder-only transformer: what `config.json` of a Qwen2, Qwen3 or Llama checkpoint says.
 *
 * @module
 */

/** RoPE frequency scaling of Llama 3 (`rope_type: "llama3"`), or a plain division of positions (`"linear"`). */
export type RopeScaling =
  | { readonly kind: "linear"; readonly factor: number }
  | {
    readonly kind: "llama3";
    readonly factor: number;
    readonly lowFrequencyFactor: number;
    readonly highFrequencyFactor: number;
    readonly originalMaxPositions: number;
  };

/** Sizes and options of one model; letters as in every docstring of this project. */
export interface ModelConfig {
  /**
   * Which architecture, as `model_type` says: `qwen2`, `qwen3` and `llama` share one decoder block and differ in biases,
   * normalisation of queries and keys, and RoPE; others are for backends that know them by themselves.
   */
  readonly family: string;
  /** `V`, tokens in the vocabulary (rows of the embedding table). */
  readonly vocabularySize: number;
  /** `D`, width of the residual stream. */
  readonly hiddenSize: number;
  /** `L`, decoder blocks. */
  readonly layers: number;
  /** `H`, query heads. */
  readonly heads: number;
  /** `H_kv`, key and value heads; divides `heads`. */
  readonly keyValueHeads: number;
  /** `d`, width of one head; even. */
  readonly headSize: number;
  /** `F`, width of the SwiGLU layer. */
  readonly intermediateSize: number;
  /** Base of the rotary embedding's wavelengths. */
  readonly ropeTheta: number;
  /** How wavelengths are stretched for long contexts; absent: not. */
  readonly ropeScaling?: RopeScaling;
  /** Added to the mean square in a norm. */
  readonly rmsNormEpsilon: number;
  /** Whether the output head is the embedding table. */
  readonly tiedEmbeddings: boolean;
  /** Whether query, key and value projections have a bias (Qwen2; Llama when `attention_bias`). */
  readonly qkvBias: boolean;
  /** Whether queries and keys are RMS-normalised per head (Qwen3). */
  readonly qkNorm: boolean;
  /** Longest sequence, in positions. */
  readonly maxPositions: number;
}
