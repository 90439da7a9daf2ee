/**
 * Keys of numbers that are no fractions: the same for every way of computing a number, so long as each way is right to a
 * few bits more than the key looks at.
 *
 * @module
 */
import { type Complex, complex, isPlainReal } from "./complex.ts";
import type { Value } from "./evaluate.ts";
import { type Arithmetic, type Interval, PRECISIONS, Undecided } from "./interval.ts";
import { hash128 } from "./key_length.ts";
import { Unresolved } from "./limits.ts";
import { nearbyRational } from "./nearby_rational.ts";
import { absolute, format } from "./rational.ts";
import type { Precision } from "./real.ts";

/** Bits of a number that its key depends on: 154 decimal digits. */
const KEPT_BITS = 512;
/** Bits beyond those that must be right. A number lies too near to an edge by chance once in 2^64. */
const GUARD_BITS = 64;
/**
 * Numbers are cut to cells of a grid. A factor of the grid's scale and a shift, both 0.618… and 0.387… of 2^64, without
 * meaning: numbers that people write then do not lie on an edge between two cells, where the smallest error would decide.
 */
const SCALE = 0x9e3779b97f4a7c15n;
const SHIFT = 0x632be59bd9b4e019n;
/** Significant digits that a key shows. */
const SHOWN_DIGITS = 12;

/**
 * Key of a constant: `7/3`, `≈1.41421356237#…`, `3-2i`.
 *
 * @throws {Undecided} where a higher precision may decide
 * @throws {Unresolved} where none does
 */
export function constantKey(value: Value, arithmetic: Arithmetic): string {
  if ("exact" in value) return format(value.exact);
  const { re, im } = value.approximate;
  const real = partKey(re, arithmetic);
  if (isPlainReal(value.approximate)) return real;
  const imaginary = partKey(im, arithmetic);
  if (imaginary === "0") return real;
  if (real === "0") return `${imaginary}i`;
  return `${real}${/^≈?-/.test(imaginary) ? "" : "+"}${imaginary}i`;
}

function partKey(part: Interval, arithmetic: Arithmetic): string {
  if (arithmetic.isZero(part)) return "0";
  const rational = nearbyRational(part, arithmetic);
  return rational ? format(rational) : cellKey(part, arithmetic.precision);
}

/** The cell of the grid that a number other than zero lies in, written with its first digits. */
export function cellKey({ middle, error }: Interval, precision: Precision): string {
  const scaled = absolute(middle) * SCALE;
  const length = scaled.toString(2).length;
  const dropped = length - KEPT_BITS;
  // The error in bits of what is dropped, after the scaling by about 2^63.
  if (Math.log2(error + 1) + SCALE_BITS + GUARD_BITS > dropped) throw lacking(precision);
  const cell = (scaled + ((SHIFT << BigInt(dropped)) >> 64n)) >> BigInt(dropped);
  const exponent = dropped - precision.bits;
  // The digits are those of the cell, not of the number, which may differ between two ways to the same cell.
  const shown = Number(cell >> BigInt(KEPT_BITS - DOUBLE_BITS)) / Number(SCALE);
  const digits = shownDigits(shown, exponent + KEPT_BITS - DOUBLE_BITS);
  return `≈${middle < 0n ? "-" : ""}${digits}#${hash128(`${cell.toString(16)} ${exponent}`)}`;
}

const SCALE_BITS = 64;
const DOUBLE_BITS = 64;

/** `value · 2^exponent` to twelve digits. */
function shownDigits(value: number, exponent: number): string {
  const number = value * 2 ** exponent;
  if (!Number.isFinite(number) || number === 0) return `${value.toPrecision(SHOWN_DIGITS)}·2^${exponent}`;
  return String(Number(number.toPrecision(SHOWN_DIGITS)));
}

function lacking(precision: Precision): Error {
  return precision === PRECISIONS[PRECISIONS.length - 1]
    ? new Unresolved("too few digits of the value are sure")
    : new Undecided();
}

/** Key of a complex number by its cells alone, without the question whether it is a fraction. */
export function cellsKey(value: Complex, arithmetic: Arithmetic): string {
  const part = (number: Interval) => arithmetic.isZero(number) ? "0" : cellKey(number, arithmetic.precision);
  return isPlainReal(value) ? part(value.re) : `${part(value.re)},${part(value.im)}`;
}

/** The quotient of two complex numbers, the divisor real. */
export function overReal(value: Complex, scale: Interval, arithmetic: Arithmetic): Complex {
  const re = arithmetic.divide(value.re, scale);
  return isPlainReal(value) ? complex(re) : { re, im: arithmetic.divide(value.im, scale) };
}
