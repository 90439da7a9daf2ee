/**
 * Several training seeds of one arm on the same problems. Seeds and problems are crossed, not nested: a seed moves all
 * problems together, so the samples of several checkpoints are never pooled.
 *
 * @module
 */
import { studentQuantile } from "./distributions.ts";
import { CONFIDENCE, mean, meanInterval, sampleVariance } from "./estimate.ts";
import { type DifferenceGroups, pairedDifference, pairedInterval, RANDOM_FLIPS } from "./paired.ts";

/** Values in [0, 1] of one arm: (datasets)(seeds)(problems). */
export type SeedValues = readonly (readonly (readonly number[])[])[];

/** A mean over seeds, problems and datasets. */
export interface SeedEstimate {
  /** The mean. */
  readonly value: number;
  /** 95 % for new problems and, with two seeds or more, new seeds: lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Number of seeds. */
  readonly seeds: number;
  /** Standard deviation between seeds; null for one seed. */
  readonly seedDeviation: number | null;
  /** 95 % for the score of one more training seed on these very problems: lower end; null for one seed. */
  readonly nextLow: number | null;
  /** Upper end. */
  readonly nextHigh: number | null;
}

/**
 * The unweighted mean over datasets of the mean over seeds and problems, with two intervals that answer two questions.
 *
 * `low` to `high`, where the algorithm's mean lies: the interval for new problems, of the seeds' mean, joined with
 * `t_{S−1} sd/√S` between seeds. Sampling noise is in both, so it is a little wide.
 *
 * `nextLow` to `nextHigh`, where another training run would land on these problems: `t_{S−1} sd √(1 + 1/S)`, the
 * prediction interval of a normal law. The sampling noise of a run is in sd. Each arm has its own sd: a spread pooled over
 * arms has more degrees of freedom, but covers too seldom for the arm that varies most (docs/statistics.md).
 */
export function estimateOverSeeds(values: SeedValues): SeedEstimate {
  const bySeed = seedMeans(values);
  const datasets = values.map((seeds) => {
    const problems = meanOverSeeds(seeds);
    return { value: mean(problems), ...meanInterval(problems) };
  });
  const value = mean(datasets.map((dataset) => dataset.value));
  const join = (margins: number[]) => Math.hypot(...margins) / values.length;
  const errors = seedError(bySeed);
  const between = Math.hypot(...errors.map(seedMargin));
  // sd √(1 + 1/S) is sd/√S times √(S + 1).
  const next = errors.length === 0 ? null : between * Math.sqrt(bySeed.length + 1);
  return {
    value,
    low: Math.max(0, value - Math.hypot(join(datasets.map((d) => d.value - d.low)), between)),
    high: Math.min(1, value + Math.hypot(join(datasets.map((d) => d.high - d.value)), between)),
    seeds: bySeed.length,
    seedDeviation: bySeed.length < 2 ? null : Math.sqrt(sampleVariance(bySeed)),
    nextLow: next === null ? null : Math.max(0, value - next),
    nextHigh: next === null ? null : Math.min(1, value + next),
  };
}

/** Standard error of a mean over seeds. */
export interface SeedError {
  /** In the unit of the values. */
  readonly standardError: number;
  /** Seeds less one. */
  readonly degrees: number;
}

/** Mean difference of two arms, B − A, with both its intervals. */
export interface SeedDifferenceInterval {
  /** B − A. */
  readonly value: number;
  /** 95 % for new problems and, with two seeds or more of an arm, new seeds: lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** The same for these trained models: new problems only. Lower end. */
  readonly problemsLow: number;
  /** Upper end. */
  readonly problemsHigh: number;
}

/** Mean difference of two arms, B − A, with its tests and what its errors are made of. */
export interface SeedDifference extends SeedDifferenceInterval {
  /** Two-sided p-value by sign flips over problems, for these trained models. */
  readonly p: number;
  /** One-sided: small where B is worse. */
  readonly pWorse: number;
  /** For new problems alone. */
  readonly standardError: number;
  /** Degrees of freedom of that error. */
  readonly degrees: number;
  /** For new seeds: of the differences where seeds are paired, else of each arm with two seeds or more. */
  readonly seedErrors: readonly SeedError[];
  /** Whether seeds were compared one by one: the same seeds on both sides. */
  readonly seedsPaired: boolean;
}

