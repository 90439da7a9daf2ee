// Philox 4x32-10 and Gumbel noise from it: src/random/philox.ts and src/random/distributions.ts once more.

import { log, log1p } from "./javascript";

const ROUNDS: i32 = 10;
const MULTIPLIER_0: u64 = 0xd2511f53;
const MULTIPLIER_1: u64 = 0xcd9e8d57;
const WEYL_0: u32 = 0x9e3779b9;
const WEYL_1: u32 = 0xbb67ae85;
const TWO_TO_32: f64 = 4294967296.0;
const LN2: f64 = 0.6931471805599453;

/** Writes the four 32-bit words of one counter value. */
// @ts-ignore: decorator
@inline
export function philox(
  out: usize, counter0: u32, counter1: u32, counter2: u32, counter3: u32, key0: u32, key1: u32,
): void {
  let c0 = counter0, c1 = counter1, c2 = counter2, c3 = counter3, k0 = key0, k1 = key1;
  for (let round = 0; round < ROUNDS; round++) {
    const first = MULTIPLIER_0 * <u64> c0, second = MULTIPLIER_1 * <u64> c2;
    c0 = <u32> (second >> 32) ^ c1 ^ k0;
    c1 = <u32> second;
    c2 = <u32> (first >> 32) ^ c3 ^ k1;
    c3 = <u32> first;
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
  store<u32>(out, c0);
  store<u32>(out, c1, 4);
  store<u32>(out, c2, 8);
  store<u32>(out, c3, 12);
}

/** Standard Gumbel draw of a word. */
export function gumbelOf(word: u32): f64 {
  return -log(-log1p(-((<f64> ~word + 0.5) / TWO_TO_32)));
}

/** A bound that the draw does not exceed, without a logarithm. */
// @ts-ignore: decorator
@inline
export function gumbelBoundOf(word: u32): f64 {
  return <f64> (clz(~word) + 1) * LN2;
}
