/**
 * The fraction that a number is, where it is one of moderate denominator: of all numbers that answers can hold, none but
 * a fraction comes so near to one.
 *
 * @module
 */
import { type Arithmetic, type Interval, PRECISIONS, Undecided } from "./interval.ts";
import { absolute, type Rational } from "./rational.ts";
import * as real from "./real.ts";

/** Bits of the largest denominator that is looked for. */
const DENOMINATOR_BITS = 128n;
const MOST = 1n << DENOMINATOR_BITS;
/** Bits after the point that are looked at. A number meets a fraction in all of them by chance about once in 2^128. */
const LOOKED_AT = 384;
/** A partial quotient of so many bits is the end of a continued fraction that should end. */
const END_BITS = 100n;

/** The fraction, or undefined where the number is none. */
export function nearbyRational(number: Interval, arithmetic: Arithmetic): Rational | undefined {
  const { bits, shift, unit } = arithmetic.precision;
  const size = absolute(number.middle);
  const whole = size >> shift;
  let [larger, smaller] = [1n << BigInt(LOOKED_AT), (size & (unit - 1n)) >> BigInt(bits - LOOKED_AT)];
  let [n, d, lastN, lastD] = [0n, 1n, 1n, 0n];
  while (smaller > larger >> END_BITS) {
    const quotient = larger / smaller;
    [larger, smaller] = [smaller, larger - quotient * smaller];
    [n, lastN] = [quotient * n + lastN, n];
    [d, lastD] = [quotient * d + lastD, d];
    if (d > MOST) return undefined;
  }
  const fraction = { n: whole * d + n, d };
  if (!arithmetic.holds({ middle: size, error: number.error }, fraction)) return undefined;
  return number.middle < 0n ? { n: -fraction.n, d } : fraction;
}

/**
 * The integer that a number cannot be told from at the highest precision.
 *
 * @throws {Undecided} where a higher precision may tell
 */
export function nearestInteger(number: Interval, arithmetic: Arithmetic): bigint | undefined {
  const integer = real.round(number.middle, arithmetic.precision);
  if (!arithmetic.holds(number, { n: integer, d: 1n })) return undefined;
  if (arithmetic.precision !== PRECISIONS[PRECISIONS.length - 1]) throw new Undecided();
  return integer;
}
