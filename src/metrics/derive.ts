/**
 * Everything a table shows, derived from counts per problem: the one place where counts become metrics.
 *
 * @module
 */
import { averageEstimate, estimateMean, mean } from "./estimate.ts";
import { type Ballots, majorityWithVariance } from "./majority_at_k.ts";
import { passAtK, passAtKVariance } from "./pass_at_k.ts";
import type { DatasetMetrics, Estimate, EstimatesByK, ProblemCounts } from "./types.ts";

/** Numbers of samples k for which metrics are wanted. */
export interface MetricSizes {
  /** k of Pass@k. */
  readonly passAt: readonly number[];
  /** k of majority@k. */
  readonly majorityAt: readonly number[];
}

/** Powers of two up to the fewest samples of a problem, and that number itself. */
export function defaultSizes(problems: readonly ProblemCounts[]): MetricSizes {
  const n = fewestSamples(problems);
  const sizes: number[] = [];
  for (let k = 1; k < n; k *= 2) sizes.push(k);
  if (n > 0) sizes.push(n);
  return { passAt: sizes, majorityAt: sizes };
}

/** Samples that every problem has; 0 without problems. */
export function fewestSamples(problems: readonly ProblemCounts[]): number {
  return problems.reduce((least, { n }) => Math.min(least, n), problems[0]?.n ?? 0);
}

/**
 * Metrics of one dataset, at the sizes k asked for or else {@link defaultSizes}. A k beyond the samples of any problem has no metric, rather than a biased one; majority@k needs
 * votes.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const problems = [{ id: "a", n: 4, c: 1 }, { id: "b", n: 4, c: 4 }];
 * const { passAt, majorityAt } = deriveMetrics(problems, { passAt: [1, 2] });
 * assertEquals([passAt["1"].value, passAt["2"].value, majorityAt], [0.625, 0.75, {}]);
 * ```
 */
export function deriveMetrics(
  problems: readonly ProblemCounts[],
  sizes: Partial<MetricSizes> = {},
): DatasetMetrics {
  const n = fewestSamples(problems);
  const { passAt, majorityAt } = { ...defaultSizes(problems), ...sizes };
  const within = (wanted: readonly number[]) => wanted.filter((k) => k <= n);
  const ballots = problems.map(ballotsOf);
  const voted = ballots.every((ballot) => ballot !== undefined);
  return {
    passAt: byK(within(passAt), (k) => passEstimate(problems, k)),
    majorityAt: voted ? byK(within(majorityAt), (k) => majorityEstimate(ballots as Ballots[], k)) : {},
    meanTokens: meanOfAll(problems.map(({ tokens }) => tokens?.mean)),
    meanTokensCorrect: meanOfAll(problems.filter(({ c }) => c > 0).map(({ tokens }) => tokens?.correctMean)),
    truncated: share(problems, ({ truncated }) => truncated),
    unextracted: share(problems, ({ unextracted }) => unextracted),
    graderErrors: share(problems, ({ graderErrors }) => graderErrors),
  };
}

/** Unweighted means over datasets, for what all of them have. */
export function averageMetrics(datasets: readonly DatasetMetrics[]): DatasetMetrics {
  const average = (estimates: (metrics: DatasetMetrics) => EstimatesByK): EstimatesByK => {
    const common = Object.keys(datasets.length === 0 ? {} : estimates(datasets[0]))
      .filter((k) => datasets.every((metrics) => k in estimates(metrics)));
    return byK(common.map(Number), (k) => averageEstimate(datasets.map((metrics) => estimates(metrics)[k])));
  };
  const means = (figure: (metrics: DatasetMetrics) => number | null) => meanOfAll(datasets.map(figure));
  return {
    passAt: average(({ passAt }) => passAt),
    majorityAt: average(({ majorityAt }) => majorityAt),
    meanTokens: means(({ meanTokens }) => meanTokens),
    meanTokensCorrect: means(({ meanTokensCorrect }) => meanTokensCorrect),
    truncated: means(({ truncated }) => truncated),
    unextracted: means(({ unextracted }) => unextracted),
    graderErrors: means(({ graderErrors }) => graderErrors),
  };
}

/** Ballots of a problem: samples without an answer, or on which the grader failed, are blank. */
export function ballotsOf({ n, votes }: ProblemCounts): Ballots | undefined {
  if (votes === undefined) return undefined;
  const candidates = votes.map(([, count, correct]) => ({ count, correct }));
  return { candidates, blank: n - candidates.reduce((sum, { count }) => sum + count, 0) };
}

function passEstimate(problems: readonly ProblemCounts[], k: number): Estimate {
  const variances = problems.map(({ n, c }) => passAtKVariance(n, c, k));
  return estimateMean(
    problems.map(({ n, c }, i) => ({ value: passAtK(n, c, k), within: variances[i].value })),
    variances.some(({ method }) => method === "plug-in") ? "plug-in" : "unbiased",
  );
}

function majorityEstimate(ballots: readonly Ballots[], k: number): Estimate {
  const problems = majorityWithVariance(ballots, k);
  return estimateMean(problems, problems.some(({ method }) => method === "plug-in") ? "plug-in" : "jackknife");
}

function byK(sizes: readonly number[], estimate: (k: number) => Estimate): EstimatesByK {
  return Object.fromEntries(sizes.map((k) => [String(k), estimate(k)]));
}

/** The mean; null where a number is missing, or where there is none. */
function meanOfAll(values: readonly (number | null | undefined)[]): number | null {
  return values.length === 0 || values.some((value) => value === null || value === undefined)
    ? null
    : mean(values as number[]);
}

function share(problems: readonly ProblemCounts[], count: (problem: ProblemCounts) => number | undefined) {
  const counts = problems.map(count);
  if (counts.length === 0 || counts.includes(undefined)) return null;
  const samples = problems.reduce((sum, { n }) => sum + n, 0);
  return (counts as number[]).reduce((sum, value) => sum + value, 0) / samples;
}
