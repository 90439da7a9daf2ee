/**
 * The mistakes in the worked examples: slips of the pen, and the bugs that school children's arithmetic is known for.
 *
 * @module
 */
import type { RandomSequence } from "../random/streams.ts";

/** Share of intermediate numbers that are written wrong. */
const SLIP_SHARE = 0.06;
const SLIPS = [1, -1, 2, -2, 10, -10] as const;
/** Share of last operations that are done wrong, and how many of these by the bug of the operation. */
const FINAL_MISTAKE_SHARE = 0.2;
const FINAL_BUG_SHARE = 0.7;
const FINAL_SLIPS = [1, -1, 10, -10] as const;

/** The tens of x with everything above them: 47 gives 40, 384 gives 380. */
export const tens = (x: number): number => 10 * Math.floor(x / 10);
/** The last digit of x. */
export const ones = (x: number): number => x - tens(x);
/** The hundreds of x: 384 gives 300. */
export const hundreds = (x: number): number => 100 * Math.floor(x / 100);

/** An intermediate number as it is written down: sometimes off by 1, 2 or 10. */
export function slip(value: number, random: RandomSequence): number {
  return random.uniform() < SLIP_SHARE ? value + pick(SLIPS, random) : value;
}

/**
 * The answer as it is written down: sometimes what the operation's bug gives, sometimes off by 1 or 10.
 *
 * @param bug what the bug of the last operation gives
 */
export function finalAnswer(value: number, bug: number, random: RandomSequence): number {
  if (random.uniform() >= FINAL_MISTAKE_SHARE) return value;
  return random.uniform() < FINAL_BUG_SHARE && bug !== value ? bug : value + pick(FINAL_SLIPS, random);
}

/** An addition that drops the carry out of the last column: 47+38 gives 75. Both terms at least 0. */
export function buggyAddition(a: number, b: number): number {
  return tens(a) + tens(b) + ones(a + b);
}

/** A subtraction that takes the smaller digit from the larger in the last column: 64-38 gives 34. Both at least 0. */
export function buggySubtraction(a: number, b: number): number {
  return a < b ? -buggySubtraction(b, a) : tens(a) - tens(b) + Math.abs(ones(a) - ones(b));
}

/** A product that drops the carry out of the last column: 7*38 gives 216. */
export function buggyProduct(a: number, b: number): number {
  return a * tens(b) + ones(a * ones(b));
}

/** What the bugs make of u+v where either may be negative: a sum of like signs is an addition, of unlike a subtraction. */
export function buggySum(u: number, v: number): number {
  if (u >= 0) return v >= 0 ? buggyAddition(u, v) : buggySubtraction(u, -v);
  return v >= 0 ? buggySubtraction(v, -u) : -buggyAddition(-u, -v);
}

function pick(values: readonly number[], random: RandomSequence): number {
  return values[random.integer(values.length)];
}
