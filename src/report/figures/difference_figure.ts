/**
 * Paired differences around zero, a row per comparison.
 *
 * @module
 */
import type { Difference } from "../../summary/differences.ts";
import { pointsRangeText, pointsText } from "../../text/numbers.ts";
import type { Markup } from "../markup.ts";
import { type PictureText, Plot, plotSvg } from "../plot.ts";

const ROW_HEIGHT = 24;
const WIDTH = 300;

/**
 * Rows carry numbers, by which a table of all comparisons explains them.
 *
 * @param differences of one metric, each with its number
 * @param limit half the width of the axis, in [0, 1]; the same for figures to be compared
 */
export function differenceFigure(
  id: string,
  differences: readonly (Difference & { readonly number: number })[],
  limit: number,
  text: PictureText,
): Markup {
  const rows = differences.map((difference) => ({
    ...difference,
    colour: difference.certainty === "none" ? "var(--soft)" : difference.value > 0 ? "var(--good)" : "var(--bad)",
    fill: difference.certainty === "clear" ? 1 : 0,
    title: `${difference.number}: ${difference.arm} − ${difference.reference}: ${pointsText(difference.value)} (${
      pointsRangeText(difference.low, difference.high)
    })`,
  }));
  const colour = (row: { colour: string }) => row.colour;
  return plotSvg(id, {
    width: WIDTH,
    height: rows.length * ROW_HEIGHT + 44,
    marginLeft: 24,
    marginRight: 8,
    marginTop: 6,
    marginBottom: 36,
    color: { type: "identity" },
    x: {
      domain: [-100 * limit, 100 * limit],
      percent: true,
      ticks: 5,
      tickFormat: (points: number) => pointsText(points / 100).replace(/\.0$/, ""),
      label: "percentage points",
      labelAnchor: "center",
      labelArrow: "none",
      clamp: true,
    },
    y: { type: "band", domain: rows.map(({ number }) => number), label: null, tickSize: 0 },
    marks: [
      Plot.gridX({ ticks: 5, strokeOpacity: 0.12 }),
      Plot.ruleX([0], { strokeOpacity: 0.6 }),
      Plot.ruleY(rows, { y: "number", x1: "low", x2: "high", stroke: colour, strokeWidth: 1.2 }),
      Plot.ruleY(rows, {
        y: "number",
        x1: "problemsLow",
        x2: "problemsHigh",
        stroke: colour,
        strokeWidth: 4,
        strokeOpacity: 0.55,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, {
        y: "number",
        x: "value",
        r: 4.5,
        stroke: colour,
        strokeWidth: 1.5,
        fill: (row) => row.fill ? row.colour : "var(--paper)",
        title: "title",
      }),
    ],
  }, text);
}
