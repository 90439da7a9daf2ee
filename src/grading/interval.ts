/**
 * Real numbers that are known up to an error: fixed point with a bound. What is equal, zero or greater is said only where
 * the bound decides it.
 *
 * @module
 */
import { UndefinedValue, Unresolved } from "./limits.ts";
import { absolute, type Rational } from "./rational.ts";
import * as real from "./real.ts";
import type { Precision } from "./real.ts";

/** The number is within `error` units in the last place of `middle`. */
export interface Interval {
  readonly middle: bigint;
  readonly error: number;
}

/** The precision is too low to decide; the next may do. */
export class Undecided extends Error {}

/** Precisions that are tried in turn, in bits: 230 decimals decide almost every answer, 610 the rest. */
export const PRECISIONS: readonly Precision[] = [768, 2048].map(real.precisionOf);
const HIGHEST = PRECISIONS[PRECISIONS.length - 1];

/** Largest magnitude of a value, 2^250 at the lowest precision: doubles hold the errors of such. */
const LARGE = 2 ** 280;

/** Arithmetic at one precision. */
export class Arithmetic {
  readonly one: Interval;
  readonly zero: Interval = { middle: 0n, error: 0 };
  readonly pi: Interval;

  constructor(readonly precision: Precision) {
    this.one = { middle: precision.unit, error: 0 };
    this.pi = { middle: precision.pi, error: 2 };
  }

  /** A fraction; its error is below one unit. */
  of({ n, d }: Rational): Interval {
    const scaled = n << this.precision.shift;
    return { middle: scaled / d, error: d === 1n ? 0 : 1 };
  }

  /** Magnitude as a double, rounded up. */
  size({ middle, error }: Interval): number {
    return Math.abs(real.toNumber(middle, this.precision)) * ROUNDED_UP + error * this.ulp + TINY;
  }

  /** One unit in the last place. */
  get ulp(): number {
    return this.precision.bits > SMALLEST_EXPONENT ? 0 : 2 ** -this.precision.bits;
  }

  add(a: Interval, b: Interval): Interval {
    return this.#checked(a.middle + b.middle, a.error + b.error);
  }

  negate(a: Interval): Interval {
    return { middle: -a.middle, error: a.error };
  }

  subtract(a: Interval, b: Interval): Interval {
    return this.add(a, this.negate(b));
  }

  multiply(a: Interval, b: Interval): Interval {
    const error = this.size(a) * b.error + this.size(b) * a.error + 1;
    return this.#checked(real.times(a.middle, b.middle, this.precision), error);
  }

  /** @throws {UndefinedValue} if b is zero */
  divide(a: Interval, b: Interval): Interval {
    if (this.isZero(b)) throw new UndefinedValue("division by zero");
    const least = this.#least(b);
    const quotient = real.over(a.middle, b.middle, this.precision);
    const size = Math.abs(real.toNumber(quotient, this.precision)) * ROUNDED_UP + TINY;
    return this.#checked(quotient, (a.error + size * b.error) / least + 2);
  }

  /** k-th root of a number that is not negative. */
  root(a: Interval, k: number): Interval {
    if (this.isZero(a)) return this.zero;
    const root = real.kthRoot(a.middle, k, this.precision);
    const least = this.#least(a);
    const size = real.toNumber(root, this.precision) * ROUNDED_UP + TINY;
    return this.#checked(root, (size * a.error) / (k * least) + 2);
  }

  /** @throws {Unresolved} if the result is too large, or too near to zero to be told from it */
  exponential(a: Interval): Interval {
    if (Math.abs(real.toNumber(a.middle, this.precision)) > MAX_EXPONENT) throw new Unresolved("exponent too large");
    if (a.error > this.#half()) throw new Undecided();
    const middle = real.exponential(a.middle, this.precision);
    const result = this.#checked(middle, (this.size({ middle, error: 0 }) + 1) * 2 * (a.error + real.FUNCTION_ERROR));
    if (this.#holdsZero(result)) {
      if (this.precision === HIGHEST) throw new Unresolved("too small");
      throw new Undecided();
    }
    return result;
  }

  /** @throws {UndefinedValue} if it is zero */
  logarithm(a: Interval): Interval {
    if (this.isZero(a)) throw new UndefinedValue("logarithm of zero");
    const positive = { middle: absolute(a.middle), error: a.error };
    const middle = real.logarithm(positive.middle, this.precision);
    return this.#checked(
      middle,
      a.error / this.#least(a) + real.FUNCTION_ERROR * (1 + this.size({ middle, error: 0 })),
    );
  }

