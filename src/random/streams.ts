/**
 * All randomness of the project: named streams over one counter-based generator.
 *
 * A stream's key is a hash of its name, the counter is the place inside it. So a draw depends on what it is for, never
 * on the batch, the order, the number of workers or what was resumed.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { gammaOf, gaussianOf, gaussianPairOf, gumbelBoundOf, gumbelOf, uniformOf } from "./distributions.ts";
import { philox } from "./philox.ts";
import type { GumbelKey, StepNoise } from "./noise.ts";

/** What a stream of noise is for. */
export interface NoiseName {
  /** Seed of the experiment. */
  readonly seed: number;
  /** `train`, `evaluate` and the like: streams of different purposes share nothing. */
  readonly purpose: string;
  /** Name of the dataset. */
  readonly dataset: string;
  /** Id of the problem. */
  readonly problem: string;
  /** Index of the completion among those of the problem, from 0. */
  readonly sample: number;
}

/** The noise of one sample. */
export interface NoiseStream {
  /** The noise of one position, from 0; a pure function of the stream and the position. */
  at(position: number): StepNoise;
}

/**
 * The noise stream of one sample.
 *
 * @example
 * ```ts
 * import { noiseStream } from "./streams.ts";
 * import { assertEquals } from "@std/assert";
 * const name = { seed: 1, purpose: "train", dataset: "add", problem: "add/0001", sample: 0 };
 * assertEquals(noiseStream(name).at(3).gumbel(7), noiseStream(name).at(3).gumbel(7));
 * ```
 */
export function noiseStream(name: NoiseName): NoiseStream {
  const words = new PhiloxWords([name.seed, name.purpose, name.dataset, name.problem, name.sample]);
  return { at: (position) => new PhiloxNoise(words, position) };
}

/** A plain sequence of draws, for data sets, shuffles and resampling. */
export class RandomSequence {
  readonly #words: PhiloxWords;
  #drawn = 0;

  /** @param name the parts of the sequence's name; equal names give equal sequences */
  constructor(...name: readonly (string | number)[]) {
    this.#words = new PhiloxWords(name);
  }

  /** The next 32 random bits, in [0, 2^32). */
  word(): number {
    const index = this.#drawn++;
    const block = Math.floor(index / WORDS_PER_BLOCK);
    return this.#words.block(
      Kind.Sequence,
      block % TWO_TO_32,
      Math.floor(block / TWO_TO_32),
      0,
    )[index % WORDS_PER_BLOCK];
  }

  /** Uniform in (0, 1). */
  uniform(): number {
    return uniformOf(this.word());
  }

  /** Standard normal. */
  gaussian(): number {
    const word = this.word();
    return gaussianOf(word, this.word());
  }

  /**
   * Uniform among 0 … count - 1, without bias.
   *
   * @throws {RangeError} If `count` is not an integer in [1, 2^32]
   */
  integer(count: number): number {
    if (!Number.isInteger(count) || count < 1 || count > TWO_TO_32) {
      throw new RangeError(`Cannot draw one of ${count}: expected an integer from 1 to 2^32`);
    }
    const multiple = TWO_TO_32 - TWO_TO_32 % count;
    for (;;) {
      const word = this.word();
      if (word < multiple) return word % count;
    }
  }

  /** Puts `items` into random order, in place (Fisher and Yates), and returns them. */
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [items[last], items[other]] = [items[other], items[last]];
    }
    return items;
  }
}

const TWO_TO_32 = 2 ** 32;
const WORDS_PER_BLOCK = 4;

/** Draws of different kinds never share bits. */
enum Kind {
  Sequence,
  Uniform,
  Gumbel,
  Gaussian,
  Gamma,
}
/** Attempts of the Gamma draw and kinds share one counter word: the kind in the lowest bits. */
const KIND_BITS = 3;

/** The words of one named key, a block of four at a time; the latest block and pair of normal draws are kept. */
class PhiloxWords {
  readonly #key0: number;
  readonly #key1: number;
  /** Further 32 bits of the name's hash: a chance collision of two of 10^9 names has probability 10^-11. */
  readonly #name: number;
  readonly #words = new Uint32Array(WORDS_PER_BLOCK);
  #kind = -1;
  #index = -1;
  #position = -1;
  readonly #gaussians = new Float64Array(2);
  #pair = -1;
  #pairPosition = -1;

  constructor(name: readonly (string | number)[]) {
    // JSON keeps the parts apart: ["a", "bc"] and ["ab", "c"] are different names.
    const hash = createHash("sha256").update(JSON.stringify(name)).digest();
    this.#key0 = hash.readUInt32LE(0);
    this.#key1 = hash.readUInt32LE(4);
    this.#name = hash.readUInt32LE(8);
  }

  /** What `block` makes of a position's Gumbel noise. */
  gumbelKey(position: number): GumbelKey {
    const [key0, key1] = [this.#key0, this.#key1];
    return { counter1: position, counter2: Kind.Gumbel, counter3: this.#name, key0, key1 };
  }

  /** The block `index` of a position; valid until the next call. */
  block(kind: Kind, index: number, position: number, attempt: number): Uint32Array {
    const tag = (attempt << KIND_BITS) | kind;
    if (this.#index !== index || this.#position !== position || this.#kind !== tag) {
      philox(this.#words, index, position, tag, this.#name, this.#key0, this.#key1);
      this.#index = index;
      this.#position = position;
      this.#kind = tag;
    }
    return this.#words;
  }

  /** The normal draws 2 · pair and 2 · pair + 1 of a position; valid until the next call. */
  gaussianPair(pair: number, position: number): Float64Array {
    if (this.#pair !== pair || this.#pairPosition !== position) {
      const words = this.block(Kind.Gaussian, pair >>> 1, position, 0);
      const first = (pair & 1) * 2;
      gaussianPairOf(words[first], words[first + 1], this.#gaussians);
      this.#pair = pair;
      this.#pairPosition = position;
    }
    return this.#gaussians;
  }
}

class PhiloxNoise implements StepNoise {
  readonly #words: PhiloxWords;
  readonly #position: number;

  constructor(words: PhiloxWords, position: number) {
    this.#words = words;
    this.#position = position;
  }

  get gumbelKey(): GumbelKey {
    return this.#words.gumbelKey(this.#position);
  }

  uniform(i: number): number {
    return uniformOf(this.#words.block(Kind.Uniform, i >>> 2, this.#position, 0)[i & 3]);
  }

  gumbel(i: number): number {
    return gumbelOf(this.#words.block(Kind.Gumbel, i >>> 2, this.#position, 0)[i & 3]);
  }

  gumbelBound(i: number): number {
    return gumbelBoundOf(this.#words.block(Kind.Gumbel, i >>> 2, this.#position, 0)[i & 3]);
  }

  gaussian(i: number): number {
    return this.#words.gaussianPair(i >>> 1, this.#position)[i & 1];
  }

  gamma(i: number, shape: number): number {
    return gammaOf(shape, (attempt) => this.#words.block(Kind.Gamma, i, this.#position, attempt));
  }
}
