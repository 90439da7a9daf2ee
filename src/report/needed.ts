/**
 * How large an experiment would have to be to settle what is open: about, were the difference as it was found.
 *
 * @module
 */
import { studentQuantile } from "../metrics/distributions.ts";
import { CONFIDENCE } from "../metrics/estimate.ts";
import { detectableDifference } from "../metrics/power.ts";
import { type Difference, SIGNIFICANCE } from "./differences.ts";
import { countText } from "./format.ts";

/** More than this nobody collects. */
const MOST_PROBLEMS = 100_000;
const MOST_SEEDS = 100;

/**
 * `~1,200 problems` where arms are not distinguishable, `~5 seeds` where only the trained models are;
 * undefined where a difference is clear, or so small that no size would show it.
 *
 * @param problems of all datasets together
 * @param seeds of the arm with fewer
 */
export function neededText(difference: Difference, problems: number, seeds: number): string | undefined {
  if (difference.certainty === "none") {
    const needed = problemsNeeded(difference, problems);
    return needed === undefined ? undefined : `~${roundUp(needed).toLocaleString("en")} problems`;
  }
  if (difference.certainty === "clear") return undefined;
  if (seeds < 2) return "at least 2 seeds";
  const needed = seedsNeeded(difference, seeds);
  return needed === undefined ? undefined : `~${countText(needed, "seed")}`;
}

/** Standard errors fall with the square root of the number of problems. */
function problemsNeeded(difference: Difference, problems: number): number | undefined {
  const visible = detectableDifference(difference, { falseAlarm: SIGNIFICANCE / 2 });
  const needed = problems * (visible / Math.abs(difference.value)) ** 2;
  return needed <= MOST_PROBLEMS ? Math.max(needed, problems) : undefined;
}

/** The least number of seeds whose interval, at the spread between seeds that was found, leaves out zero. */
function seedsNeeded({ value, problemsLow, problemsHigh, seedErrors }: Difference, seeds: number): number | undefined {
  const margin = value > 0 ? value - problemsLow : problemsHigh - value;
  for (let count = seeds + 1; count <= MOST_SEEDS; count++) {
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
