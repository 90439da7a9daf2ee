/**
 * Complex dual numbers, `a + b ε` with ε² = 0: a product of many carries along the sum of all products in which one
 * factor's `a` is replaced by its `b`. Lists of them, since there are millions of products.
 *
 * @module
 */

/** (count, 4): real and imaginary part of a, and of b. */
export type Duals = Float64Array;

const PARTS = 4;

/** As many numbers that are 1. */
export function ones(count: number): Duals {
  const out = new Float64Array(PARTS * count);
  setOnes(out);
  return out;
}

/** Sets all numbers to 1. */
export function setOnes(out: Duals): void {
  out.fill(0);
  for (let i = 0; i < out.length; i += PARTS) out[i] = 1;
}

/** Sets all numbers to `value + weight · slope + ε · epsilon · slope`, of complex numbers (count, 2). */
export function setLinear(out: Duals, value: Float64Array, slope: Float64Array, weight: number, epsilon: number): void {
  for (let i = 0, j = 0; i < out.length; i += PARTS, j += 2) {
    const re = slope[j], im = slope[j + 1];
    out[i] = value[j] + weight * re;
    out[i + 1] = value[j + 1] + weight * im;
    out[i + 2] = epsilon * re;
    out[i + 3] = epsilon * im;
  }
}

/** Adds a weight times every b to complex numbers, (count, 2). */
export function addEpsilon(sums: Float64Array, weight: number, x: Duals): void {
  for (let i = 0, j = 0; i < x.length; i += PARTS, j += 2) {
    sums[j] += weight * x[i + 2];
    sums[j + 1] += weight * x[i + 3];
  }
}

/** `out = x · y`, one by one; out may be one of them. */
export function multiply(out: Duals, x: Duals, y: Duals): void {
  for (let i = 0; i < out.length; i += PARTS) {
    const xRe = x[i], xIm = x[i + 1], xeRe = x[i + 2], xeIm = x[i + 3];
    const yRe = y[i], yIm = y[i + 1], yeRe = y[i + 2], yeIm = y[i + 3];
    out[i] = xRe * yRe - xIm * yIm;
    out[i + 1] = xRe * yIm + xIm * yRe;
    out[i + 2] = xRe * yeRe - xIm * yeIm + xeRe * yRe - xeIm * yIm;
    out[i + 3] = xRe * yeIm + xIm * yeRe + xeRe * yIm + xeIm * yRe;
  }
}

/** `out = out · x^power`, one by one, for a whole power >= 0, by squaring; leaves a power of x in `square`. */
export function multiplyPower(out: Duals, x: Duals, power: number, square: Duals): void {
  let base = x;
  for (let left = power; left > 0; left >>= 1) {
    if (left & 1) multiply(out, out, base);
    if (left > 1) {
      multiply(square, base, base);
      base = square;
    }
  }
}
