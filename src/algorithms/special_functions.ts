/**
 * The Gamma function's logarithm and its derivative, for the density of Gamma draws.
 *
 * @module
 */

/** Above this the asymptotic series below are exact to double precision's last digits. */
const ASYMPTOTIC_FROM = 10;

/** log Γ(x), x > 0, to about 1e-13 (Stirling's series after shifting x up; Abramowitz and Stegun 6.1.40). */
export function logGamma(x: number): number {
  let product = 1;
  for (; x < ASYMPTOTIC_FROM; x++) product *= x;
  const inverse = 1 / x;
  const square = inverse * inverse;
  const series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** ψ(x) = d log Γ(x) / dx, x > 0, to about 1e-13 (recurrence, then Abramowitz and Stegun 6.3.18). */
export function digamma(x: number): number {
  let shift = 0;
  for (; x < ASYMPTOTIC_FROM; x++) shift += 1 / x;
  const square = 1 / (x * x);
  const series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))));
  return Math.log(x) - 0.5 / x - series - shift;
}
