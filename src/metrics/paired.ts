/**
 * Is B better than A on the same problems: the difference of each problem counts, so what makes problems hard cancels.
 *
 * Differences come in groups, one per dataset, and the mean is unweighted over groups: one group is one dataset, several
 * are the average over datasets.
 *
 * @module
 */
import { RandomSequence } from "../random/streams.ts";
import { studentCdf, studentQuantile } from "./distributions.ts";
import { CONFIDENCE, mean, sampleVariance } from "./estimate.ts";

/** Chance of any false alarm, to either side, among all tests of one table or check. */
export const SIGNIFICANCE = 0.05;

/** Differences of the same problems, (datasets)(problems). */
export type DifferenceGroups = readonly (readonly number[])[];

/** Mean difference B − A with its interval for new problems. */
export interface PairedInterval {
  /** The mean difference. */
  readonly value: number;
  /** Lower end of its interval, at 95 % unless asked otherwise. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Of the mean difference. */
  readonly standardError: number;
  /** Degrees of freedom of Student's law (Welch and Satterthwaite over groups). */
  readonly degrees: number;
}

/** Mean difference B − A with its 95 % interval and its tests. */
export interface PairedDifference extends PairedInterval {
  /** Two-sided, Student. */
  readonly pStudent: number;
  /** Two-sided, by flipping signs. */
  readonly p: number;
  /** One-sided, by flipping signs: small where B is worse. */
  readonly pWorse: number;
}

/**
 * The mean of paired differences, its 95 % interval and its tests.
 *
 * @param name of the random flips; equal names give equal p-values
 * @param flips how many where not all can be tried: no p-value is below 1/(flips + 1)
 * @throws {RangeError} If a group has fewer than two problems: then nothing can be said
 */
export function pairedDifference(groups: DifferenceGroups, name: string, flips = RANDOM_FLIPS): PairedDifference {
  const interval = pairedInterval(groups);
  const { value, standardError, degrees } = interval;
  const test = signFlipTest(groups, name, flips);
  return {
    ...interval,
    pStudent: standardError === 0 ? (value === 0 ? 1 : 0) : 2 * studentCdf(-Math.abs(value / standardError), degrees),
    p: test.twoSided,
    pWorse: test.worse,
  };
}

/**
 * The mean of paired differences and its interval by Student's law.
 *
 * @param confidence in (0, 1)
 * @throws {RangeError} If a group has fewer than two problems
 */
export function pairedInterval(groups: DifferenceGroups, confidence = CONFIDENCE): PairedInterval {
  const moments = groupMoments(groups);
  const { value, standardError, degrees } = moments;
  const half = standardError === 0
    ? neverSeen(groups, confidence)
    : studentQuantile((1 + confidence) / 2, degrees) * standardError;
  return { ...moments, low: Math.max(-1, value - half), high: Math.min(1, value + half) };
}

/** Mean, standard error and degrees of freedom of the unweighted mean over groups. */
export function groupMoments(groups: DifferenceGroups): { value: number; standardError: number; degrees: number } {
  for (const group of groups) {
    if (group.length < 2) {
      throw new RangeError(`Cannot compare on ${group.length} problem: a dataset needs at least 2`);
    }
  }
  const variances = groups.map((group) => sampleVariance(group) / group.length);
  const sum = variances.reduce((total, variance) => total + variance, 0);
  const weighted = variances.reduce((total, variance, g) => total + variance ** 2 / (groups[g].length - 1), 0);
  const problems = groups.reduce((total, group) => total + group.length, 0);
  return {
    value: mean(groups.map((group) => mean(group))),
    standardError: Math.sqrt(sum) / groups.length,
    degrees: weighted === 0 ? problems - groups.length : sum ** 2 / weighted,
  };
}

/** Where no problem differs: the largest share of differing problems that the confidence leaves. */
function neverSeen(groups: DifferenceGroups, confidence: number): number {
  return Math.hypot(...groups.map((group) => 1 - (1 - confidence) ** (1 / group.length))) / groups.length;
}

/** Up to this many differing problems, all patterns of signs are tried. */
const MOST_EXACT = 12;
/** Random sign patterns where not all can be tried. */
export const RANDOM_FLIPS = 9_999;
/** So many random sign flips a test that Holm's correction cannot hide the clearest difference. */
const FLIPS_PER_TEST = 200;

