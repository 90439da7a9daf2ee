/**
 * Keys of bounded length: results store one for every group of votes.
 *
 * @module
 */

/** Longest key that is kept as it is, in UTF-16 units. */
const MAX_KEY_LENGTH = 400;
/** What a longer one keeps of its beginning, to be recognised by. */
const KEPT = 80;

/** The key itself, or the beginning of a long one with its length and a 128-bit hash. */
export function boundedKey(key: string): string {
  if (key.length <= MAX_KEY_LENGTH) return key;
  return `${key.slice(0, KEPT)}… ${key.length} ${hash128(key)}`;
}

/** Start values of four 32-bit lanes: the fractional parts of the square roots of 2, 3, 5 and 7. */
const LANES = [0x6a09e667, 0xbb67ae85, 0x3c6ef373, 0xa54ff53b] as const;

/** Multipliers of the lanes: the odd primes of xxHash32. */
const PRIMES = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;

/** A hash of 128 bits as hexadecimal digits. */
export function hash128(text: string): string {
  let [a, b, c, d] = LANES as readonly number[];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    a = Math.imul(a ^ code, PRIMES[0]);
    b = Math.imul(b ^ code, PRIMES[1]) ^ (a >>> 15);
    c = Math.imul(c ^ code, PRIMES[2]) ^ (b >>> 13);
    d = Math.imul(d ^ code, PRIMES[3]) ^ (c >>> 16);
  }
  return [a, b, c, d].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
}
