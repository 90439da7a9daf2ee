/**
 * The one interface of models: inputs in, readings of logits and parameter gradients out. Two kinds of implementation must
 * agree: `tfjs/` in tfjs ops, the readable specification, and `engine/`, the fast one for CPUs. Logits themselves stay
 * below: see `readings.ts`.
 *
 * Letters: `B` prompts, `G` completions per prompt, `N` sequences in flight, `R` rows, `T` positions of one completion,
 * `V` vocabulary, `D` width, `K` kept tokens.
 *
 * @module
 */
import type { AdapterConfig } from "./adapter.ts";
import type { ModelConfig } from "./model_config.ts";
import type { OptimizerStep } from "./adamw.ts";
import type { Readings, Reads, RowLoss } from "./readings.ts";

/**
 * What is fed at `count` positions: row r is `Σ_k weights[r,k] · E[ids[r,k]] + offset[r]`, `E` the embedding table.
 * A discrete token has one weight of 1; a soft thought has `K` weights; a noisy embedding has weights 0 and an offset.
 * Gradients flow into the rows of `E` that `ids` name where a pass has `trainInputs`, and never through an offset.
 */
export interface InputRows {
  /** `R`, rows. */
  readonly count: number;
  /** `K`, ids per row. */
  readonly width: number;
  /** (R, K), token ids in [0, V). */
  readonly ids: Int32Array;
  /** (R, K). */
  readonly weights: Float32Array;
  /** (R, D), absent where it is zero everywhere. */
  readonly offset?: Float32Array;
}

/** Who draws: what is done with what was read of sequences, and what they are fed. */
export interface StepSource {
  /** Takes what was read of a sequence's last position; whether it goes on. */
  advance(sequence: number, readings: Readings): boolean;
  /** What is fed to these sequences, ascending, and read of them. */
  next(sequences: Int32Array): { readonly inputs: InputRows; readonly reads: readonly Reads[] };
}

/** Sequences that are being written, with their key-value cache. */
export interface Decoder {
  /**
   * Reads the logits after the prompts; once, before the first step.
   *
   * @param reads (N)
   * @returns (N), of each sequence
   */
  readPrompts(reads: readonly Reads[]): Promise<readonly Readings[]>;
  /**
   * Feeds one position to some sequences, row i of `inputs` to sequence `sequences[i]`, and reads the logits after it.
   * Sequences that are left out stay as they are and cost nothing.
   *
   * @param sequences (R), sequence indices in [0, N), ascending
   * @param reads (R)
   * @returns (R)
   */
  step(sequences: Int32Array, inputs: InputRows, reads: readonly Reads[]): Promise<readonly Readings[]>;
  /**
   * Takes steps of many sequences by threads that each have some of their own and wait for no other, as long as that is
   * faster; absent where no decoder of this kind could. What a sequence reads does not depend on it.
   *
   * @param sequences as in `step`
   * @param meanwhile called now and then between two steps of a thread, while others compute
   * @returns (R'), those that are to go on, ascending: all where it is not faster, none where all have ended
   * @throws whatever `source` and `meanwhile` throw, once every thread has left off
   */
  stepApart?(sequences: Int32Array, source: StepSource, meanwhile: () => Promise<void>): Promise<Int32Array>;
  /** Frees the cache. */
  dispose(): void;
}

/** A prompt with its completions, as training replays them. */
export interface TrainingGroup {
  /** Token ids. */
  readonly prompt: Int32Array;
  /**
   * For each completion of `T` actions, the `T - 1` inputs that followed the first `T - 1` actions. The logits of action 0
   * are those of the prompt's last position, those of action t of input row t - 1.
   */
  readonly completions: readonly InputRows[];
}

/** A named tensor on the host, by its Hugging Face name (`model.layers.0.self_attn.q_proj.weight`, (out, in)). */
export interface HostTensor {
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** Row by row. */
  readonly data: Float32Array;
}

/** All tensors of a model, by name, in the checkpoint's order. */
export type NamedTensors = ReadonlyMap<string, HostTensor>;

