/**
 * The shape of a decoder-only transformer: what `config.json` of a checkpoint says.
 *
 * @module
 */

/** How RoPE's frequencies are scaled. */
export type RopeScaling =
  /** A plain division of positions. */
  | { readonly kind: "linear"; readonly factor: number }
  /** Llama 3.1's blend by wavelength. */
  | {
    readonly kind: "llama3";
    readonly factor: number;
    readonly lowFrequencyFactor: number;
    readonly highFrequencyFactor: number;
    readonly originalMaxPositions: number;
  }
  /** YaRN (Peng et al., arXiv:2309.00071): pairs up to `low` are kept, those from `high` divided, the rest blended. */
  | {
    readonly kind: "yarn";
    readonly factor: number;
    readonly low: number;
    readonly high: number;
    readonly attentionFactor: number;
  }
  /** LongRoPE (Ding et al., arXiv:2402.13753): a divisor of each pair. */
  | { readonly kind: "longrope"; readonly divisors: readonly number[]; readonly attentionFactor: number };

/** What the gate of the feed-forward layer goes through: SiLU, or GELU by erf or by its approximation with tanh. */
export type Activation = "silu" | "gelu" | "gelu-tanh";

/** Sizes and options of one model; letters as in every docstring of this project. */
export interface ModelConfig {
  /**
   * Which architecture, as `model_type` says: ours share one decoder block and differ in biases, normalisation, activation,
   * RoPE, attention windows, and in how their tensors are cut; others are for backends that know them by themselves.
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
  /** `F`, width of the gated feed-forward layer. */
  readonly intermediateSize: number;
  /** Activation of its gate; absent: SiLU. */
  readonly activation?: Activation;
  /** Base of the rotary embedding's wavelengths. */
  readonly ropeTheta: number;
  /** How wavelengths are stretched for long contexts; absent: not. */
  readonly ropeScaling?: RopeScaling;
  /** Coordinates of a head that RoPE turns, the first ones; even; absent: all `d`. */
  readonly rotarySize?: number;
  /** Blocks without RoPE, ascending; absent: none. */
  readonly unrotatedLayers?: readonly number[];
  /** In these blocks a position sees itself and the `positions` - 1 before it alone; absent: all before it. */
  readonly slidingWindow?: { readonly positions: number; readonly layers: readonly number[] };
  /** Added to the mean square in a norm. */
  readonly rmsNormEpsilon: number;
  /** Added to a norm's weights, which are stored without it (Gemma: 1); absent: 0. */
  readonly normOffset?: number;
  /** What embeddings are multiplied with on their way in (Gemma: √D); absent: 1. */
  readonly embeddingScale?: number;
  /** Whether the output head is the embedding table. */
  readonly tiedEmbeddings: boolean;
  /** Whether query, key and value projections have a bias (Qwen2; Llama when `attention_bias`). */
  readonly qkvBias: boolean;
  /** Whether attention's output projection has a bias. */
  readonly outputBias?: boolean;
  /** Whether the three projections of the feed-forward layer have a bias. */
  readonly mlpBias?: boolean;
  /** Whether queries and keys are RMS-normalised per head (Qwen3). */
  readonly qkNorm: boolean;
  /** Whether query, key and value projections are one tensor, and gate and up projections too (Phi 3). */
  readonly fusedProjections?: boolean;
  /** Longest sequence, in positions. */
  readonly maxPositions: number;
}

/** Coordinates of a head that RoPE turns. */
export function rotarySizeOf({ rotarySize, headSize }: ModelConfig): number {
  return rotarySize ?? headSize;
}

/** Positions that one sees in a block, itself included; Infinity where there is no window. */
export function windowOf({ slidingWindow }: ModelConfig, layer: number): number {
  return slidingWindow?.layers.includes(layer) ? slidingWindow.positions : Infinity;
}

/** Whether RoPE turns queries and keys of a block. */
export function isRotated({ unrotatedLayers }: ModelConfig, layer: number): boolean {
  return !unrotatedLayers?.includes(layer);
}
