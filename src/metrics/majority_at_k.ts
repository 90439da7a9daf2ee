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
import { binomialPmf, poissonPmf } from "./distributions.ts";

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
 * Exact majority@k of one problem, in [0, 1].
 *
 * For each right answer and each number t of votes it may get, the coefficient of `x^(k−t)` in the product over the other
 * answers of `Σ_{v<t} C(c_j,v) x^v + y C(c_j,t) x^t`, a tie with j others counting `1/(1+j)`; blanks are a factor without
 * a cap. Answers with fewer than t samples cannot reach t, so they merge with the blanks into one binomial factor: few
 * factors remain, and the sum over all t takes about `n log n` products of short polynomials. Weighting every answer's
 * votes by a binomial law of rate k/n leaves the ratio as it is and keeps every number in [0, 1].
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
  const n = ballotCount(ballots);
  if (!Number.isInteger(k) || k < 1 || k > n) {
    throw new RangeError(`Cannot compute majority@${k} from ${n} samples: k must be an integer in [1, n]`);
  }
  return Math.min(1, electedRight(ballots, k, (count) => binomialPmf(count, k / n)) / binomialPmf(n, k / n)[k]);
}

/** (most + 1), the law of how many samples are drawn of `count` that exist. */
type DrawLaw = (count: number) => Float64Array;

/** The chance, jointly, that k samples are drawn and that they elect a right answer. */
function electedRight({ candidates, blank }: Ballots, k: number, law: DrawLaw): number {
  const laws = new Map<number, Float64Array>();
  const draws: DrawLaw = (count) => {
    let pmf = laws.get(count);
    if (pmf === undefined) laws.set(count, pmf = law(count));
    return pmf;
  };
  let total = 0;
  candidates.forEach(({ count, correct }, index) => {
    if (!correct || count === 0) return;
    const others = candidates.filter((_, other) => other !== index).map((other) => other.count);
    const pmf = draws(count);
    for (let t = 1; t <= Math.min(pmf.length - 1, k); t++) {
      if (pmf[t] > NEGLIGIBLE) total += pmf[t] * leadShare(others, blank, t, k - t, draws);
    }
  });
  return total;
}

/** Some hundred terms below this cannot move a chance in its thirteenth digit. */
const NEGLIGIBLE = 1e-16;

/** The chance that the others draw `rest` samples with at most t for each, a tie with j of them counting 1/(1+j). */
function leadShare(others: readonly number[], blank: number, t: number, rest: number, draws: DrawLaw): number {
  const canTie = (count: number) => draws(count).length > t && (t < count || draws(count)[t] > NEGLIGIBLE);
  const rivals = others.filter(canTie);
  const harmless = others.reduce((sum, count) => canTie(count) ? sum : sum + count, blank);
  const width = rest + 1;
  const mostTies = Math.min(rivals.length, Math.floor(rest / t));
  // ties[j * width + v]: v samples drawn so far, j answers tied at t.
  let ties = new Float64Array((mostTies + 1) * width);
  let next = new Float64Array(ties.length);
  ties.set(draws(harmless).subarray(0, width));
  for (const [index, count] of rivals.entries()) {
    const pmf = draws(count);
    next.fill(0);
    for (let tied = 0; tied <= Math.min(index, mostTies); tied++) {
      const row = tied * width;
      for (let drawn = 0; drawn <= rest; drawn++) {
        const chance = ties[row + drawn];
        if (chance <= LOST) continue;
        const most = Math.min(t - 1, rest - drawn, pmf.length - 1);
        for (let v = 0; v <= most; v++) next[row + drawn + v] += chance * pmf[v];
        if (drawn + t <= rest && tied < mostTies) next[row + width + drawn + t] += chance * pmf[t];
      }
    }
    [ties, next] = [next, ties];
  }
  let share = 0;
  for (let tied = 0; tied <= mostTies; tied++) share += ties[tied * width + rest] / (1 + tied);
  return share;
}

/** A chance on the way that cannot come back as a {@link NEGLIGIBLE} one. */
const LOST = 1e-20;

/** A variance, and the method that gave it. */
export interface MajorityVariance {
  /** The variance. */
  readonly value: number;
  /** See `Estimate.seSetMethod` of the result schema. */
  readonly method: "jackknife" | "plug-in";
}

/**
 * Variance of {@link majorityAtK} over fresh samples of the same problem. Where 2k ≤ n, the delete-one jackknife, which
 * errs on the large side (Efron and Stein 1981). Beyond, it does not hold, and the variance of one election among k
 * samples is taken, with the observed frequencies for the true ones: exact under that model at k = n, too large below.
 */
export function majorityVariance(ballots: Ballots, k: number): MajorityVariance {
  const n = ballotCount(ballots);
  if (2 * k <= n) return { value: jackknifeVariance(ballots, n, k), method: "jackknife" };
  const elected = electedWithReplacement(ballots, n, k);
  return { value: elected * (1 - elected), method: "plug-in" };
}

function jackknifeVariance(ballots: Ballots, n: number, k: number): number {
  const without = leaveOneOut(ballots).map(({ rest, count }) => ({ value: majorityAtK(rest, k), count }));
  const mean = without.reduce((sum, { value, count }) => sum + count * value, 0) / n;
  return without.reduce((sum, { value, count }) => sum + count * (value - mean) ** 2, 0) * (n - 1) / n;
}

/** Every way to lose one sample, with the number of samples whose loss leaves these ballots. */
function leaveOneOut({ candidates, blank }: Ballots): { rest: Ballots; count: number }[] {
  const kinds = new Map<string, { rest: Ballots; count: number }>();
  candidates.forEach(({ count, correct }, index) => {
    const kind = `${count} ${correct}`;
    const known = kinds.get(kind);
    const rest = { candidates: candidates.with(index, { count: count - 1, correct }), blank };
    kinds.set(kind, { rest, count: count + (known?.count ?? 0) });
  });
  const ways = [...kinds.values()].filter((way) => way.count > 0);
  return blank === 0 ? ways : [...ways, { rest: { candidates, blank: blank - 1 }, count: blank }];
}

/**
 * The chance that k samples drawn with replacement elect a right answer: independent Poisson laws, given k draws in all,
 * are the multinomial law.
 */
function electedWithReplacement(ballots: Ballots, n: number, k: number): number {
  return Math.min(1, electedRight(ballots, k, (count) => poissonPmf(count * k / n, k)) / poissonPmf(k, k)[k]);
}
