/**
 * MT19937 (Matsumoto and Nishimura, 1998) as NumPy's legacy generator seeds and uses it. Only to compute again what
 * others drew with it: randomness of our own is of `streams.ts`.
 *
 * @module
 */

/** Words of the state, and the distance of the two that are mixed. */
const [STATE, MIDDLE] = [624, 397];
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;
const TWIST = 0x9908b0df;
/** Of the seeding. */
const SEED_FACTOR = 1812433253;

/**
 * The generator of `numpy.random.seed(seed)`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(new MersenneTwister(42).word(), 1608637542);
 * ```
 */
export class MersenneTwister {
  readonly #state = new Uint32Array(STATE);
  #used = STATE;

  /** @param seed an integer in [0, 2^32) */
  constructor(seed: number) {
    this.#state[0] = seed;
    for (let i = 1; i < STATE; i++) {
      const last = this.#state[i - 1];
      this.#state[i] = Math.imul(last ^ (last >>> 30), SEED_FACTOR) + i;
    }
  }

  /** The next 32 bits, in [0, 2^32). */
  word(): number {
    if (this.#used === STATE) this.#twist();
    let word = this.#state[this.#used++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /**
   * One of 0 … count − 1, as `numpy.random.choice(count, replace=True)` draws it: words cut to as many bits as `count − 1`
   * has, those above it thrown away. For a `count` of 1 nothing is drawn.
   *
   * @param count an integer in [1, 2^32)
   */
  integer(count: number): number {
    const last = count - 1;
    if (last === 0) return 0;
    const mask = 0xffffffff >>> Math.clz32(last);
    for (;;) {
      const value = (this.word() & mask) >>> 0;
      if (value <= last) return value;
    }
  }

  #twist(): void {
    const state = this.#state;
    for (let i = 0; i < STATE; i++) {
      const mixed = (state[i] & UPPER) | (state[(i + 1) % STATE] & LOWER);
      state[i] = state[(i + MIDDLE) % STATE] ^ (mixed >>> 1) ^ ((mixed & 1) === 0 ? 0 : TWIST);
    }
    this.#used = 0;
  }
}
