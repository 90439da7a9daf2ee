/**
 * Numerals: integers, decimals, scientific notation, repeating decimals.
 *
 * @module
 */
import { Unreadable } from "./limits.ts";
import { gcd, type Rational, simplestBetween } from "./rational.ts";

/** Significant digits and decimals from which a decimal stands for an exact value: docs/grading.md, rule 7. */
const APPROXIMATE_DIGITS = 12;
const APPROXIMATE_DECIMALS = 6;
/** Reciprocal of the relative distance of such a decimal to its exact value: a unit in the twelfth digit, cut or rounded. */
const TOLERANCE = 5n * 10n ** 11n;
/** Numerator times denominator of an exact fraction that a decimal of 12 digits can hardly meet by chance. */
const SIMPLE = 10n ** 7n;
/** Largest exponent of scientific notation. */
const MAX_EXPONENT = 2000;

/** A numeral's value, and whether it only approximates it. */
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
  const long = repeating === "" && significant >= APPROXIMATE_DIGITS && decimals.length >= APPROXIMATE_DECIMALS;
  if (!long || value.n === 0n) return { value, approximate: false };
  const meant = simplestBetween(
    { n: value.n * (TOLERANCE - 1n), d: value.d * TOLERANCE },
    { n: value.n * (TOLERANCE + 1n), d: value.d * TOLERANCE },
  );
  return meant.n * meant.d <= SIMPLE ? { value: meant, approximate: false } : { value, approximate: true };
}

function lowest(n: bigint, d: bigint): Rational {
  if (d === 1n) return { n, d };
  const common = gcd(n, d);
  return { n: n / common, d: d / common };
}
