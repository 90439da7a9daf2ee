/**
 * What travels between a model and what stands above it: a few numbers read of each row of logits, and the derivatives of
 * the loss by them. A row of `V` logits stays where it was computed; `K` kept ids or `D` coordinates come across.
 *
 * Letters: `V` vocabulary, `D` width, `K` ids, `z` the logits of one row, `E` the (V, D) embedding table.
 *
 * @module
 */
import type { StepNoise } from "../random/noise.ts";
import { float32s, float64s } from "./small_arrays.ts";

/**
 * What is read of one row. An absent part is not computed; a row of which nothing is read is not looked at.
 *
 * | reading         | value                                                          | its derivative by z_i          |
 * | --------------- | -------------------------------------------------------------- | ------------------------------ |
 * | `top`           | the largest logits, falling, with their ids                    | none                           |
 * | `at`            | logits at given ids                                            | 1 at the id                    |
 * | `logSumExp`     | log Σ exp(z/T), T each of some temperatures                    | p_i / T, p = softmax(z/T)      |
 * | `entropy`       | H = -Σ p log p in nats, T each of some temperatures            | -p_i (log p_i + H) / T         |
 * | `gumbelArgmax`  | the id with the largest z/T + Gumbel noise, and its logit      | none                           |
 * | `quantiles`     | the ids at which the sum of p in order of ids passes given masses | none                        |
 * | `meanEmbedding` | h = Σ p_i e_i                                                  | p_i (e_i - h) / T              |
 * | `law`           | p itself, which stays behind the seam: a handle to it          | none                           |
 * | `divergence`    | KL(p ‖ q) = Σ p (log p - log q), q a law kept by another model  | p_i (log p_i - log q_i - KL) / T |
 */
export interface Reads {
  /** How many of the largest logits; all where the vocabulary has fewer. */
  readonly top?: number;
  /** (K), ids in [0, V); one that stands there twice is read twice. */
  readonly at?: Int32Array;
  /** Temperatures above 0. */
  readonly logSumExp?: readonly number[];
  /** Temperatures above 0. */
  readonly entropy?: readonly number[];
  /** A draw from softmax(z/temperature) by the Gumbel noise of the position. */
  readonly gumbelArgmax?: { readonly temperature: number; readonly noise: StepNoise };
  /** Draws from softmax(z/temperature) by inverse CDF: masses in (0, 1). */
  readonly quantiles?: { readonly temperature: number; readonly masses: Float64Array };
  /** Temperature of the mean embedding. */
  readonly meanEmbedding?: number;
  /** Temperature of a law that is kept behind the seam, for a divergence of another row from it. */
  readonly law?: number;
  /** From a law that a model of the same backend and vocabulary kept, at that law's temperature. */
  readonly divergence?: KeptLaw;
}

/** A law over the whole vocabulary as its backend keeps it; nothing above the model looks into it. */
export interface KeptLaw {
  /** Of its softmax. */
  readonly temperature: number;
  /** Gives its memory back; it can no longer be read from. */
  dispose(): void;
}

/** Some ids with their logits. */
export interface TokenLogits {
  /** (K). */
  readonly ids: Int32Array;
  /** (K). */
  readonly logits: Float32Array;
}

/** Why logits are no law: NaN or +Infinity at the first such id, or -Infinity at every id, which then is absent. */
export interface LogitFault {
  /** What stands there. */
  readonly value: number;
  /** Where it stands. */
  readonly id?: number;
}

/** What was read of one row: what {@link Reads} asked for, and nothing else. */
export interface Readings {
  /** What was asked. */
  readonly reads: Reads;
  /** Present where the row is no law; the numbers beside it then mean nothing. Looked for wherever anything is read. */
  readonly fault?: LogitFault;
  /** min(top, V) entries, falling; equal logits by rising id. */
  readonly top?: TokenLogits;
  /** (K). */
  readonly at?: Float32Array;
  /** The largest logit; present where `logSumExp` or `entropy` is read. */
  readonly largest?: number;
  /**
   * Σ exp((z - largest) / T) in [1, V], of each temperature of `logSumExp`: log Σ exp(z/T) is largest / T + log of it, and
   * kept apart, so that low temperatures cost no digits.
   */
  readonly masses?: Float64Array;
  /** Nats in [0, log V], of each temperature of `entropy`. */
  readonly entropy?: Float64Array;
  /** One entry. */
  readonly gumbelArgmax?: TokenLogits;
  /** One entry for each mass. */
  readonly quantiles?: TokenLogits;
  /** (D). */
  readonly meanEmbedding?: Float64Array;
  /** To be disposed by whoever asked for it. */
  readonly law?: KeptLaw;
  /** Nats, >= 0 up to rounding. */
  readonly divergence?: number;
}

/** A vector as its direction and one factor, which is applied once an id in place of once a coordinate. */
export interface ScaledVector {
  /** (D). */
  readonly values: Float64Array;
  /** Multiplies them all. */
  readonly scale: number;
}

/**
 * d loss / d readings of one row, each part as long as what was read; an absent part is zero. The model turns them into
 * d loss / d z by the table of {@link Reads}, in 32 bits and in this order: `entropy`, `logSumExp`, `meanEmbedding`,
 * `divergence`, then `at`, one id after another.
 */