  sineCosine(a: Interval): [Interval, Interval] {
    if (a.error > this.#half()) throw new Undecided();
    const [sine, cosine] = real.sineCosine(a.middle, this.precision);
    const error = a.error + real.FUNCTION_ERROR * (1 + this.size(a));
    return [this.#checked(sine, error), this.#checked(cosine, error)];
  }

  inverseTangent(a: Interval): Interval {
    return this.#checked(real.inverseTangent(a.middle, this.precision), a.error + real.FUNCTION_ERROR);
  }

  /** Angle of the point (x, y), in (-π, π]. */
  angle(y: Interval, x: Interval): Interval {
    const [onAxis, upright] = [this.isZero(y), this.isZero(x)];
    if (onAxis) return x.middle < 0n ? this.pi : this.zero;
    if (upright) return { middle: (y.middle > 0n ? this.precision.pi : -this.precision.pi) / 2n, error: 2 };
    const middle = real.angleOf(y.middle, x.middle, this.precision);
    const least = Math.max(this.#least(x), this.#least(y));
    return this.#checked(middle, (x.error + y.error) / least + real.FUNCTION_ERROR);
  }

  /**
   * Whether it is zero. At the highest precision a number that cannot be told from zero is zero.
   *
   * @throws {Undecided} where a higher precision may tell
   */
  isZero(a: Interval): boolean {
    if (a.middle === 0n && a.error === 0) return true;
    if (!this.#holdsZero(a)) return false;
    if (this.precision === HIGHEST && a.error < DECIDING_ERROR) return true;
    if (this.precision === HIGHEST) throw new Unresolved("the error hides the value");
    throw new Undecided();
  }

  /** Negative, zero or positive. */
  sign(a: Interval): -1 | 0 | 1 {
    return this.isZero(a) ? 0 : a.middle < 0n ? -1 : 1;
  }

  /** Whether two numbers cannot be told apart. */
  meet(a: Interval, b: Interval): boolean {
    return Number(absolute(a.middle - b.middle)) <= a.error + b.error;
  }

  /** Whether the number may be this fraction. */
  holds({ middle, error }: Interval, { n, d }: Rational): boolean {
    return absolute(middle * d - (n << this.precision.shift)) <= BigInt(Math.ceil(error + 1)) * d;
  }

  #holdsZero({ middle, error }: Interval): boolean {
    return Math.abs(Number(middle)) <= error;
  }

  /** The least magnitude that it may have. */
  #least({ middle, error }: Interval): number {
    const least = real.toNumber(absolute(middle) - BigInt(Math.ceil(error)), this.precision) / ROUNDED_UP;
    if (least > 0) return least;
    if (this.precision === HIGHEST) throw new Unresolved("too small");
    throw new Undecided();
  }

  /** Half of a unit, in units in the last place. */
  #half(): number {
    return 2 ** Math.min(this.precision.bits - 1, SMALLEST_EXPONENT - 1);
  }

  #checked(middle: bigint, error: number): Interval {
    if (!Number.isFinite(error) || Math.abs(real.toNumber(middle, this.precision)) > LARGE) {
      throw new Unresolved("too large");
    }
    return { middle, error };
  }
}

/** Doubles reach down to 2^-1022. */
const SMALLEST_EXPONENT = 1022;
/** More than the relative error of a double. */
const ROUNDED_UP = 1 + 2 ** -50;
/** What `toNumber` cuts off. */
const TINY = 2 ** -699;
/** Largest argument of an exponential: e^190 is below LARGE. */
const MAX_EXPONENT = 1400;
/** Units in the last place within which a number at the highest precision is taken for zero: 2^600 of 2^2048. */
const DECIDING_ERROR = 2 ** 600;
