/**
 * Real functions on fixed-point numbers: the bigint `m` stands for `m / 2^PRECISION`. Errors are a few units in the last
 * place, 1e-96 absolute; callers look at no more than 60 digits.
 *
 * @module
 */
import { integerRoot } from "./rational.ts";

/** Bits after the binary point. */
export const PRECISION = 320;
const SHIFT = BigInt(PRECISION);
/** The number 1. */
export const UNIT = 1n << SHIFT;
const HALF = UNIT >> 1n;

/** Halvings of an argument before its Taylor series, which then needs about 30 terms. */
const HALVINGS = 8n;
/** Extra bits inside a series, for what the doublings afterwards lose. */
const GUARD = 32n;

/** a · b. */
export function times(a: bigint, b: bigint): bigint {
  return (a * b) >> SHIFT;
}

/** a / b, for b that is not zero. */
export function over(a: bigint, b: bigint): bigint {
  return (a << SHIFT) / b;
}

/** Square root of a non-negative number. */
export function squareRoot(a: bigint): bigint {
  return a === 0n ? 0n : integerRoot(a << SHIFT, 2);
}

/** k-th root of a non-negative number. */
export function kthRoot(a: bigint, k: number): bigint {
  return a === 0n ? 0n : integerRoot(a << (SHIFT * BigInt(k - 1)), k);
}

/** π by Machin's formula, 16 atan(1/5) - 4 atan(1/239). */
export const PI = (() => {
  const inverseTangent = (k: bigint): bigint => {
    let term = (UNIT << GUARD) / k;
    let sum = term;
    for (let n = 3n; term !== 0n; n += 2n) {
      term = -term / (k * k);
      sum += term / n;
    }
    return sum;
  };
  return (16n * inverseTangent(5n) - 4n * inverseTangent(239n)) >> GUARD;
})();

/** ln 2 = Σ 1/(k·2^k). */
const LN2 = (() => {
  let sum = 0n;
  for (let k = 1n; k < SHIFT + GUARD; k++) sum += (UNIT << GUARD) / (k << k);
  return sum >> GUARD;
})();

/** Largest argument of `exponential`, which is then below 2^2900. */
export const MAX_EXPONENT = 2000n * UNIT;

/** e^x for x <= MAX_EXPONENT. */
export function exponential(x: bigint): bigint {
  const doublings = x / LN2;
  const rest = (x - doublings * LN2) << GUARD >> HALVINGS;
  const one = UNIT << GUARD;
  let term = one;
  let sum = one;
  for (let k = 1n; term !== 0n && k < 200n; k++) {
    term = ((term * rest) >> (SHIFT + GUARD)) / k;
    sum += term;
  }
  for (let k = 0n; k < HALVINGS; k++) sum = (sum * sum) >> (SHIFT + GUARD);
  sum >>= GUARD;
  return doublings >= 0n ? sum << doublings : sum >> -doublings;
}

/** Natural logarithm of a positive number, by Halley's iteration on the exponential. */
export function logarithm(x: bigint): bigint {
  const exponent = x.toString(2).length - PRECISION;
  const mantissa = exponent >= 0 ? x >> BigInt(exponent) : x << BigInt(-exponent);
  let y = fromNumber(Math.log(toNumber(mantissa)));
  for (let k = 0; k < 2; k++) {
    const power = exponential(y);
    y += 2n * over(mantissa - power, mantissa + power);
  }
  return y + BigInt(exponent) * LN2;
}

/** Sine and cosine. */
export function sineCosine(x: bigint): [bigint, bigint] {
  const turns = (x + PI) / (2n * PI) - (x + PI < 0n ? 1n : 0n);
  const angle = (x - turns * 2n * PI) << GUARD >> HALVINGS;
  const scale = SHIFT + GUARD;
  const one = UNIT << GUARD;
  const square = (angle * angle) >> scale;
  let term = one;
  // 1 - cos is kept instead of cos, whose leading 1 would hide the digits that the doublings need.
  let versine = 0n;
  for (let k = 1n; k < 200n; k += 2n) {
    term = -((term * square) >> scale) / (k * (k + 1n));
    if (term === 0n) break;
    versine -= term;
  }
  term = angle;
  let sine = angle;
  for (let k = 2n; k < 200n; k += 2n) {
    term = -((term * square) >> scale) / (k * (k + 1n));
    if (term === 0n) break;
    sine += term;
  }
  for (let k = 0n; k < HALVINGS; k++) {
    const cosine = one - versine;
    const nextSine = (2n * sine * cosine) >> scale;
    versine = (2n * sine * sine) >> scale;
    sine = nextSine;
  }
  return [sine >> GUARD, (one - versine) >> GUARD];
}

/** Inverse tangent, in (-π/2, π/2). */
export function inverseTangent(x: bigint): bigint {
  let argument = x;
  const reductions = 4;
  for (let k = 0; k < reductions; k++) argument = over(argument, UNIT + squareRoot(UNIT + times(argument, argument)));
  const square = times(argument, argument);
  let term = argument;
  let sum = argument;
  for (let k = 3n; term !== 0n && k < 400n; k += 2n) {
    term = -times(term, square);
    sum += term / k;
    if (term === -1n) break;
  }
  return sum << BigInt(reductions);
}

/** Angle of the point (x, y), in (-π, π]. */
export function angleOf(y: bigint, x: bigint): bigint {
  if (x === 0n) return y > 0n ? PI / 2n : -PI / 2n;
  const angle = inverseTangent(over(y, x));
  if (x > 0n) return angle;
  return y >= 0n ? angle + PI : angle - PI;
}

/** Nearest fixed-point number to a double of magnitude below 1. */
function fromNumber(value: number): bigint {
  const doubleBits = 52;
  return BigInt(Math.round(value * 2 ** doubleBits)) << BigInt(PRECISION - doubleBits);
}

/** Nearest double, for magnitudes that a double holds. */
export function toNumber(value: bigint): number {
  return Number(value >> BigInt(PRECISION - 100)) / 2 ** 100;
}

/** Largest integer not above the value. */
export function floor(value: bigint): bigint {
  return value >> SHIFT;
}

/** Nearest integer. */
export function round(value: bigint): bigint {
  return (value + HALF) >> SHIFT;
}