/**
 * Compares two arms on the same problems.
 *
 * @param seedsPaired whether seed s of one arm belongs to seed s of the other
 * @param name of the random sign flips
 * @param flips their number: see `pairedDifference`
 */
export function differenceOverSeeds(
  a: SeedValues,
  b: SeedValues,
  seedsPaired: boolean,
  name: string,
  flips: number = RANDOM_FLIPS,
): SeedDifference {
  const problems = pairedDifference(differencesOfMeans(a, b), name, flips);
  const seedErrors = seedErrorsOf(a, b, seedsPaired);
  const { p, pWorse, standardError, degrees } = problems;
  return { ...joinedInterval(problems, seedErrors), p, pWorse, standardError, degrees, seedErrors, seedsPaired };
}

/**
 * The intervals of a difference as one of many: for new problems at a confidence of its own, and joined with what seeds add
 * at 95 %. Three seeds allow no more: correcting for 40 comparisons would multiply their part by 6.6.
 *
 * @param seedsPaired as in {@link differenceOverSeeds}
 * @param confidence for new problems: see `holmConfidences`
 * @param holdsZero whether a test does not rule out zero: then the intervals hold it too
 */
export function correctedIntervals(
  a: SeedValues,
  b: SeedValues,
  seedsPaired: boolean,
  confidence: number,
  holdsZero: boolean,
): SeedDifferenceInterval {
  const { value, low, high } = pairedInterval(differencesOfMeans(a, b), confidence);
  const problems = holdsZero ? { value, low: Math.min(0, low), high: Math.max(0, high) } : { value, low, high };
  return joinedInterval(problems, seedErrorsOf(a, b, seedsPaired));
}

/** Joins the interval for new problems with what seeds add. */
function joinedInterval(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  seedErrors: readonly SeedError[],
): SeedDifferenceInterval {
  const between = Math.hypot(...seedErrors.map(seedMargin));
  return {
    value,
    low: Math.max(-1, value - Math.hypot(value - low, between)),
    high: Math.min(1, value + Math.hypot(high - value, between)),
    problemsLow: low,
    problemsHigh: high,
  };
}

/** (datasets)(problems), B − A of the means over seeds. */
function differencesOfMeans(a: SeedValues, b: SeedValues): DifferenceGroups {
  return a.map((seeds, d) => {
    const before = meanOverSeeds(seeds);
    return meanOverSeeds(b[d]).map((after, i) => after - before[i]);
  });
}

function seedErrorsOf(a: SeedValues, b: SeedValues, seedsPaired: boolean): SeedError[] {
  const [before, after] = [seedMeans(a), seedMeans(b)];
  return (seedsPaired ? [after.map((own, s) => own - before[s])] : [before, after]).flatMap(seedError);
}

/**
 * The seeds of an untrained arm draw samples from one model, so they count as one: (datasets)(seeds)(problems) ->
 * (datasets)(1)(problems).
 */
export function joinSeeds(values: SeedValues): number[][][] {
  return values.map((seeds) => [meanOverSeeds(seeds)]);
}

/** (S), the mean over datasets and problems of each seed. */
function seedMeans(values: SeedValues): number[] {
  const seeds = values[0]?.length ?? 0;
  return Array.from({ length: seeds }, (_, s) => mean(values.map((dataset) => mean(dataset[s]))));
}

/** (P), the mean over seeds of each problem. */
function meanOverSeeds(seeds: readonly (readonly number[])[]): number[] {
  return seeds[0].map((_, i) => mean(seeds.map((problems) => problems[i])));
}

/** The error of a mean over seeds; none for one seed, which tells nothing of the spread. */
function seedError(bySeed: readonly number[]): SeedError[] {
  if (bySeed.length < 2) return [];
  return [{ standardError: Math.sqrt(sampleVariance(bySeed) / bySeed.length), degrees: bySeed.length - 1 }];
}

/** Half the 95 % interval that the spread between seeds gives. */
function seedMargin({ standardError, degrees }: SeedError): number {
  return studentQuantile((1 + CONFIDENCE) / 2, degrees) * standardError;
}
