/**
 * How many of k drawn samples fall on an answer: laws under which the answers of a problem are independent until the total
 * is known to be k.
 *
 * @module
 */
import { Circle } from "./circle.ts";
import { binomialPmf, poissonPmf } from "./distributions.ts";
import { type QuadratureNode, quadratureOfDegree } from "./gauss_legendre.ts";

/** A chance that counts as none: some hundreds of them do not move a metric in its thirteenth digit. */
export const LOST = 1e-16;

/** Numbers of draws whose chance is not {@link LOST}. */
export interface Draws {
  /** The fewest of them. */
  readonly least: number;
  /** Their chances, from the fewest on. */
  readonly chances: Float64Array;
}

/** What a law is made of. */
interface LawParts {
  /** Chances of 0, 1, … draws of so many samples. */
  readonly pmf: (count: number) => Float64Array;
  /** `E[z^draws]` of one sample is `exp(re + i im)` at `z = e^(i angle)`. */
  readonly logSample: (angle: number) => { readonly re: number; readonly im: number };
  /** The largest total. */
  readonly most: number;
  /** Variance of the total. */
  readonly variance: number;
}

/** The law of k draws, with what elections under it share. */
export class DrawLaw {
  /** Enough points to tell a total of k from all others. */
  readonly circle: Circle;
  /** How many draws fall on an answer that so many samples gave. */
  readonly draws: (count: number) => Draws = remembered((count) => trimmed(this.parts.pmf(count)));
  /** Integrates over the weight of a tie, for at most so many ties. */
  readonly tieWeights: (ties: number) => readonly QuadratureNode[] = remembered(quadratureOfDegree);
  private readonly logSamples: readonly { readonly re: number; readonly im: number }[];

  constructor(readonly k: number, private readonly parts: LawParts) {
    this.circle = new Circle(Math.min(parts.most + 1, partsFor(parts.variance)));
    this.logSamples = Array.from({ length: this.circle.count }, (_, i) => parts.logSample(this.circle.angle(i)));
  }

  /** The chance that k are drawn of so many samples. */
  allDrawn(count: number): number {
    return this.parts.pmf(count)[this.k] ?? 0;
  }

  /** Generating function of the draws of so many samples: complex numbers, (points, 2). */
  generating(count: number): Float64Array {
    // Of none it is 1, also where that of one is 0.
    return Float64Array.from(this.logSamples.flatMap(({ re, im }) => {
      const size = count === 0 ? 1 : Math.exp(count * re);
      return [size * Math.cos(count * im), size * Math.sin(count * im)];
    }));
  }
}

/** k draws without replacement from n samples: given a total of k, binomial laws of rate k/n are the hypergeometric. */
export function withoutReplacement(n: number, k: number): DrawLaw {
  const p = k / n;
  return new DrawLaw(k, {
    pmf: (count) => binomialPmf(count, p),
    logSample: (angle) => {
      const [re, im] = [1 - 2 * p * Math.sin(angle / 2) ** 2, p * Math.sin(angle)];
      return { re: Math.log(Math.hypot(re, im)), im: Math.atan2(im, re) };
    },
    most: n,
    variance: k * (1 - p),
  });
}

/** k draws with replacement from n samples: given a total of k, Poisson laws are the multinomial. */
export function withReplacement(n: number, k: number): DrawLaw {
  const rate = k / n;
  return new DrawLaw(k, {
    pmf: (count) => poissonPmf(count * rate),
    logSample: (angle) => ({ re: -2 * rate * Math.sin(angle / 2) ** 2, im: rate * Math.sin(angle) }),
    most: Infinity,
    variance: k,
  });
}

/**
 * So many parts of the circle that a total of k is not taken for one that differs by as many:
 * `P(|X − k| ≥ x) ≤ 2 exp(−x² / (2 variance + 2x/3))` (Bernstein).
 */
function partsFor(variance: number): number {
  const exponent = -Math.log(LOST);
  return Math.ceil(exponent / 3 + Math.sqrt((exponent / 3) ** 2 + 2 * exponent * variance));
}

/** The same function, which computes every value once. */
export function remembered<T>(compute: (key: number) => T): (key: number) => T {
  const known = new Map<number, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) known.set(key, value = compute(key));
    return value;
  };
}

/** Without both tails that are {@link LOST}. */
function trimmed(pmf: Float64Array): Draws {
  let [least, end] = [0, pmf.length];
  for (let tail = pmf[least]; tail <= LOST && least + 1 < end; tail += pmf[least]) least++;
  for (let tail = pmf[end - 1]; tail <= LOST && end - 1 > least; tail += pmf[end - 1]) end--;
  return { least, chances: pmf.subarray(least, end) };
}
