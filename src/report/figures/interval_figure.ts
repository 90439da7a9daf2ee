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
import { labelWidth } from "./end_labels.ts";

/** One row. */
export interface IntervalRow {
  readonly look: ArmLook;
  readonly estimate: ArmEstimate;
  /** Value of each seed. */
  readonly bySeed: readonly number[];
}

const ROW_HEIGHT = 24;
/** Of the whole picture, which grows where its longest name leaves the axis less than the second. */
const WIDTH = 500, LEAST_AXIS = 220;
/** For the value at the end of its row. */
const VALUE_WIDTH = 46;

/** One row per arm, from the highest value to the lowest, on an axis of percent that holds the intervals. */
export function intervalFigure(id: string, rows: readonly IntervalRow[], text: PictureText): Markup {
  const ordered = rows.toSorted((a, b) => b.estimate.value - a.estimate.value);
  const labels = ordered.map(({ look }) => look.label);
  const marginLeft = labelWidth(labels) + 14;
  const points = ordered.map(({ look, estimate }) => ({
    ...estimate,
    ...look,
    title: `${look.label}: ${percentText(estimate.value)} (${rangeText(estimate.low, estimate.high)})`,
  }));
  const seeds = ordered.flatMap(({ look, bySeed }) =>
    bySeed.length < 2 ? [] : bySeed.map((value) => ({ ...look, value }))
  );
  const ends = [...points.flatMap(({ low, high }) => [low, high]), ...seeds.map(({ value }) => value)];
  const [least, greatest] = [Math.min(...ends), Math.max(...ends)].map((share) => 100 * share);
  const colour = (point: { colour: string }) => point.colour;
  return plotSvg(id, {
    width: Math.max(WIDTH, marginLeft + LEAST_AXIS + VALUE_WIDTH),
    height: rows.length * ROW_HEIGHT + 44,
    marginLeft,
    marginRight: VALUE_WIDTH,
    marginTop: 6,
    marginBottom: 36,
    color: { type: "identity" },
    x: {
      domain: least < greatest ? [least, greatest] : [0, 100],
      nice: true,
      percent: true,
      ticks: 5,
      label: "percent",
      labelAnchor: "center",
      labelArrow: "none",
    },
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
      Plot.text(points, {
        y: "label",
        text: ({ value }) => percentText(value),
        frameAnchor: "right",
        textAnchor: "end",
        dx: VALUE_WIDTH - 4,
        fontWeight: 600,
      }),
    ],
  }, text);
}
