/**
 * Paired differences around zero, a row per comparison with its name and its number.
 *
 * @module
 */
import { type Difference, differenceSign } from "../../summary/differences.ts";
import { pointsRangeText, pointsText } from "../../text/numbers.ts";
import type { Markup } from "../markup.ts";
import { type PictureText, Plot, plotSvg } from "../plot.ts";
import { labelWidth } from "./end_labels.ts";

const ROW_HEIGHT = 24;
/** Of the whole picture, which grows where its longest name leaves the axis less than the second. */
const WIDTH = 500, LEAST_AXIS = 200;
/** For the number at the end of its row. */
const NUMBER_WIDTH = 58;

/**
 * A row per comparison, in the order given.
 *
 * @param differences of one metric
 * @param limit half the width of the axis, in [0, 1]; the same for figures to be compared
 */
export function differenceFigure(
  id: string,
  differences: readonly Difference[],
  limit: number,
  text: PictureText,
): Markup {
  const rows = differences.map((difference) => ({
    ...difference,
    name: `${difference.arm} − ${difference.reference}`,
    colour: difference.certainty === "none" ? "var(--soft)" : difference.value > 0 ? "var(--good)" : "var(--bad)",
    fill: difference.certainty === "clear" ? 1 : 0,
    number: `${pointsText(difference.value)} ${differenceSign(difference)}`,
    title: `${difference.arm} − ${difference.reference}: ${pointsText(difference.value)} (${
      pointsRangeText(difference.low, difference.high)
    })`,
  }));
  const names = rows.map(({ name }) => name);
  const marginLeft = labelWidth(names) + 14;
  const colour = (row: { colour: string }) => row.colour;
  return plotSvg(id, {
    width: Math.max(WIDTH, marginLeft + LEAST_AXIS + NUMBER_WIDTH),
    height: rows.length * ROW_HEIGHT + 44,
    marginLeft,
    marginRight: NUMBER_WIDTH,
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
    y: { type: "band", domain: names, label: null, tickSize: 0 },
    marks: [
      Plot.gridX({ ticks: 5, strokeOpacity: 0.12 }),
      Plot.ruleX([0], { strokeOpacity: 0.6 }),
      Plot.ruleY(rows, { y: "name", x1: "low", x2: "high", stroke: colour, strokeWidth: 1.2 }),
      Plot.ruleY(rows, {
        y: "name",
        x1: "problemsLow",
        x2: "problemsHigh",
        stroke: colour,
        strokeWidth: 4,
        strokeOpacity: 0.55,
        strokeLinecap: "round",
      }),
      Plot.dot(rows, {
        y: "name",
        x: "value",
        r: 4.5,
        stroke: colour,
        strokeWidth: 1.5,
        fill: (row) => row.fill ? row.colour : "var(--paper)",
        title: "title",
      }),
      Plot.text(rows, { y: "name", text: "number", frameAnchor: "right", textAnchor: "end", dx: NUMBER_WIDTH - 4 }),
    ],
  }, text);
}
