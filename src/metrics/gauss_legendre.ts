/**
 * Gauss-Legendre quadrature on [0, 1].
 *
 * @module
 */

/** A place in [0, 1] and its weight; the weights of a rule sum to 1. */
export interface QuadratureNode {
  /** Where the function is looked at. */
  readonly place: number;
  /** What its value there counts. */
  readonly weight: number;
}

/** The rule that integrates every polynomial of this degree (at least 0) exactly over [0, 1], with the fewest nodes. */
export function quadratureOfDegree(degree: number): QuadratureNode[] {
  const order = Math.floor(degree / 2) + 1;
  return Array.from({ length: order }, (_, i) => {
    const [x, slope] = legendreRoot(order, i);
    return { place: (1 + x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
}

/** The i-th root of the Legendre polynomial of this order, from the right, and the slope there: Newton's method. */
function legendreRoot(order: number, i: number): [x: number, slope: number] {
  // Abramowitz and Stegun 22.16.6: near enough for Newton to meet this root and no other.
  let x = Math.cos(Math.PI * (i + 0.75) / (order + 0.5));
  for (let step = 0;; step++) {
    const [value, slope] = legendre(order, x);
    if (step === NEWTON_STEPS) return [x, slope];
    x -= value / slope;
  }
}

/** The first guess has four digits or more, and every step doubles them. */
const NEWTON_STEPS = 4;

/** Legendre polynomial and its derivative at x in (-1, 1). */
function legendre(order: number, x: number): [value: number, slope: number] {
  let [before, value] = [1, x];
  for (let d = 2; d <= order; d++) [before, value] = [value, ((2 * d - 1) * x * value - (d - 1) * before) / d];
  return [value, order * (x * value - before) / (x * x - 1)];
}
