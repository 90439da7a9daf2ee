/**
 * The seam: what a thought step reads of the logits, what it does with that and noise, and the log-density of what it did.
 * Algorithms differ here and in nothing else; rollout, loss and trainer name none of them.
 *
 * Everything is one position at a time on a few plain numbers: exact, cheap beside the model, and the same on every
 * backend.
 * Letters: `V` vocabulary, `D` width, `K` kept tokens.
 *
 * @module
 */
import type { StepNoise } from "../random/noise.ts";
import type { MutableSlopes, Readings, Reads } from "../models/readings.ts";
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
  /** Of the logits under which the density is asked: what `densityReads` names, and maybe more. */
  readonly readings: Readings;
  /** What was drawn. */
  readonly action: ThoughtAction;
}

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
  /** What `act` reads of a position with this noise. */
  reads(noise: StepNoise): Reads;
  /** What is fed next, and what is kept, from one step's readings and explicit noise. */
  act(step: { readings: Readings; noise: StepNoise }): ThoughtAction;
  /** What `logDensity` reads of the logits to score an action. */
  densityReads(action: ThoughtAction): Reads;
  /**
   * Log-density of a kept action under the logits that were read.
   *
   * @param slopes receive `+= scale · d logDensity / d readings` where given
   */
  logDensity(replay: Replay, slopes?: MutableSlopes, scale?: number): number;
  /**
   * Log-densities (K) of a step's independent draws, which are the action's `ids` and sum to `logDensity`; present where each
   * has a ratio of its own in the loss, absent where the step has one.
   *
   * @param slopes receive `+= Σ_j scales[j] · d value_j / d readings` where given
   * @param scales (K), one of each draw; 1 by default
   */
  drawLogDensities?(replay: Replay, slopes?: MutableSlopes, scales?: ArrayLike<number>): Float64Array;
  /** KL of the law of a step from that of the reference model, exactly; present where it has a closed form. */
  readonly divergence?: StepDivergence;
}

/** An exact divergence of one step's law from the reference model's. */
export interface StepDivergence {
  /** What is read of the reference model's logits. */
  referenceReads(action: ThoughtAction): Reads;
  /** What is read of the trained model's logits, beside what its density reads. */
  reads(reference: Readings): Reads;
  /**
   * KL(law under these logits ‖ law of the reference).
   *
   * @param slopes receive `+= scale · d value / d readings` where given
   */
  value(replay: Replay, reference: Readings, slopes?: MutableSlopes, scale?: number): number;
}
