/**
 * Lines by arm over a number, each with its name at its end: Pass@k over k, or a figure of training over steps.
 *
 * @module
 */
import type { Markup } from "../markup.ts";
import { type PictureText, Plot, plotSvg } from "../plot.ts";
import { labelWidth, spread } from "./end_labels.ts";

/** One line. */
export interface Curve {
  readonly label: string;
  readonly colour: string;
  readonly dash: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Where the line may be: an interval at each x. */
  readonly band?: readonly { readonly x: number; readonly low: number; readonly high: number }[];
  /** Thin, pale and without a name, as what the other curves are the mean of. */
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
  /** How y grows: in equal steps, by factors, or by factors on both sides of zero; default equal steps. */
  readonly growth?: "equal" | "factors" | "signed-factors";
}

const WIDTH = 500;
const HEIGHT = 250;
const MARGIN = { left: 46, top: 12, bottom: 36 };
/** Between the end of a line and its name, and between names. */
const LABEL_DISTANCE = 6, LABEL_GAP = 14;
const BAND_OPACITY = 0.1;
const TICKS = 5;
/** Values nearer to zero are shown on a straight axis where factors go both ways. */
const STRAIGHT_UNTIL = 0.01;
/** Powers of ten that an axis may show on either side of one. */
const MOST_FACTORS = 12;

/** Lines by arm, bands below them, the faint ones below those with a name; its axes hold what is there. */
export function curveFigure(id: string, curves: readonly Curve[], axes: CurveAxes, text: PictureText): Markup {
  const shown = curves.map((curve) => scaled(curve, axes.percent ? 100 : 1));
  const ordered = [...shown.filter((curve) => curve.faint), ...shown.filter((curve) => !curve.faint)];
  const named = ordered.filter((curve) => !curve.faint && curve.points.length > 0);
  const xs = [...new Set(ordered.flatMap((curve) => curve.points.map(({ x }) => x)))].sort((a, b) => a - b);
  const last = xs.at(-1)!;
  const y = yScale(ordered, axes);
  const places = Plot.scale({ y: { ...y, range: [HEIGHT - MARGIN.bottom, MARGIN.top] } })!;
  const ends = spread(
    named.map(({ points }) => Number(places.apply(points.at(-1)!.y))),
    LABEL_GAP,
    MARGIN.top,
    HEIGHT - MARGIN.bottom,
  );
  return plotSvg(id, {
    width: WIDTH,
    height: HEIGHT,
    marginLeft: MARGIN.left,
    marginRight: labelWidth(named.map(({ label }) => label)) + 2 * LABEL_DISTANCE,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    x: {
      ...(axes.doubling ? { type: "log" as const, base: 2, ticks: xs, tickFormat: "d" } : { ticks: TICKS }),
      label: axes.x,
      labelAnchor: "center",
      labelArrow: "none",
    },
    y: { ...y, label: null },
    marks: [
      Plot.gridY({ ticks: y.ticks, strokeOpacity: 0.12 }),
      ...ordered.flatMap(({ band, colour }) =>
        band === undefined
          ? []
          : [Plot.areaY(band, { x: "x", y1: "low", y2: "high", fill: colour, fillOpacity: BAND_OPACITY })]
      ),
      ...ordered.map(({ points, colour, dash, faint, label }) =>
        Plot.line(points, {
          x: "x",
          y: "y",
          stroke: colour,
          strokeDasharray: dash,
          strokeWidth: faint ? 0.6 : 2,
          strokeOpacity: faint ? 0.3 : 1,
          title: () => label,
        })
      ),
      ...named.map(({ label, colour }, i) =>
        Plot.text([last], {
          x: (x: number) => x,
          y: () => places.invert!(ends[i]),
          text: () => label,
          fill: nameColour(colour),
          textAnchor: "start",
          dx: LABEL_DISTANCE,
        })
      ),
    ],
  }, text);
}

/** An arm's colour, dark enough on light paper and light enough on dark to read a name in. */
function nameColour(colour: string): string {
  return `color-mix(in srgb, ${colour} 65%, var(--ink))`;
}

/** Plot's own percent scales do not invert. */
function scaled(curve: Curve, unit: number): Curve {
  return {
    ...curve,
    points: curve.points.map(({ x, y }) => ({ x, y: unit * y })),
    ...(curve.band && { band: curve.band.map(({ x, low, high }) => ({ x, low: unit * low, high: unit * high })) }),
  };
}

function yScale(
  curves: readonly Curve[],
  { growth = "equal" }: CurveAxes,
): Plot.ScaleOptions & { readonly ticks: number | readonly number[] } {
  const values = curves.flatMap(({ points, band = [] }) => [
    ...points.map(({ y }) => y),
    ...band.flatMap(({ low, high }) => [low, high]),
  ]);
  const shared = { tickFormat: shortNumber, nice: true };
  if (growth === "equal") return { ...shared, type: "linear", ticks: TICKS, domain: roomy(values) };
  if (growth === "factors") {
    const domain = roomy(values.filter((value) => value > 0));
    return { ...shared, type: "log", domain, ticks: factorTicks(domain) };
  }
  const domain = roomy(values);
  return { ...shared, type: "symlog", constant: STRAIGHT_UNTIL, domain, nice: false, ticks: factorTicks(domain) };
}

/** Powers of ten inside a domain, on both sides of zero where it holds both. */
function factorTicks([low, high]: readonly [number, number]): number[] {
  const powers = Array.from({ length: 2 * MOST_FACTORS + 1 }, (_, i) => 10 ** (i - MOST_FACTORS));
  const signed = low > 0 ? powers : [...powers.map((power) => -power), 0, ...powers];
  return signed.filter((tick) =>
    (low > 0 || tick === 0 || Math.abs(tick) > STRAIGHT_UNTIL) && tick >= low / (low > 0 ? 10 : 1) &&
    tick <= high * (low > 0 ? 10 : 1)
  );
}

/** From the least to the greatest value; a constant gets room around it. */
function roomy(values: readonly number[]): [number, number] {
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  if (least < greatest) return [least, greatest];
  const room = least === 0 ? 1 : Math.abs(least) / 2;
  return [least - room, least + room];
}

function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3))).replace("-", "−");
}
