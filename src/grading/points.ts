/**
 * The fixed points at which functions are evaluated.
 *
 * @module
 */
import { complex } from "./complex.ts";
import type { Point, Value } from "./evaluate.ts";
import type { Precision } from "./real.ts";

/**
 * Fixed points: real numbers of magnitude 0.7 to 1.5 that depend on the variable's name alone. At the first and third all
 * are positive, at the second all negative; the signs at the others are spread, so that √(x²) is not taken for x.
 */
export function points(names: readonly string[], count: number, { shift }: Precision): Point[] {
  return Array.from({ length: count }, (_, k) => {
    const point = new Map<string, Value>();
    for (const name of names) {
      const bits = hash(`${name}#${k}`);
      // (7 + 8 · fraction) / 10, to the unit in the last place
      const tenths = (7n << shift) + ((8n * (bits >> 1n)) << shift >> BigInt(HASH_BITS - 1));
      const size = tenths / 10n;
      const negative = k === 1 || (k > 2 && (bits & 1n) === 1n);
      point.set(name, { approximate: complex({ middle: negative ? -size : size, error: 2 }) });
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
