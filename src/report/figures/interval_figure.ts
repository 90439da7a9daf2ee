/**
 * Dots with intervals, a row per arm: thick for new problems, thin for new seeds too, small dots for the seeds themselves.
 *
 * @module
 */
import type { ArmEstimate } from "../../summary/arms.ts";
import { percentText, rangeText } from "../../text/numbers.ts";
import type { Markup } from "../markup.ts";
import type { ArmLook } from "../palette.ts";
import { type PictureText, Plot, plotSvg } from "../plot.ts";

/** One row. */
export interface IntervalRow {
  readonly look: ArmLook;
  readonly estimate: ArmEstimate;
  /** Value of each seed. */
  readonly bySeed: readonly number[];
}

/** Pixels of a row, and of the axis beside the labels. */
const ROW_HEIGHT = 24, PLOT_WIDTH = 160;
/** Mean width of a letter in the page's small sans-serif; the longest label decides the margin. */
const LABEL_PIXELS_PER_LETTER = 6.1;

/** One row per arm, on an axis of percent. */
export function intervalFigure(id: string, rows: readonly IntervalRow[], text: PictureText): Markup {
  const labels = rows.map(({ look }) => look.label);
  const longest = Math.max(...labels.map((label) => label.length));
  const marginLeft = Math.min(190, Math.ceil(longest * LABEL_PIXELS_PER_LETTER) + 14);
  const points = rows.map(({ look, estimate }) => ({
    ...estimate,
    ...look,
    title: `${look.label}: ${percentText(estimate.value)} (${rangeText(estimate.low, estimate.high)})`,
  }));
  const seeds = rows.flatMap(({ look, bySeed }) =>
    bySeed.length < 2 ? [] : bySeed.map((value) => ({ ...look, value }))
  );
  const colour = (point: { colour: string }) => point.colour;
  return plotSvg(id, {
    width: marginLeft + PLOT_WIDTH,
    height: rows.length * ROW_HEIGHT + 44,
    marginLeft,
    marginRight: 14,
    marginTop: 6,
    marginBottom: 36,
    color: { type: "identity" },
    x: { domain: [0, 100], percent: true, ticks: 5, label: "percent", labelAnchor: "center", labelArrow: "none" },
    y: { domain: labels, label: null, tickSize: 0 },
    marks: [
      Plot.gridX({ ticks: 5, strokeOpacity: 0.12 }),
      Plot.ruleY(points, { y: "label", x1: "low", x2: "high", stroke: colour, strokeWidth: 1.2 }),
      Plot.ruleY(points, {
        y: "label",
        x1: "problemsLow",
        x2: "problemsHigh",
        stroke: colour,
        strokeWidth: 4,
        strokeOpacity: 0.55,
        strokeLinecap: "round",
      }),
      Plot.dot(seeds, { y: "label", x: "value", r: 1.8, dy: -7, fill: colour, fillOpacity: 0.8 }),
      Plot.dot(points, { y: "label", x: "value", r: 4.5, fill: colour, title: "title" }),
    ],
  }, text);
}
