/**
 * Philox 4×32-10, a counter-based generator: 128 random bits are a pure function of a 128-bit counter and a 64-bit key.
 *
 * Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011, section 4.3.
 *
 * @module
 */

const ROUNDS = 10;
/** Multipliers of the two halves, and the Weyl steps of the key (table 2 of the paper, `philox.h` of Random123). */
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const LOW_16 = 0xffff;

/**
 * Writes the four 32-bit words of one counter value to `out`.
 *
 * @param out (4)
 * @example The first known answer of Random123
 * ```ts
 * import { philox } from "./philox.ts";
 * import { assertEquals } from "@std/assert";
 * const out = new Uint32Array(4);
 * philox(out, 0, 0, 0, 0, 0, 0);
 * assertEquals(out[0], 0x6627e8d5);
 * ```
 */
export function philox(
  out: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  // Signed 32-bit values throughout: the engine then keeps them in integer registers.
  let c0 = counter0 | 0, c1 = counter1 | 0, c2 = counter2 | 0, c3 = counter3 | 0;
  let k0 = key0 | 0, k1 = key1 | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(c0, MULTIPLIER_0 >>> 16, MULTIPLIER_0 & LOW_16);
    const low0 = Math.imul(c0, MULTIPLIER_0);
    const high1 = multiplyHigh(c2, MULTIPLIER_1 >>> 16, MULTIPLIER_1 & LOW_16);
    const low1 = Math.imul(c2, MULTIPLIER_1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** Upper 32 bits of the unsigned product of `a` and `high · 2^16 + low`, by 16-bit halves. */
function multiplyHigh(a: number, high: number, low: number): number {
  const aHigh = a >>> 16;
  const aLow = a & LOW_16;
  // A product of two 16-bit numbers is at most 2^32 - 2^17 + 1: a carry of 16 bits still fits into 32.
  const carried = ((Math.imul(aHigh, low) >>> 0) + (Math.imul(aLow, low) >>> 16)) >>> 0;
  const crossed = ((Math.imul(aLow, high) >>> 0) + (carried & LOW_16)) >>> 0;
  return (Math.imul(aHigh, high) + (carried >>> 16) + (crossed >>> 16)) | 0;
}