/** How exactly the same configuration gives the same numbers again: every bit, for equal shapes, or in distribution. */
export type Reproducibility = "bitwise" | "same-shape" | "statistical";

/** How completions are drawn. */
export interface DecodeOptions {
  /**
   * Whether `accumulate` will take them before what is trained changes (default false): a backend may keep what it computes
   * now. No number depends on it.
   */
  readonly willTrain?: boolean;
  /** Stops this, or a step, soon after it is aborted. */
  readonly abort?: AbortSignal | undefined;
}

/** How gradients are gathered. */
export interface AccumulateOptions {
  /** Whether gradients also flow into the embedding table, where it is trained, through what is fed (default false). */
  readonly trainInputs?: boolean;
  /** Stops the passes soon after it is aborted. */
  readonly abort?: AbortSignal | undefined;
}

/** What drawing completions needs of a model, and looking at what was drawn. */
export type EvaluatedModel = Pick<LanguageModel, "config" | "decode" | "weights">;

/**
 * A causal language model that decodes and can be trained: all its weights, or an adapter beside them alone. Gradients,
 * weights and moments are those of what is trained, by name: of an adapter as peft's `adapter_model.safetensors` has it.
 *
 * What is given an `abort` throws an InterruptedError within seconds after it is aborted, as soon as the backend can leave
 * off; weights and moments are then what they were, gradients are zero, and the model can be used.
 */
export interface LanguageModel {
  /** Shape of the model. */
  readonly config: ModelConfig;
  /** Name of the backend that computes, as in a result file. */
  readonly backend: string;
  /** How exactly the same work gives the same numbers again. */
  readonly reproducibility: Reproducibility;
  /** Facts for the result file: which kernel path, driver, versions. */
  readonly details: Readonly<Record<string, string>>;
  /** What is trained in place of the weights; absent: they are. Until `restore` it stands as under seed 0. */
  readonly adapter?: AdapterConfig;

  /**
   * Root mean square of one coordinate of the rows of the input embedding table, as the weights are now.
   *
   * @param neverFed ids whose rows are left out, because they never occur as an input
   */
  coordinateRms(neverFed?: readonly number[]): Promise<number>;

  /**
   * Starts `copies[b]` sequences after prompt b, in order of prompts; each prompt is computed once.
   *
   * @param maxNewPositions most `step`s that any sequence will take
   */
  decode(
    prompts: readonly Int32Array[],
    copies: readonly number[],
    maxNewPositions: number,
    options?: DecodeOptions,
  ): Promise<Decoder>;

  /** Forward pass over groups; `visit` reads the logits of every action, and nothing is made of its slopes. */
  forward(groups: readonly TrainingGroup[], visit: RowLoss, abort?: AbortSignal): Promise<void>;

  /** Forward and backward pass; gradients are added to those already held. */
  accumulate(groups: readonly TrainingGroup[], loss: RowLoss, options?: AccumulateOptions): Promise<void>;

  /**
   * Clips, applies one AdamW step, and zeroes the gradients.
   *
   * @returns the global gradient norm before clipping
   */
  update(step: OptimizerStep): Promise<number>;

  /** Gradients held now of what is trained, by tensor name (for tests and logs). */
  gradients(): Promise<NamedTensors>;
  /** What is trained, by tensor name, copied to the host. */
  weights(): Promise<NamedTensors>;
  /** AdamW's first and second moments of what is trained, by tensor name, copied to the host. */
  optimizerState(): Promise<{ first: NamedTensors; second: NamedTensors }>;
  /** Puts what is trained back, and moments where given (zero where absent). */
  restore(weights: NamedTensors, moments?: { first: NamedTensors; second: NamedTensors }): Promise<void>;
  /**
   * The same weights without the adapter, held once: it reads and decodes, is not trained, and ends with this model. There
   * where there is an adapter.
   */
  readonly withoutAdapter?: () => LanguageModel;
  /** What is evaluated in its place, where that decodes by other numbers than training does; absent: the model itself. */
  readonly evaluated?: EvaluatedModel;
  /** Ends workers and frees memory. */
  dispose(): Promise<void>;
}