/** Random sign flips of each test where so many tests share the level. */
export function flipsFor(tests: number): number {
  return Math.max(RANDOM_FLIPS, FLIPS_PER_TEST * tests);
}

/**
 * Sign-flip permutation test: were A and B alike, each difference could as well have the other sign. All patterns for few
 * differing problems, else random ones with the observed pattern counted in, so that p is never 0 and holds exactly.
 */
function signFlipTest(groups: DifferenceGroups, name: string, flips: number): { twoSided: number; worse: number } {
  const terms = Float64Array.from(
    groups.flatMap((group) => group.map((difference) => difference / group.length)).filter((term) => term !== 0),
  );
  const observed = terms.reduce((sum, term) => sum + term, 0);
  // Equal sums in another order of addition are ties, not differences.
  const tie = 1e-12 * terms.reduce((sum, term) => sum + Math.abs(term), 0);
  const exact = terms.length <= MOST_EXACT;
  const patterns = exact ? 2 ** terms.length : flips;
  const random = new RandomSequence("sign flips", name);
  const sums = sumsByFlips(terms);
  let extreme = 0;
  let worse = 0;
  for (let pattern = 0; pattern < patterns; pattern++) {
    let sum = 0;
    let bits = pattern;
    for (let i = 0; i < sums.length; i++) {
      if (!exact && i % BYTES_IN_WORD === 0) bits = random.word();
      sum += sums[i][bits & BYTE];
      bits >>>= BITS_IN_BYTE;
    }
    if (Math.abs(sum) >= Math.abs(observed) - tie) extreme++;
    if (sum <= observed + tie) worse++;
  }
  const share = (count: number) => exact ? count / patterns : (count + 1) / (patterns + 1);
  return { twoSided: share(extreme), worse: share(worse) };
}

const BITS_IN_BYTE = 8;
const BYTE = 2 ** BITS_IN_BYTE - 1;
const BYTES_IN_WORD = 4;

/** (terms / 8)(256), the sum of each eight terms for each way to flip them, a set bit for a flipped sign. */
function sumsByFlips(terms: Float64Array): Float64Array[] {
  return Array.from({ length: Math.ceil(terms.length / BITS_IN_BYTE) }, (_, i) => {
    const own = terms.subarray(i * BITS_IN_BYTE, (i + 1) * BITS_IN_BYTE);
    const sums = new Float64Array(BYTE + 1).fill(own.reduce((sum, term) => sum + term, 0));
    own.forEach((term, bit) => {
      for (let flips = 1 << bit; flips <= BYTE; flips++) if (flips >> bit & 1) sums[flips] -= 2 * term;
    });
    return sums;
  });
}

/**
 * Holm's adjusted p-values: each may be compared with the level at which any false alarm among all is to stay
 * (Holm 1979).
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(holm([0.04, 0.01, 0.5]), [0.08, 0.03, 0.5]);
 * ```
 */
export function holm(pValues: readonly number[]): number[] {
  return stepDown(pValues).map((adjusted) => Math.min(1, adjusted));
}

/**
 * The confidence of the interval that belongs to each test after Holm's correction: 1 less the level that the step-down
 * gives it. A p-value is at most that level exactly where its adjusted p-value is at most {@link SIGNIFICANCE}.
 *
 * @param pValues each in (0, 1]
 * @returns the same number of confidences, each at least 95 %
 * @example
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * // .01 meets .05/3, then .04 meets .05/2, then .5 meets .05.
 * const confidences = holmConfidences([0.04, 0.01, 0.5]);
 * [1 - 0.05 / 2, 1 - 0.05 / 3, 0.95].forEach((expected, i) => assertAlmostEquals(confidences[i], expected));
 * ```
 */
export function holmConfidences(pValues: readonly number[]): number[] {
  return stepDown(pValues).map((adjusted, i) => 1 - SIGNIFICANCE * pValues[i] / adjusted);
}

/** Each p-value times the number of those not smaller, and never below what a smaller one came to. */
function stepDown(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a] - pValues[b]);
  const adjusted = [...pValues];
  let floor = 0;
  order.forEach((index, rank) => {
    floor = Math.max(floor, (pValues.length - rank) * pValues[index]);
    adjusted[index] = floor;
  });
  return adjusted;
}
