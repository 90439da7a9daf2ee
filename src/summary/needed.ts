/**
 * How large an experiment would have to be to settle what is open: about, were the difference as it was found.
 *
 * @module
 */
import { studentQuantile } from "../metrics/distributions.ts";
import { CONFIDENCE } from "../metrics/estimate.ts";
import { SIGNIFICANCE } from "../metrics/paired.ts";
import { detectableDifference } from "../metrics/power.ts";
import type { Difference } from "./differences.ts";
import { countText } from "../text/numbers.ts";

/** More than this nobody collects. */
const MOST_PROBLEMS = 100_000;
const MOST_SEEDS = 100;

/** What there is. */
export interface ComparedSize {
  /** Problems of all datasets together. */
  readonly problems: number;
  /** Seeds of the arm with fewer. */
  readonly seeds: number;
  /** Differences that share the level of significance. */
  readonly comparisons: number;
}

/**
 * `~1,200 problems` where arms are not distinguishable, and `~5 seeds` where the spread between seeds hides the rest;
 * nothing where a difference is clear, or so small that no size would show it.
 */
export function neededSizes(difference: Difference, size: ComparedSize): string[] {
  const { certainty, seedErrors } = difference;
  if (certainty === "clear") return [];
  if (certainty === "these-models") {
    if (size.seeds < 2) return ["at least 2 seeds"];
    const seeds = seedsNeeded(difference, size.seeds, problemsMargin(difference));
    return seeds === undefined ? [] : [`~${countText(seeds, "seed")}`];
  }
  const problems = problemsNeeded(difference, size);
  // With ever more problems the seeds' spread is all that remains.
  const seeds = seedErrors.length === 0 ? size.seeds : seedsNeeded(difference, size.seeds, 0);
  if (problems === undefined || seeds === undefined) return [];
  return [
    ...(problems > size.problems ? [`~${roundUp(problems).toLocaleString("en")} problems`] : []),
    ...(seeds > size.seeds ? [`~${countText(seeds, "seed")}`] : []),
  ];
}

/**
 * Standard errors fall with the square root of the number of problems; Holm's first step is the strictest. Few problems
 * have few patterns of signs: two of 2^P are as extreme as any can be.
 */
function problemsNeeded(difference: Difference, { problems, comparisons }: ComparedSize): number | undefined {
  const level = SIGNIFICANCE / comparisons;
  const visible = detectableDifference(difference, { falseAlarm: level / 2 });
  const needed = Math.max(problems * (visible / Math.abs(difference.value)) ** 2, 1 + Math.ceil(-Math.log2(level)));
  return needed <= MOST_PROBLEMS ? needed : undefined;
}

/** Half the interval for new problems, on the side of zero. */
function problemsMargin({ value, problemsLow, problemsHigh }: Difference): number {
  return value > 0 ? value - problemsLow : problemsHigh - value;
}

/** The least number of seeds, from those there are, whose interval leaves out zero at the spread that was found. */
function seedsNeeded({ value, seedErrors }: Difference, seeds: number, margin: number): number | undefined {
  for (let count = seeds; count <= MOST_SEEDS; count++) {
    const between = seedErrors.map(({ standardError, degrees }) =>
      studentQuantile((1 + CONFIDENCE) / 2, count - 1) * standardError * Math.sqrt((degrees + 1) / count)
    );
    if (Math.hypot(margin, ...between) < Math.abs(value)) return count;
  }
  return undefined;
}

/** Up to two significant digits. */
function roundUp(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.ceil(count / unit) * unit;
}
