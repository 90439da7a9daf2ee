/**
 * The seam: what a thought step does with logits and noise, and the log-density of what it did. Algorithms
 * differ here and in nothing else; rollout, loss and trainer name none of them.
 *
 * Everything is one position at a time on plain numbers: exact, cheap beside the model, and the same on every backend.
 * Letters: `V` vocabulary, `D` width, `K` kept tokens.
 *
 * @module
 */
import type { StepNoise } from "../random/noise.ts";
import type { EmbeddingTable } from "../models/embedding_table.ts";
import type { ThoughtSoftness } from "./softness.ts";

/** What is fed after a step: `Σ weights·E[ids] + offset`, see InputRows. */
export interface ThoughtInput {
  /** (K), rows of the embedding table. */
  readonly ids: Int32Array;
  /** (K), their weights. */
  readonly weights: Float32Array;
  /** (D). */
  readonly offset?: Float32Array;
}

/** One thought step: what is fed next, and what replay needs. Never recomputed from text. */
export interface ThoughtAction {
  /** The step's token: the one sampled, or the heaviest of the mixture. It ends thinking, and shows in the text. */
  readonly token: number;
  /** What is fed next. */
  readonly input: ThoughtInput;
  /**
   * What the density is of: the drawn tokens in order, or kept ids with their perturbed scores, sorted as they were fed;
   * empty where the action is `embedding`.
   */
  readonly ids: Int32Array;
  /** (K), log p + g of each kept id, or what the perturbation has in its place; empty where `ids` are draws. */
  readonly scores: Float32Array;
  /** Kept entries that carry probability, or draws; ids after these are padding of the released code. */
  readonly count: number;
  /** (D), the noisy embedding of Butt et al.; absent elsewhere. */
  readonly embedding?: Float32Array;
  /**
   * Log-density under the law it was drawn from, where the draw gives it; equals a replay up to rounding where that law
   * is the one that is scored.
   */
  readonly drawnLogDensity?: number;
  /** (K), the ids a single token was drawn among, where its density is over them; absent: the whole vocabulary. */
  readonly kept?: Int32Array;
  /** What the mean of a noisy embedding mixes, for people to look at: entries of weight 1e-4 or more. */
  readonly mixture?: Pick<ThoughtInput, "ids" | "weights">;
  /** Softness of that mean; absent where `input` shows the mixture. */
  readonly softness?: ThoughtSoftness;
  /** ‖noise‖/‖mean‖ of a noisy embedding, where the mean is not 0. */
  readonly noiseShare?: number;
  /** What training feeds instead of `input`, where released code differs from its own rollout. */
  readonly replayInput?: ThoughtInput;
}

/** What `logDensity` is asked. */
export interface Replay {
  /** (V), logits under which the density is asked. */
  readonly logits: Float32Array;
  /** What was drawn. */
  readonly action: ThoughtAction;
  /** The table of the model whose logits these are. */
  readonly embedding: EmbeddingTable;
}

/** The parameters of the law of a step that a divergence between two models needs, e.g. log-probabilities of kept ids. */
export type DensityParameters = Float64Array;

/** One algorithm, configured. */
export interface ThoughtAlgorithm {
  /** As in configurations and results. */
  readonly name: string;
  /** Divides the logits of the softmax that a step starts from. */
  readonly temperature: number;
  /**
   * Whether a step draws its token, so that this law scores it too where it ends the thinking: fed alone there, it is then
   * all that is left in `ids` of the action. Absent: the token is the heaviest of a mixture, and one that ends the thinking
   * is scored as an answer token.
   */
  readonly drawsTokens?: boolean;
  /** What is fed next, and what is kept, from one step's logits and explicit noise. */
  act(step: { logits: Float32Array; noise: StepNoise; embedding: EmbeddingTable }): ThoughtAction;
  /**
   * Log-density of a kept action under these logits.
   *
   * @param gradient (V), receives `+= scale · d logDensity / d logits` where given
   */
  logDensity(replay: Replay, gradient?: Float32Array, scale?: number): number;
  /**
   * Log-densities (K) of a step's independent draws, which sum to `logDensity`; present where each has a ratio of its own
   * in the loss, absent where the step has one.
   *
   * @param gradient (V), receives `+= Σ_j scales[j] · d value_j / d logits` where given
   * @param scales (K), one of each draw; 1 by default
   */
  drawLogDensities?(replay: Replay, gradient?: Float32Array, scales?: ArrayLike<number>): Float64Array;
  /** The law's parameters under these logits, for `divergence`; present where that has a closed form. */
  densityParameters?(replay: Replay): DensityParameters;
  /**
   * KL(law under these logits ‖ law of the reference) of this step, exactly.
   *
   * @param gradient (V), receives `+= scale · d divergence / d logits` where given
   */
  divergence?(replay: Replay, reference: DensityParameters, gradient?: Float32Array, scale?: number): number;
}
