/**
 * Every problem as a dot: how often the reference solves it against how often the arm does.
 *
 * @module
 */
import type { Markup } from "../markup.ts";
import { type PictureText, Plot, plotSvg } from "../plot.ts";

/** One problem. */
export interface PairedProblem {
  readonly reference: number;
  readonly arm: number;
}

const SIZE = 244;

/** Dots above the line are problems that the arm solves more often. */
export function pairedFigure(
  id: string,
  problems: readonly PairedProblem[],
  names: { reference: string; arm: string; colour: string },
  text: PictureText,
): Markup {
  const axis = { domain: [0, 100], percent: true, ticks: 5 } as const;
  return plotSvg(id, {
    width: SIZE,
    height: SIZE,
    marginLeft: 44,
    marginRight: 10,
    marginTop: 10,
    marginBottom: 40,
    x: { ...axis, label: names.reference, labelAnchor: "center", labelArrow: "none" },
    y: { ...axis, label: null },
    marks: [
      Plot.line([[0, 0], [1, 1]], { strokeOpacity: 0.35 }),
      Plot.dot(problems, { x: "reference", y: "arm", r: 2.6, fill: names.colour, fillOpacity: 0.4 }),
    ],
  }, text);
}
