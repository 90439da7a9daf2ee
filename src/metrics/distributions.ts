/**
 * The few probability functions that intervals and tests need, in double precision.
 *
 * @module
 */

/** (n + 1), probabilities of 0 … n successes of n trials at success rate p in [0, 1]. */
export function binomialPmf(n: number, p: number): Float64Array {
  if (p >= 1) return new Float64Array(n + 1).with(n, 1);
  const odds = p / (1 - p);
  return chancesFrom(n, Math.min(n, Math.floor((n + 1) * p)), (v) => (n - v + 1) / v * odds);
}

/** Probabilities of 0, 1, … events at mean rate >= 0, up to numbers whose chance no double tells from none. */
export function poissonPmf(rate: number): Float64Array {
  const most = Math.ceil(rate + POISSON_TAIL * (1 + Math.sqrt(rate)));
  return chancesFrom(most, Math.floor(rate), (v) => rate / v);
}

/** P(X ≥ rate + x) ≤ exp(−x² / (2 (rate + x/3))) is below 1e-19 there (Bernstein). */
const POISSON_TAIL = 30;

/**
 * (most + 1), a law on 0 … most from its likeliest number, by the ratio of each chance to that of one less: sums of
 * logarithms would lose three digits at a thousand.
 */
function chancesFrom(most: number, likeliest: number, ratio: (v: number) => number): Float64Array {
  const chances = new Float64Array(most + 1);
  chances[likeliest] = 1;
  let sum = 1;
  for (let v = likeliest + 1; v <= most; v++) sum += chances[v] = chances[v - 1] * ratio(v);
  for (let v = likeliest; v > 0 && chances[v] > 0; v--) sum += chances[v - 1] = chances[v] / ratio(v);
  return chances.map((chance) => chance / sum);
}

/** P(T ≤ t) of Student's t with `degrees` > 0 degrees of freedom (not necessarily whole); Infinity gives the normal law. */
export function studentCdf(t: number, degrees: number): number {
  return studentLaw(degrees)(t);
}

function studentLaw(degrees: number): (t: number) => number {
  // The two laws differ by 1e-9 there, and ln Γ loses as much to rounding.
  if (degrees > NORMAL_DEGREES) return normalCdf;
  const beta = regularizedBetaLaw(degrees / 2, 0.5);
  return (t) => {
    if (!Number.isFinite(t)) return t > 0 ? 1 : 0;
    const tail = 0.5 * beta(degrees / (degrees + t * t));
    return t > 0 ? 1 - tail : tail;
  };
}

/** The t with P(T ≤ t) = p, for p in (0, 1). */
export function studentQuantile(p: number, degrees: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  const cdf = studentLaw(degrees);
  let high = 2;
  while (cdf(high) < p) high *= 2;
  return bisect((t) => cdf(t) - p, 0, high);
}

const NORMAL_DEGREES = 1e8;

/** P(Z ≤ z) of the standard normal law, by the regularized incomplete gamma function of z²/2. */
export function normalCdf(z: number): number {
  const tail = 0.5 * upperGammaHalf((z * z) / 2);
  return z > 0 ? 1 - tail : tail;
}

/** The z with P(Z ≤ z) = p, for p in (0, 1). */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -normalQuantile(1 - p);
  let high = 2;
  while (normalCdf(high) < p) high *= 2;
  return bisect((z) => normalCdf(z) - p, 0, high);
}

/** A zero of an increasing function between `low` and `high`, to the last bit. */
function bisect(f: (x: number) => number, low: number, high: number): number {
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
}

/** Q(1/2, x) = erfc(√x): a series for small x, a continued fraction above (Abramowitz and Stegun 6.5.29, 6.5.31). */
function upperGammaHalf(x: number): number {
  if (x === 0) return 1;
  const scale = Math.exp(-x) * Math.sqrt(x / Math.PI);
  if (x < 2) {
    let term = 2;
    let sum = term;
    for (let i = 1; term > Number.EPSILON * sum; i++) {
      term *= x / (i + 0.5);
      sum += term;
    }
    return 1 - scale * sum;
  }
  return scale / continuedFraction(x + 0.5, (i) => -i * (i - 0.5), (i) => x + 2 * i + 0.5);
}

/** I_x(a, b), the regularized incomplete beta function, by the continued fraction 26.5.8 of Abramowitz and Stegun. */
export function regularizedBeta(x: number, a: number, b: number): number {
  return regularizedBetaLaw(a, b)(x);
}

function regularizedBetaLaw(a: number, b: number): (x: number) => number {
  const [lnA, lnB, lnSum] = [lnGamma(a), lnGamma(b), lnGamma(a + b)];
  // The fraction converges quickly below the mean only.
  const below = (x: number) => betaBelowMean(x, a, b, [lnA, lnB, lnSum]);
  const above = (x: number) => 1 - betaBelowMean(1 - x, b, a, [lnB, lnA, lnSum]);
  return (x) => x <= 0 ? 0 : x >= 1 ? 1 : x > (a + 1) / (a + b + 2) ? above(x) : below(x);
}

/** @param lnGammas of a, b and a + b */
function betaBelowMean(x: number, a: number, b: number, [lnA, lnB, lnSum]: readonly [number, number, number]): number {
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + lnSum - lnA - lnB) / a;
  const numerator = (i: number) => {
    const m = i >> 1;
    return i % 2 === 0
      ? (m * (b - m) * x) / ((a + i - 1) * (a + i))
      : -((a + m) * (a + b + m) * x) / ((a + i - 1) * (a + i));
  };
  return front / continuedFraction(1, numerator, () => 1);
}

/** `first + a₁/(b₁ + a₂/(b₂ + …))` by Lentz's method, to rounding. */
function continuedFraction(first: number, a: (i: number) => number, b: (i: number) => number): number {
  const tiny = Number.MIN_VALUE / Number.EPSILON;
  const notZero = (value: number) => value === 0 ? tiny : value;
  let value = notZero(first);
  let above = value;
  let below = 0;
  for (let i = 1;; i++) {
    below = 1 / notZero(b(i) + a(i) * below);
    above = notZero(b(i) + a(i) / above);
    value *= above * below;
    if (Math.abs(above * below - 1) <= 2 * Number.EPSILON) return value;
  }
}

/** ln Γ(x) for x > 0, by Stirling's series after a shift. */
export function lnGamma(x: number): number {
  let shift = 0;
  for (; x < STIRLING_FROM; x++) shift += Math.log(x);
  const square = 1 / (x * x);
  const series = (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

/** From here on five terms of Stirling's series are right to 1e-15. */
const STIRLING_FROM = 16;
