/**
 * The fixed points at which functions are evaluated.
 *
 * @module
 */
import type { Complex, Point } from "./evaluate.ts";
import { UNIT } from "./real.ts";

/**
 * Fixed points: real numbers of magnitude 0.7 to 1.5 that depend on the variable's name alone. At the first all are
 * positive; the signs at the others are spread, so that √(x²) is not taken for x.
 */
export function points(names: readonly string[], count: number): Point[] {
  return Array.from({ length: count }, (_, k) => {
    const point = new Map<string, Complex>();
    for (const name of names) {
      const bits = hash(`${name}#${k}`);
      const size = (UNIT * 7n) / 10n + (((bits >> 1n) * (UNIT * 8n)) / 10n >> BigInt(HASH_BITS - 1));
      const negative = k === 1 || (k > 1 && (bits & 1n) === 1n);
      point.set(name, { re: negative ? -size : size, im: 0n });
    }
    return point;
  });
}

const HASH_BITS = 128;
const HASH_MASK = (1n << BigInt(HASH_BITS)) - 1n;
/** Offset and prime of the 128-bit FNV-1a hash (draft-eastlake-fnv). */
const FNV_OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const FNV_PRIME = 0x0000000001000000000000000000013bn;

function hash(text: string): bigint {
  let state = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) state = ((state ^ BigInt(text.charCodeAt(i))) * FNV_PRIME) & HASH_MASK;
  // FNV leaves the high bits of short texts alike; a multiplication by itself spreads them.
  return ((state * (state | 1n)) ^ (state >> 64n)) & HASH_MASK;
}
