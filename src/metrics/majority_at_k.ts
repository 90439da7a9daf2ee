/**
 * Majority@k from votes: the chance that the most frequent answer among k samples, drawn without replacement from the
 * n that exist, is right. Exact: no resampling, no seed.
 *
 * Answers are grouped by the grader's canonical form. Where several answers lead with equally many votes, one of them is
 * taken at random, in expectation. A sample without an answer is a blank ballot: it takes a place among the k and votes
 * for nothing; k blanks elect nothing, which is wrong.
 *
 * @module
 */
import { type DrawLaw, remembered, withoutReplacement, withReplacement } from "./draw_law.ts";
import { electedRight } from "./election.ts";
import type { AnswerKind } from "./leads.ts";

/** One distinct answer: how many samples gave it and whether it is right. */
export interface BallotAnswer {
  /** Samples that gave this answer. */
  readonly count: number;
  /** Whether it is right. */
  readonly correct: boolean;
}

/** All samples of a problem: `n = blank + Σ count`. */
export interface Ballots {
  /** Distinct answers, in any order. */
  readonly candidates: readonly BallotAnswer[];
  /** Samples without an answer. */
  readonly blank: number;
}

/** Number of samples behind ballots. */
export function ballotCount({ candidates, blank }: Ballots): number {
  return candidates.reduce((sum, candidate) => sum + candidate.count, blank);
}

/**
 * Exact majority@k of one problem, in [0, 1]. `election.ts` says how.
 *
 * @throws {RangeError} If k > n
 * @example Two against two against one blank: a tie at five samples
 * ```ts
 * import { assertAlmostEquals } from "@std/assert";
 * const ballots = { candidates: [{ count: 2, correct: true }, { count: 2, correct: false }], blank: 1 };
 * assertAlmostEquals(majorityAtK(ballots, 5), 0.5);
 * ```
 */
export function majorityAtK(ballots: Ballots, k: number): number {
  const n = checkedCount(ballots, k);
  return k === n ? electedByAll(ballots) : elected(ballots, n, withoutReplacement(n, k));
}

/** The chance that k draws elect a right answer. */
function elected(ballots: Ballots, n: number, law: DrawLaw): number {
  return chance(electedRight(kindsOf(ballots), ballots.blank, law).whole / law.allDrawn(n));
}

/** @throws {RangeError} If k > n */
function checkedCount(ballots: Ballots, k: number): number {
  const n = ballotCount(ballots);
  if (Number.isInteger(k) && k >= 1 && k <= n) return n;
  throw new RangeError(`Cannot compute majority@${k} from ${n} samples: k must be an integer in [1, n]`);
}

/** The share of right answers among those of all samples that lead. */
function electedByAll({ candidates }: Ballots): number {
  const most = candidates.reduce((most, { count }) => Math.max(most, count), 1);
  const leaders = candidates.filter(({ count }) => count === most);
  return leaders.length === 0 ? 0 : leaders.filter(({ correct }) => correct).length / leaders.length;
}

/** Answers that were given, equal ones together, in falling order of their counts. */
function kindsOf({ candidates }: Ballots): AnswerKind[] {
  const kinds = Map.groupBy(candidates, ({ count, correct }) => `${count} ${correct}`);
  return [...kinds.values()].map((own) => ({ ...own[0], number: own.length })).filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count);
}

/** A computed chance; what rounding leaves of none and of certainty is none and certainty. */
function chance(computed: number): number {
  return computed < ROUNDING ? 0 : computed > 1 - ROUNDING ? 1 : computed;
}

const ROUNDING = 1e-13;

/** {@link majorityAtK}, and its variance over fresh samples of the same problem. */
export interface MajorityWithVariance {
  /** In [0, 1]. */
  readonly value: number;
  /** The variance. */
  readonly within: number;
  /** What gave it: see `Estimate.seSetMethod` of the result schema. */
  readonly method: "jackknife" | "plug-in";
}

/**
 * Of each problem. Where 2k ≤ n, the variance is that of the delete-one jackknife, which errs on the large side (Efron and
 * Stein 1981). Beyond, it does not hold, and the variance of one election among k samples is taken, with the observed
 * frequencies for the true ones: exact under that model at k = n, too large below.
 *
 * @throws {RangeError} If k > n
 */
export function majorityWithVariance(problems: readonly Ballots[], k: number): MajorityWithVariance[] {
  const { without, with: again } = laws(k);
  return problems.map((ballots) => {
    const pattern = `${k} ${JSON.stringify(ballots)}`;
    let own = known.get(pattern);
    if (own === undefined) {
      const n = checkedCount(ballots, k);
      own = 2 * k <= n ? jackknife(ballots, n, without(n)) : plugIn(ballots, n, k, again(n));
      if (known.size >= MOST_KNOWN) known.clear();
      known.set(pattern, own);
    }
    return own;
  });
}

const laws = remembered((k) => ({
  without: remembered((n) => withoutReplacement(n, k)),
  with: remembered((n) => withReplacement(n, k)),
}));

/** Problems of all datasets and results have few patterns of votes, most of all easy ones. */
const known = new Map<string, MajorityWithVariance>();
/** Some megabytes; beyond, patterns are found out again. */
const MOST_KNOWN = 1 << 14;

/** From values without one sample, whose mean over samples is the value of all. */
function jackknife(ballots: Ballots, n: number, law: DrawLaw): MajorityWithVariance {
  const kinds = kindsOf(ballots);
  const { withoutOne } = electedRight(kinds, ballots.blank, law, { withoutOne: true });
  const drawn = law.allDrawn(n - 1);
  const samples = [...kinds.map(({ count, number }) => count * number), ballots.blank];
  const values = withoutOne.map((joint) => chance(joint / drawn));
  const over = (of: (value: number) => number) => values.reduce((sum, value, s) => sum + samples[s] * of(value), 0);
  const value = chance(over((value) => value) / n);
  return { value, within: over((other) => (other - value) ** 2) * (n - 1) / n, method: "jackknife" };
}

function plugIn(ballots: Ballots, n: number, k: number, law: DrawLaw): MajorityWithVariance {
  const again = elected(ballots, n, law);
  return { value: majorityAtK(ballots, k), within: again * (1 - again), method: "plug-in" };
}
