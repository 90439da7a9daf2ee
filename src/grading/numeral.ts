/**
 * Numerals: integers, decimals, scientific notation, repeating decimals.
 *
 * @module
 */
import { Unreadable } from "./limits.ts";
import { gcd, type Rational } from "./rational.ts";
import { AGREEING_DECIMALS, AGREEING_DIGITS } from "./reading.ts";

/** Largest exponent of scientific notation. */
const MAX_EXPONENT = 2000;

/** A numeral's value, and whether it is a decimal so long that it may stand for another: docs/grading.md, rule 7. */
export interface Numeral {
  readonly value: Rational;
  readonly approximate: boolean;
}

/**
 * Value of decimal digits.
 *
 * @param whole digits before the point
 * @param decimals digits after it
 * @param repeating digits that repeat for ever after those
 * @param exponent power of ten
 */
export function numeral(whole: string, decimals = "", repeating = "", exponent = 0): Numeral {
  if (Math.abs(exponent) > MAX_EXPONENT) throw new Unreadable("exponent out of range");
  let n = BigInt(whole + decimals);
  let d = 10n ** BigInt(decimals.length);
  if (repeating !== "") {
    const cycle = 10n ** BigInt(repeating.length) - 1n;
    n = n * cycle + BigInt(repeating);
    d *= cycle;
  }
  if (exponent > 0) n *= 10n ** BigInt(exponent);
  if (exponent < 0) d *= 10n ** BigInt(-exponent);
  const value = lowest(n, d);
  const significant = (whole + decimals).replace(/^0+/, "").length;
  const long = repeating === "" && significant >= AGREEING_DIGITS && decimals.length >= AGREEING_DECIMALS;
  return { value, approximate: long && value.d !== 1n };
}

function lowest(n: bigint, d: bigint): Rational {
  if (d === 1n) return { n, d };
  const common = gcd(n, d);
  return { n: n / common, d: d / common };
}
