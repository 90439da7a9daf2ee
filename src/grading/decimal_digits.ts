/**
 * Fixed-point numbers as decimals of a given length.
 *
 * @module
 */
import { absolute } from "./rational.ts";
import { PRECISION, UNIT } from "./real.ts";

/** A number nearer to zero than this, 1e-75, is zero. */
const ZERO_BELOW = UNIT >> 250n;
/** Decimal digits that a fixed-point number is written out to before it is cut. */
const WRITTEN_DECIMALS = 90;
const WRITTEN_SCALE = 10n ** BigInt(WRITTEN_DECIMALS);

/** The number to so many significant digits, or so many decimals where that is more; as decimals. */
export function digits(value: bigint, significant: number, decimals: number): string {
  const size = absolute(value);
  if (size < ZERO_BELOW) return "0";
  const scaled = (size * WRITTEN_SCALE) >> BigInt(PRECISION);
  const length = scaled.toString().length;
  const kept = Math.max(significant, length - WRITTEN_DECIMALS + decimals);
  const dropped = length - kept;
  const cut = dropped > 0 ? (scaled + 5n * 10n ** BigInt(dropped - 1)) / 10n ** BigInt(dropped) : scaled;
  const written = cut.toString();
  // Rounding up can add a digit, as from 9.99 to 10.0.
  const exponent = length - WRITTEN_DECIMALS + (dropped > 0 && written.length > kept ? 1 : 0);
  return (value < 0n ? "-" : "") + positional(written.replace(/0+$/, ""), exponent);
}

/** Exponents for which a number is written without a power of ten. */
const PLAIN_EXPONENTS = { least: -5, most: 15 } as const;

/** The number `0.mantissa · 10^exponent` as one reads it. */
function positional(mantissa: string, exponent: number): string {
  if (exponent < PLAIN_EXPONENTS.least || exponent > PLAIN_EXPONENTS.most) return `0.${mantissa}e${exponent}`;
  if (exponent <= 0) return `0.${"0".repeat(-exponent)}${mantissa}`;
  if (mantissa.length <= exponent) return mantissa.padEnd(exponent, "0");
  return `${mantissa.slice(0, exponent)}.${mantissa.slice(exponent)}`;
}
