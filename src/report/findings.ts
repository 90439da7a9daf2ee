/**
 * What the differences say, in sentences.
 *
 * @module
 */
import type { Difference } from "./differences.ts";
import { pointsRangeText, pointsText, pText } from "./format.ts";
import type { Summary } from "./summary.ts";

/** One sentence and which way it points. */
export interface Finding {
  readonly direction: "up" | "down" | "same";
  readonly sentence: string;
  readonly figures: string;
}

/** One finding a difference in the average over datasets, what training gained first. */
export function findings(summary: Summary): Finding[] {
  const trained = new Set(summary.arms.filter((arm) => arm.trained).map((arm) => arm.label));
  const rank = ({ arm, reference }: Difference) => trained.has(arm) ? (trained.has(reference) ? 1 : 0) : 2;
  return summary.differences.toSorted((a, b) => rank(a) - rank(b)).map((difference) => ({
    direction: difference.certainty === "none" ? "same" : difference.value > 0 ? "up" : "down",
    sentence: sentence(difference),
    figures: `${pointsText(difference.value)} points (${pointsRangeText(difference.low, difference.high)}), ` +
      `p ${difference.pAdjusted < 0.001 ? "" : "= "}${pText(difference.pAdjusted)}`,
  }));
}

function sentence({ arm, reference, metric, value, certainty }: Difference): string {
  if (certainty === "none") return `${arm} and ${reference} are not distinguishable in ${metric.name}.`;
  const comparison = `${arm} is ${value > 0 ? "better" : "worse"} than ${reference} in ${metric.name}`;
  return certainty === "clear"
    ? `${comparison}.`
    : `${comparison}, for these trained models; seeds are too few or too far apart to say it of the algorithms.`;
}
