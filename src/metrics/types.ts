/**
 * Counts per problem, and what follows from them.
 *
 * @module
 */

/** One canonical answer of a problem, how many samples gave it, and whether it is right. */
export type Vote = readonly [answer: string, count: number, correct: boolean];

/** What the samples of one problem came to. `n = Σ votes + unextracted + graderErrors`, `c = Σ right votes`. */
export interface ProblemCounts {
  /** Unique in its dataset. */
  readonly id: string;
  /** Samples. */
  readonly n: number;
  /** Correct samples. */
  readonly c: number;
  /** Distinct canonical answers, most frequent first, equal counts by answer. Absent only where imported. */
  readonly votes?: readonly Vote[];
  /** Tokens per sample, thought and answer together; `correctMean` is null where no sample is correct. */
  readonly tokens?: { readonly mean: number; readonly correctMean: number | null };
  /** Samples that met the length limit. */
  readonly truncated?: number;
  /** Samples in which no answer was found. */
  readonly unextracted?: number;
  /** Samples on which the grader itself failed. */
  readonly graderErrors?: number;
}

/** A mean over problems, in [0, 1], with its 95 % interval for new problems and two standard errors. */
export interface Estimate {
  /** The mean. */
  readonly value: number;
  /** Lower end of the 95 % interval. */
  readonly low: number;
  /** Upper end of the 95 % interval. */
  readonly high: number;
  /** Standard error for new problems of the same kind; null for a single problem. */
  readonly seNew: number | null;
  /** Standard error on these very problems: sampling noise alone; null where the samples cannot tell. */
  readonly seSet: number | null;
  /**
   * Pass@k: `unbiased` where 2k ≤ n. Majority@k: `jackknife` there, which errs on the large side. Else `plug-in`, which
   * takes the observed frequencies for the true ones and is too small near 0 and 1.
   */
  readonly seSetMethod: "unbiased" | "jackknife" | "plug-in" | null;
}

/** Estimates by number of samples k, a decimal string. */
export type EstimatesByK = Readonly<Record<string, Estimate>>;

/** What follows from the counts of one dataset. */
export interface DatasetMetrics {
  /** Pass@k. */
  readonly passAt: EstimatesByK;
  /** Empty where a problem has no votes. */
  readonly majorityAt: EstimatesByK;
  /** Mean over problems of the mean tokens of a sample. */
  readonly meanTokens: number | null;
  /** The same of correct samples, over the problems that have one. */
  readonly meanTokensCorrect: number | null;
  /** Shares of all samples, in [0, 1]. */
  readonly truncated: number | null;
  /** Share without an answer that could be read. */
  readonly unextracted: number | null;
  /** Share on which the grader itself failed. */
  readonly graderErrors: number | null;
}
