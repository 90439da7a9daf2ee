/**
 * Lines by arm over a number: Pass@k over k, or a figure of training over steps.
 *
 * @module
 */
import type { Markup } from "../markup.ts";
import { type PictureText, Plot, plotSvg } from "../plot.ts";

/** One line. */
export interface Curve {
  readonly label: string;
  readonly colour: string;
  readonly dash: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Thin and pale, as what the other curves are the mean of. */
  readonly faint?: boolean;
}

/** The axes. */
export interface CurveAxes {
  /** Label of x. */
  readonly x: string;
  /** Whether y is a share in [0, 1], shown in percent. */
  readonly percent: boolean;
  /** Whether x doubles from tick to tick. */
  readonly doubling: boolean;
}

const WIDTH = 320;
const HEIGHT = 210;

/** Lines by arm, the faint ones below. */
export function curveFigure(id: string, curves: readonly Curve[], axes: CurveAxes, text: PictureText): Markup {
  const ordered = [...curves.filter((curve) => curve.faint), ...curves.filter((curve) => !curve.faint)];
  const xs = [...new Set(ordered.flatMap((curve) => curve.points.map(({ x }) => x)))].sort((a, b) => a - b);
  return plotSvg(id, {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 44,
    marginRight: 10,
    marginTop: 12,
    marginBottom: 38,
    x: {
      ...(axes.doubling ? { type: "log" as const, base: 2, ticks: xs, tickFormat: "d" } : { ticks: 5 }),
      label: axes.x,
      labelAnchor: "center",
      labelArrow: "none",
    },
    y: {
      ...(axes.percent
        ? { domain: [0, 100], percent: true }
        : { domain: plainDomain(ordered), tickFormat: shortNumber }),
      ticks: 5,
      label: null,
      nice: true,
    },
    marks: [
      Plot.gridY({ ticks: 5, strokeOpacity: 0.12 }),
      ...ordered.map(({ points, colour, dash, faint, label }) =>
        Plot.line(points, {
          x: "x",
          y: "y",
          stroke: colour,
          strokeDasharray: dash,
          strokeWidth: faint ? 0.8 : 2,
          strokeOpacity: faint ? 0.4 : 1,
          title: () => label,
        })
      ),
    ],
  }, text);
}

/** From the least to the greatest value; a constant gets room around it. */
function plainDomain(curves: readonly Curve[]): [number, number] {
  const values = curves.flatMap(({ points }) => points.map(({ y }) => y));
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  return least < greatest ? [least, greatest] : [least - 1, greatest + 1];
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
