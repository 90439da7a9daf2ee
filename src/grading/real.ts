/**
 * Real functions on fixed-point numbers of a chosen precision: the bigint `m` stands for `m / 2^bits`. Errors are bounded
 * by {@link FUNCTION_ERROR} units in the last place, times what a function multiplies the error of its argument by;
 * `interval.ts` keeps the account.
 *
 * @module
 */
import { integerRoot } from "./rational.ts";

/** A number of bits after the binary point, with the constants at that precision. */
export interface Precision {
  readonly bits: number;
  readonly shift: bigint;
  /** The number 1. */
  readonly unit: bigint;
  readonly pi: bigint;
  readonly ln2: bigint;
}

/** Units in the last place by which a function here may be wrong for an argument of magnitude 1. */
export const FUNCTION_ERROR = 2 ** 20;

/** Extra bits inside a series, for what the steps around it lose. */
const GUARD = 40n;

/** The precision with so many bits after the point. */
export function precisionOf(bits: number): Precision {
  const shift = BigInt(bits);
  const one = 1n << (shift + GUARD);
  // Machin: π = 16 atan(1/5) - 4 atan(1/239). The like for ln 2 by atanh: 18 (1/26) - 2 (1/4801) + 8 (1/8749).
  const pi = 16n * inverseOf(one, 5n, -1n) - 4n * inverseOf(one, 239n, -1n);
  const ln2 = 18n * inverseOf(one, 26n, 1n) - 2n * inverseOf(one, 4801n, 1n) + 8n * inverseOf(one, 8749n, 1n);
  return { bits, shift, unit: 1n << shift, pi: pi >> GUARD, ln2: ln2 >> GUARD };
}

/** atan(1/k) for `sign` -1, atanh(1/k) for 1. */
function inverseOf(one: bigint, k: bigint, sign: bigint): bigint {
  let term = one / k;
  let sum = term;
  for (let n = 3n; term !== 0n; n += 2n) {
    term = (sign * term) / (k * k);
    sum += term / n;
  }
  return sum;
}

/** Halvings of an argument before its Taylor series: as many as balance the terms that they save. */
function halvings({ bits }: Precision): bigint {
  return BigInt(Math.round(Math.sqrt(bits) / 2));
}

/** a · b. */
export function times(a: bigint, b: bigint, { shift }: Precision): bigint {
  return (a * b) >> shift;
}

/** a / b, for b that is not zero. */
export function over(a: bigint, b: bigint, { shift }: Precision): bigint {
  return (a << shift) / b;
}

/** k-th root of a non-negative number. */
export function kthRoot(a: bigint, k: number, { shift }: Precision): bigint {
  return a === 0n ? 0n : integerRoot(a << (shift * BigInt(k - 1)), k);
}

/** e^x for |x| up to a few thousand. */
export function exponential(x: bigint, precision: Precision): bigint {
  const { shift, unit, ln2 } = precision;
  const steps = halvings(precision);
  const scale = shift + GUARD;
  const doublings = x / ln2;
  const rest = ((x - doublings * ln2) << GUARD) >> steps;
  const one = unit << GUARD;
  let term = one;
  let sum = one;
  for (let k = 1n; term !== 0n; k++) {
    term = ((term * rest) >> scale) / k;
    sum += term;
  }
  for (let k = 0n; k < steps; k++) sum = (sum * sum) >> scale;
  sum >>= GUARD;
  return doublings >= 0n ? sum << doublings : sum >> -doublings;
}

/** Natural logarithm of a positive number, by Halley's iteration on the exponential. */
export function logarithm(x: bigint, precision: Precision): bigint {
  const { bits, ln2 } = precision;
  const exponent = x.toString(2).length - bits;
  const mantissa = exponent >= 0 ? x >> BigInt(exponent) : x << BigInt(-exponent);
  let y = fromNumber(Math.log(toNumber(mantissa, precision)), precision);
  // Each step triples the right bits, of which a double gives 50.
  for (let right = DOUBLE_BITS; right < bits + 2; right *= 3) {
    const power = exponential(y, precision);
    y += 2n * over(mantissa - power, mantissa + power, precision);
  }
  return y + BigInt(exponent) * ln2;
}

/** Bits of a logarithm in double precision that are surely right. */
const DOUBLE_BITS = 48;

/** Sine and cosine. */
export function sineCosine(x: bigint, precision: Precision): [bigint, bigint] {
  const { shift, unit, pi } = precision;
  const steps = halvings(precision);
  const turns = (x + pi) / (2n * pi) - (x + pi < 0n ? 1n : 0n);
  const angle = ((x - turns * 2n * pi) << GUARD) >> steps;
  const scale = shift + GUARD;
  const one = unit << GUARD;
  const square = (angle * angle) >> scale;
  let term = one;
  // 1 - cos is kept instead of cos, whose leading 1 would hide the digits that the doublings need.
  let versine = 0n;
  for (let k = 1n;; k += 2n) {
    term = -((term * square) >> scale) / (k * (k + 1n));
    if (term === 0n) break;
    versine -= term;
  }
  term = angle;
  let sine = angle;
  for (let k = 2n;; k += 2n) {
    term = -((term * square) >> scale) / (k * (k + 1n));
    if (term === 0n) break;
    sine += term;
  }
  for (let k = 0n; k < steps; k++) {
    const cosine = one - versine;
    const nextSine = (2n * sine * cosine) >> scale;
    versine = (2n * sine * sine) >> scale;
    sine = nextSine;
  }
  return [sine >> GUARD, (one - versine) >> GUARD];
}

/** Bits that each halving of an angle costs: inside, the number is carried with so many more. */
const REDUCTIONS = 8;

/** Inverse tangent, in (-π/2, π/2). */
export function inverseTangent(x: bigint, { bits }: Precision): bigint {
  const inner = BigInt(bits) + GUARD;
  const unit = 1n << inner;
  let argument = x << GUARD;
  for (let k = 0; k < REDUCTIONS; k++) {
    const hypotenuse = integerRoot(unit * unit + argument * argument, 2);
    argument = (argument << inner) / (unit + hypotenuse);
  }
  const square = (argument * argument) >> inner;
  let term = argument;
  let sum = argument;
  for (let k = 3n; term !== 0n && term !== -1n; k += 2n) {
    term = -((term * square) >> inner);
    sum += term / k;
  }
  return (sum << BigInt(REDUCTIONS)) >> GUARD;
}

/** Angle of the point (x, y), in (-π, π]. */
export function angleOf(y: bigint, x: bigint, precision: Precision): bigint {
  const { pi } = precision;
  if (x === 0n) return y > 0n ? pi / 2n : -pi / 2n;
  const angle = inverseTangent(over(y, x, precision), precision);
  if (x > 0n) return angle;
  return y >= 0n ? angle + pi : angle - pi;
}

/** Nearest fixed-point number to a double of magnitude below 1. */
function fromNumber(value: number, { bits }: Precision): bigint {
  const doubleBits = 52;
  return BigInt(Math.round(value * 2 ** doubleBits)) << BigInt(bits - doubleBits);
}

/** Fractional bits beside which a double of magnitude about 1 holds no more. */
const FRACTION_BITS = 700;

/** Nearest double; 0 for what is below 2^-700, infinite above 2^300. */
export function toNumber(value: bigint, { bits }: Precision): number {
  const cut = bits - FRACTION_BITS;
  return Number(cut > 0 ? value >> BigInt(cut) : value << BigInt(-cut)) / 2 ** FRACTION_BITS;
}

/** Nearest integer. */
export function round(value: bigint, { shift, unit }: Precision): bigint {
  return (value + (unit >> 1n)) >> shift;
}