export interface Slopes {
  /** (K). */
  readonly at?: Float64Array;
  /** By each log Σ exp(z/T). */
  readonly logSumExp?: Float64Array;
  /** By each entropy. */
  readonly entropy?: Float64Array;
  /** By the mean embedding. */
  readonly meanEmbedding?: ScaledVector;
  /** By the divergence. */
  readonly divergence?: number;
}

/** An empty request: nothing is read. */
export const NOTHING: Reads = {};

/**
 * Both requests in one: the larger `top`, every temperature. At most one of them has any of the other parts.
 */
export function joinReads(a: Reads, b: Reads): Reads {
  // Most of what a position reads is one request, and a copy of it is what costs.
  if (a === NOTHING) return b;
  if (b === NOTHING) return a;
  return {
    ...a,
    ...b,
    ...(a.top !== undefined && b.top !== undefined && { top: Math.max(a.top, b.top) }),
    ...(a.logSumExp && b.logSumExp && { logSumExp: joined(a.logSumExp, b.logSumExp) }),
    ...(a.entropy && b.entropy && { entropy: joined(a.entropy, b.entropy) }),
  };
}

/** Temperatures of both, each once. */
function joined(a: readonly number[], b: readonly number[]): readonly number[] {
  return b.every((temperature) => a.includes(temperature)) ? a : [...new Set([...a, ...b])];
}

/** Slopes of zero for everything that was read and has a derivative. */
export function zeroSlopes({ at, masses, entropy, meanEmbedding, divergence }: Readings): MutableSlopes {
  return {
    ...(at && { at: float64s(at.length) }),
    ...(masses && { logSumExp: float64s(masses.length) }),
    ...(entropy && { entropy: float64s(entropy.length) }),
    ...(meanEmbedding && { meanEmbedding: { values: float64s(meanEmbedding.length), scale: 0 } }),
    ...(divergence !== undefined && { divergence: 0 }),
  };
}

/** Slopes that are being gathered. */
export interface MutableSlopes extends Omit<Slopes, "divergence" | "meanEmbedding"> {
  /** By the mean embedding: one term alone. */
  meanEmbedding?: ScaledVector;
  /** By the divergence. */
  divergence?: number;
}

/**
 * The mass of one temperature, see {@link Readings.masses}.
 *
 * @throws {Error} If it was not read
 */
export function massAt({ reads, masses }: Readings, temperature: number): number {
  const index = reads.logSumExp?.indexOf(temperature) ?? -1;
  if (masses === undefined || index < 0) throw new Error(`Cannot use log Σ exp(z/${temperature}): it was not read`);
  return masses[index];
}

/**
 * The entropy at one temperature.
 *
 * @throws {Error} If it was not read
 */
export function entropyAt({ reads, entropy }: Readings, temperature: number): number {
  const index = reads.entropy?.indexOf(temperature) ?? -1;
  if (entropy === undefined || index < 0) throw new Error(`Cannot use the entropy at ${temperature}: it was not read`);
  return entropy[index];
}

/** `log softmax(z / temperature)` of a token with this logit. */
export function logProbability(readings: Readings, logit: number, temperature: number): number {
  return (logit - readings.largest!) / temperature - Math.log(massAt(readings, temperature));
}

/**
 * The readings that `reads` would give, out of readings of the same row that hold all of them: a logit `at` an id is
 * known where the id was among the largest or was drawn.
 *
 * @throws {Error} If one of them is not known
 */
export function narrowReadings(readings: Readings, reads: Reads): Readings {
  const { top, gumbelArgmax, quantiles, meanEmbedding, largest } = readings;
  const logitOf = (id: number): number => {
    for (const known of [top, gumbelArgmax, quantiles]) {
      const place = known?.ids.indexOf(id);
      if (place !== undefined && place >= 0) return known!.logits[place];
    }
    throw new Error(`Cannot use the logit of token ${id}: it was not read`);
  };
  return {
    reads,
    ...(reads.at && { at: filled(float32s(reads.at.length), reads.at, logitOf) }),
    ...(reads.logSumExp &&
      { masses: filled(float64s(reads.logSumExp.length), reads.logSumExp, (T) => massAt(readings, T)) }),
    ...(reads.entropy &&
      { entropy: filled(float64s(reads.entropy.length), reads.entropy, (T) => entropyAt(readings, T)) }),
    ...(largest !== undefined && { largest }),
    ...(meanEmbedding && reads.meanEmbedding !== undefined && { meanEmbedding }),
  };
}

/** One action of one completion in a pass over groups. */
export interface ActionPlace {
  /** Index into the groups. */
  readonly group: number;
  /** Index into the group's completions. */
  readonly completion: number;
  /** In [0, T). */
  readonly action: number;
}

/**
 * What a pass reads at every action, and what it makes of that. A model calls `reads` of many actions, then `score` of
 * each once, in no promised order.
 */
export interface RowLoss {
  /** What is read of the logits that an action was drawn from. */
  reads(place: ActionPlace): Reads;
  /** Takes the readings; d loss / d readings where the action pulls on the model. A pass without gradients ignores them. */
  score(place: ActionPlace, readings: Readings): Slopes | undefined;
}

/** Writes what `valueOf` gives for each number to an array of the same length. */
function filled<T extends Float32Array | Float64Array>(
  to: T,
  from: ArrayLike<number>,
  valueOf: (from: number) => number,
): T {
  for (let i = 0; i < from.length; i++) to[i] = valueOf(from[i]);
  return to;
}
