/**
 * What could have been seen, and what would decide it: detectable differences, and the problems, samples or seeds that a
 * given difference needs.
 *
 * @module
 */
import { studentQuantile } from "./distributions.ts";
import { mean, sampleVariance } from "./estimate.ts";
import { SIGNIFICANCE } from "./paired.ts";
import { passAtK, passAtKVariance } from "./pass_at_k.ts";
import type { ProblemCounts } from "./types.ts";

/** Chance of finding a difference that is there, unless asked otherwise. */
export const DEFAULT_POWER = 0.8;

/** How strict a test is. */
export interface TestStrength {
  /** One-sided chance of a false alarm. */
  readonly falseAlarm: number;
  /** Chance of finding what is there (default {@link DEFAULT_POWER}). */
  readonly power?: number;
}

/** The true difference that a one-sided test finds with the wanted chance, `(t_{1−α} + t_{power}) · SE`. */
export function detectableDifference(
  { standardError, degrees }: { readonly standardError: number; readonly degrees: number },
  { falseAlarm, power = DEFAULT_POWER }: TestStrength,
): number {
  return (studentQuantile(1 - falseAlarm, degrees) + studentQuantile(power, degrees)) * standardError;
}

/**
 * Where the noise of a paired difference of Pass@1 comes from, per problem: `Var(d_i) = effect + sampling/n`.
 */
export interface DifferenceNoise {
  /** Variance over problems of the true differences: more samples do not lower it. */
  readonly effect: number;
  /** Variance that one sample of each side adds: falls as 1/n. */
  readonly sampling: number;
  /** Variance between seeds of the difference; 0 where there is one seed. */
  readonly seeds: number;
}

/**
 * Splits the noise of the difference of Pass@1 between two sides of the same problems.
 *
 * @param a (problems), with the mean of both sides' samples as n
 */
export function differenceNoise(a: readonly ProblemCounts[], b: readonly ProblemCounts[]): DifferenceNoise {
  const total = sampleVariance(a.map((problem, i) => passAtK(b[i].n, b[i].c, 1) - passAtK(problem.n, problem.c, 1)));
  // Both sides at one sample: n times the variance of the mean of n samples.
  const oneSample = (problems: readonly ProblemCounts[]) =>
    mean(problems.map(({ n, c }) => n * passAtKVariance(n, c, 1).value));
  const present = (problems: readonly ProblemCounts[]) =>
    mean(problems.map(({ n, c }) => passAtKVariance(n, c, 1).value));
  return {
    effect: Math.max(0, total - present(a) - present(b)),
    sampling: oneSample(a) + oneSample(b) || neverSeenSampling(a) + neverSeenSampling(b),
    seeds: 0,
  };
}

/** Where every problem is always right or always wrong: what half a sample of the other kind per problem would give. */
function neverSeenSampling(problems: readonly ProblemCounts[]): number {
  return mean(problems.map(({ n, c }) => {
    const smoothed = (c + 0.5) / (n + 1);
    return smoothed * (1 - smoothed);
  }));
}

/** What the noise of a difference adds up from, in an experiment of some size. */
export interface PredictedErrors {
  /** Of the mean difference over new problems, with their sampling noise. */
  readonly problems: StandardError;
  /** Of the mean difference over new seeds; absent where nothing is known of them. */
  readonly seeds?: StandardError;
}

/** A standard error with its degrees of freedom. */
export interface StandardError {
  readonly standardError: number;
  readonly degrees: number;
}

/** How strict a check is that makes several tests, as `compare` does. */
export interface CheckStrength {
  /** Tests that share the level. */
  readonly tests: number;
  /** Chance of finding what is there. */
  readonly power: number;
}

/**
 * The loss that a check finds with the wanted chance: beyond chance on these problems, at the level that Holm's first step
 * leaves to one of `tests`, and beyond the spread between seeds.
 */
export function lossFound({ problems, seeds }: PredictedErrors, { tests, power }: CheckStrength): number {
  return Math.hypot(
    detectableDifference(problems, { falseAlarm: SIGNIFICANCE / 2 / tests, power }),
    seeds === undefined ? 0 : detectableDifference(seeds, { falseAlarm: SIGNIFICANCE / 2, power }),
  );
}

/** Size of an experiment. */
export interface ExperimentSize {
  /** Problems in all datasets together. */
  readonly problems: number;
  /** Samples per problem and seed. */
  readonly samples: number;
  /** Trained seeds per side. */
  readonly seeds: number;
}

/** Errors of the mean difference of Pass@1 in an experiment of this size. */
export function predictedErrors(noise: DifferenceNoise, { problems, samples, seeds }: ExperimentSize): PredictedErrors {
  return {
    problems: {
      standardError: Math.sqrt((noise.effect + noise.sampling / (samples * seeds)) / problems),
      degrees: Math.max(1, problems - 1),
    },
    ...(noise.seeds > 0 && seeds > 1 && {
      seeds: { standardError: Math.sqrt(noise.seeds / seeds), degrees: seeds - 1 },
    }),
  };
}

/**
 * The least size of one kind with which a check finds a loss, the others as they are; undefined where none does.
 *
 * @param difference in (0, 1]
 */
export function sizeNeeded(
  kind: keyof ExperimentSize,
  noise: DifferenceNoise,
  size: ExperimentSize,
  difference: number,
  strength: CheckStrength,
): number | undefined {
  const found = (amount: number) =>
    lossFound(predictedErrors(noise, { ...size, [kind]: amount }), strength) <= difference;
  let high = kind === "problems" || kind === "seeds" ? 2 : 1;
  while (!found(high)) {
    high *= 2;
    if (high > MOST) return undefined;
  }
  let low = high / 2;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (found(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Nobody draws more than this. */
const MOST = 2 ** 24;
