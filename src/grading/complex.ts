/**
 * Complex numbers with bounds of their errors.
 *
 * @module
 */
import type { Arithmetic, Interval } from "./interval.ts";

/** A complex number by its parts. */
export interface Complex {
  readonly re: Interval;
  readonly im: Interval;
}

const NOTHING: Interval = { middle: 0n, error: 0 };

/** A real number as a complex one. */
export function complex(re: Interval): Complex {
  return { re, im: NOTHING };
}

/** Whether no imaginary part ever came in; without a question to the precision. */
export function isPlainReal({ im }: Complex): boolean {
  return im.middle === 0n && im.error === 0;
}

/** Complex arithmetic at one precision. */
export class ComplexArithmetic {
  readonly i: Complex;

  constructor(readonly real: Arithmetic) {
    this.i = { re: NOTHING, im: real.one };
  }

  isReal(a: Complex): boolean {
    return isPlainReal(a) || this.real.isZero(a.im);
  }

  add(a: Complex, b: Complex): Complex {
    return { re: this.real.add(a.re, b.re), im: this.real.add(a.im, b.im) };
  }

  negate(a: Complex): Complex {
    return { re: this.real.negate(a.re), im: this.real.negate(a.im) };
  }

  multiply(a: Complex, b: Complex): Complex {
    const { real } = this;
    if (isPlainReal(a) && isPlainReal(b)) return complex(real.multiply(a.re, b.re));
    return {
      re: real.subtract(this.#product(a.re, b.re), this.#product(a.im, b.im)),
      im: real.add(this.#product(a.re, b.im), this.#product(a.im, b.re)),
    };
  }

  /** A product in which an exact 0 stays exact. */
  #product(a: Interval, b: Interval): Interval {
    const nothing = (x: Interval) => x.middle === 0n && x.error === 0;
    return nothing(a) || nothing(b) ? NOTHING : this.real.multiply(a, b);
  }

  /** @throws {UndefinedValue} if b is zero */
  divide(a: Complex, b: Complex): Complex {
    const { real } = this;
    if (isPlainReal(b)) return this.#overReal(a, b.re);
    const norm = real.add(this.#product(b.re, b.re), this.#product(b.im, b.im));
    return this.#overReal(this.multiply(a, { re: b.re, im: real.negate(b.im) }), norm);
  }

  #overReal(a: Complex, b: Interval): Complex {
    return { re: this.real.divide(a.re, b), im: isPlainReal(a) ? NOTHING : this.real.divide(a.im, b) };
  }

  magnitude(a: Complex): Interval {
    const { real } = this;
    if (this.isReal(a)) return real.sign(a.re) < 0 ? real.negate(a.re) : a.re;
    return real.root(real.add(this.#product(a.re, a.re), this.#product(a.im, a.im)), 2);
  }

  /** The principal root of a number that is not a positive real one. */
  squareRoot(a: Complex): Complex {
    const { real } = this;
    if (this.isReal(a) && real.sign(a.re) < 0) return { re: NOTHING, im: real.root(real.negate(a.re), 2) };
    const size = this.magnitude(a);
    const half = (x: Interval): Interval => ({ middle: x.middle >> 1n, error: x.error / 2 + 1 });
    const re = real.root(half(real.add(size, a.re)), 2);
    const im = real.root(half(real.subtract(size, a.re)), 2);
    return { re, im: real.sign(a.im) < 0 ? real.negate(im) : im };
  }

  exponential(a: Complex): Complex {
    const size = this.real.exponential(a.re);
    if (isPlainReal(a)) return complex(size);
    const [sine, cosine] = this.real.sineCosine(a.im);
    return { re: this.real.multiply(size, cosine), im: this.real.multiply(size, sine) };
  }

  /** @throws {UndefinedValue} if it is zero */
  logarithm(a: Complex): Complex {
    if (this.isReal(a)) {
      const size = this.real.logarithm(a.re);
      return this.real.sign(a.re) < 0 ? { re: size, im: this.real.pi } : complex(size);
    }
    return { re: this.real.logarithm(this.magnitude(a)), im: this.real.angle(a.im, a.re) };
  }
}
