/**
 * Exact fractions of any size up to a limit.
 *
 * @module
 */
import { type Budget, MAX_BITS, UndefinedValue, Unresolved } from "./limits.ts";

/** `n / d` in lowest terms, `d > 0`. */
export interface Rational {
  readonly n: bigint;
  readonly d: bigint;
}

/** 0. */
export const ZERO: Rational = { n: 0n, d: 1n };
/** 1. */
export const ONE: Rational = { n: 1n, d: 1n };

/** Steps of a gcd a squared word of its arguments. */
const GCD_STEPS = 6;

const WORD = 1n << 64n;
const SAFE = BigInt(Number.MAX_SAFE_INTEGER);

/** Number of bits of |value|, rounded up to 64 for what fits a machine word. */
export function bitLength(value: bigint): number {
  if (value < WORD && value > -WORD) return 64;
  return value.toString(16).length * 4;
}

/** |value|. */
export function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Greatest common divisor of |a| and |b|. */
export function gcd(a: bigint, b: bigint): bigint {
  a = absolute(a);
  b = absolute(b);
  while (b !== 0n) {
    if (a <= SAFE && b <= SAFE) return BigInt(smallGcd(Number(a), Number(b)));
    [a, b] = [b, a % b];
  }
  return a;
}

function smallGcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/**
 * The fraction n/d in lowest terms.
 *
 * @throws {UndefinedValue} if d = 0
 * @throws {Unresolved} if it is too large, or out of steps
 */
export function fraction(n: bigint, d: bigint, budget: Budget): Rational {
  if (d === 0n) throw new UndefinedValue("division by zero");
  if (d === 1n) {
    budget.spend(1);
    if (bitLength(n) > MAX_BITS) throw new Unresolved("number too large");
    return { n, d };
  }
  const words = Math.ceil(Math.max(bitLength(n), bitLength(d)) / 64);
  if (words * 64 > 2 * MAX_BITS) throw new Unresolved("number too large");
  budget.spend(GCD_STEPS * words * words);
  const common = d < 0n ? -gcd(n, d) : gcd(n, d);
  return common === 1n ? { n, d } : { n: n / common, d: d / common };
}

/** a + b. */
export function add(a: Rational, b: Rational, budget: Budget): Rational {
  if (a.d === 1n && b.d === 1n) return fraction(a.n + b.n, 1n, budget);
  return fraction(a.n * b.d + b.n * a.d, a.d * b.d, budget);
}

/** a · b. */
export function multiply(a: Rational, b: Rational, budget: Budget): Rational {
  return fraction(a.n * b.n, a.d * b.d, budget);
}

/**
 * a / b.
 *
 * @throws {UndefinedValue} if b = 0
 */
export function divide(a: Rational, b: Rational, budget: Budget): Rational {
  return fraction(a.n * b.d, a.d * b.n, budget);
}

/** -a. */
export function negate(a: Rational): Rational {
  return { n: -a.n, d: a.d };
}

/**
 * `base` to an integer power.
 *
 * @throws {UndefinedValue} for 0^0 and negative powers of 0
 * @throws {Unresolved} if the result is too large
 */
export function power(base: Rational, exponent: bigint, budget: Budget): Rational {
  if (base.n === 0n && exponent <= 0n) throw new UndefinedValue("0 to a power that is not positive");
  if (base.d === 1n && (base.n === 0n || base.n === 1n)) return base;
  const size = absolute(exponent);
  if (base.d === 1n && base.n === -1n) return size % 2n === 0n ? ONE : base;
  const bits = Math.max(absolute(base.n).toString(2).length, base.d.toString(2).length) - 1;
  if (size > BigInt(MAX_BITS) || bits * Number(size) > MAX_BITS) throw new Unresolved("power too large");
  budget.spend(1 + Math.ceil((bits * Number(size)) / 64));
  const n = base.n ** size;
  const d = base.d ** size;
  if (exponent >= 0n) return { n, d };
  return n < 0n ? { n: -d, d: -n } : { n: d, d: n };
}

/** The exact k-th root of a non-negative integer, where there is one. */
export function exactIntegerRoot(value: bigint, k: number): bigint | undefined {
  if (value < 2n) return value;
  const root = integerRoot(value, k);
  return root ** BigInt(k) === value ? root : undefined;
}

/** Floor of the k-th root of a positive integer, by Newton's method from above. */
export function integerRoot(value: bigint, k: number): bigint {
  const bits = value.toString(2).length;
  if (bits <= 52) {
    const guess = BigInt(Math.round(Number(value) ** (1 / k)));
    return guess ** BigInt(k) > value ? guess - 1n : (guess + 1n) ** BigInt(k) <= value ? guess + 1n : guess;
  }
  const order = BigInt(k);
  let root = 1n << BigInt(Math.ceil(bits / k));
  while (true) {
    const next = ((order - 1n) * root + value / root ** (order - 1n)) / order;
    if (next >= root) return root;
    root = next;
  }
}

/** `7`, `-7/3`. */
export function format(value: Rational): string {
  return value.d === 1n ? value.n.toString() : `${value.n}/${value.d}`;
}
