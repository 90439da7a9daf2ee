/**
 * Counts per problem, and what follows from them. Made from the schema by `deno task schemas`; do not edit.
 *
 * @module
 */

/** One canonical answer of a problem, how many samples gave it, and whether it is right. */
export type Vote = readonly [answer: string, count: number, correct: boolean];

/** What the samples of one problem came to; an imported problem may have `id`, `n` and `c` alone. */
export interface ProblemCounts {
  /** Of the dataset, unique in it. */
  readonly id: string;
  /** Samples: `n = Σ votes + unextracted + graderErrors` (an integer of at least 1). */
  readonly n: number;
  /** Correct samples: the sum of the right votes (an integer of at least 0). */
  readonly c: number;
  /**
   * `[answer, count, correct]` of each distinct answer in canonical form, most frequent first, equal counts by
   * answer; absent where answers are programs, on which there is no vote.
   */
  readonly votes?: readonly Vote[];
  /** Mean number of tokens. */
  readonly tokens?: {
    /** Of a sample, thought and answer together (a number of at least 0). */
    readonly mean: number;
    /** Of a correct sample; null where there is none (a number of at least 0). */
    readonly correctMean: number | null;
  };
  /** Samples cut off at the length limit (an integer of at least 0). */
  readonly truncated?: number;
  /** Samples in which no answer was found (an integer of at least 0). */
  readonly unextracted?: number;
  /**
   * Samples on which the grader itself failed: blank ballots in the vote, not correct in Pass@k (an integer of at
   * least 0).
   */
  readonly graderErrors?: number;
}

/** A mean over problems with its interval and two standard errors. */
export interface Estimate {
  /** Mean over problems (a number in [0, 1]). */
  readonly value: number;
  /** Lower end of the 95 % interval for new problems of the same kind (a number in [0, 1]). */
  readonly low: number;
  /** Its upper end (a number in [0, 1]). */
  readonly high: number;
  /** Standard error for new problems; null for a single problem (a number of at least 0). */
  readonly seNew: number | null;
  /**
   * Standard error on these very problems, sampling noise alone; null where the samples cannot tell (a number of at
   * least 0).
   */
  readonly seSet: number | null;
  /**
   * Pass@k: `unbiased` where 2k ≤ n; majority@k: `jackknife` there, which errs on the large side; else `plug-in`,
   * which takes the observed frequencies for the true ones and is too small near 0 and 1.
   */
  readonly seSetMethod: "unbiased" | "jackknife" | "plug-in" | null;
}

/** Estimates by number of samples k, a decimal string. */
export type EstimatesByK = Readonly<Record<string, Estimate>>;

/** What follows from the counts of one dataset, or of all. */
export interface DatasetMetrics {
  /** Pass@k by k. */
  readonly passAt: EstimatesByK;
  /** Majority@k by k; empty where a problem has no votes. */
  readonly majorityAt: EstimatesByK;
  /** Mean over problems of the mean tokens of a sample (a number of at least 0). */
  readonly meanTokens: number | null;
  /** The same of correct samples, over the problems that have one (a number of at least 0). */
  readonly meanTokensCorrect: number | null;
  /** Share of samples cut off at the length limit (a number in [0, 1]). */
  readonly truncated: number | null;
  /** Share of samples in which no answer was found (a number in [0, 1]). */
  readonly unextracted: number | null;
  /** Share of samples on which the grader itself failed (a number in [0, 1]). */
  readonly graderErrors: number | null;
}

/** A figure over thought positions. */
export interface Spread {
  /** Over positions. */
  readonly mean: number;
  /** 25, 50 and 75 %, to the thousandth. */
  readonly quartiles: readonly [number, number, number];
}

/** How soft the thoughts were. */
export interface Softness {
  /** Thought positions of all samples (an integer of at least 1). */
  readonly positions: number;
  /** Weight of the heaviest entry of a mixture; 1 for a token. */
  readonly topWeight: Spread;
  /** Of a mixture, nats. */
  readonly entropy: Spread;
  /** Jensen-Shannon, of a mixture from its heaviest token, nats. */
  readonly divergence: Spread;
  /** Entries with a weight of at least 0.01. */
  readonly entries: Spread;
  /** Share of positions whose heaviest entry weighs more than 0.99 (a number in [0, 1]). */
  readonly oneToken: number;
  /**
   * Length of the added noise over that of the mean embedding, where noise is added to embeddings (a number of at
   * least 0).
   */
  readonly noiseShare?: number;
}
