/**
 * A waterfall: what each change adds or takes, from the untrained model to a trained one, with its interval.
 *
 * @module
 */
import type { Waterfall } from "../../summary/waterfall.ts";
import { differenceSign, markInterval } from "../../summary/differences.ts";
import { percentText, pointsRangeText, pointsText } from "../../text/numbers.ts";
import type { Markup } from "../markup.ts";
import { type PictureText, Plot, plotSvg } from "../plot.ts";
import { labelWidth } from "./end_labels.ts";

const WIDTH = 500;
const ROW_HEIGHT = 22;
/** For the numbers at the end of a row. */
const NUMBERS_WIDTH = 165;
const LABEL_GAP = 12;
/** Names of the rows at which a waterfall starts and ends. */
const FIRST = "untrained", LAST = "trained";

/** What waterfalls that are to be compared share. */
export interface WaterfallFrame {
  /** The least and the greatest value that some of them reach, intervals included, in [0, 1]. */
  readonly domain: readonly [number, number];
  /** Room for the longest name, in pixels. */
  readonly left: number;
}

/** The frame of some waterfalls. */
export function waterfallFrame(all: readonly Waterfall[]): WaterfallFrame {
  const ends = all.flatMap(({ steps }) =>
    steps.flatMap(({ from, to, difference }) => {
      const { low, high } = markInterval(difference);
      return [from, to, from + low, from + high];
    })
  );
  return {
    domain: [Math.max(0, Math.min(...ends)), Math.min(1, Math.max(...ends))],
    left: labelWidth([FIRST, LAST, ...all.flatMap(({ steps }) => steps.map(({ name }) => name))]) + LABEL_GAP,
  };
}

/** A row per change, from where the row before ended; below them where it ends. */
export function waterfallFigure(
  id: string,
  { start, arm, steps }: Waterfall,
  { frame: { domain, left }, colour }: { frame: WaterfallFrame; colour: string },
  text: PictureText,
): Markup {
  // An interval of few problems reaches beyond what a share can be; its numbers say how far.
  const within = (share: number) => Math.min(domain[1], Math.max(domain[0], share));
  const rows = steps.map((step) => {
    const { low, high } = markInterval(step.difference);
    const tone = step.difference.certainty === "none"
      ? "var(--soft)"
      : step.to > step.from
      ? "var(--good)"
      : "var(--bad)";
    return {
      name: step.name,
      from: step.from,
      to: step.to,
      low: within(step.from + low),
      high: within(step.from + high),
      tone,
      numbers: `${pointsText(step.difference.value)} ${differenceSign(step.difference)} (${
        pointsRangeText(low, high)
      })`,
      title: `${step.name}: ${step.difference.arm} − ${step.difference.reference}`,
    };
  });
  const [first, last] = [steps[0].from, steps.at(-1)!.to];
  const totals = [
    { name: FIRST, value: first, colour: "var(--base-0)", title: start.label },
    { name: LAST, value: last, colour, title: arm.label },
  ];
  const names = [FIRST, ...rows.map(({ name }) => name), LAST];
  const links = rows.map(({ to, name }, i) => ({ value: to, from: name, to: names[i + 2] }));
  return plotSvg(id, {
    width: WIDTH,
    height: names.length * ROW_HEIGHT + 40,
    marginLeft: left,
    marginRight: NUMBERS_WIDTH,
    marginTop: 4,
    marginBottom: 34,
    color: { type: "identity" },
    x: {
      domain: domain.map((share) => 100 * share),
      nice: true,
      percent: true,
      ticks: 5,
      label: `${steps[0].difference.metric.name}, percent`,
      labelAnchor: "center",
      labelArrow: "none",
    },
    y: { type: "band", domain: names, label: null, tickSize: 0, padding: 0.3 },
    marks: [
      Plot.gridX({ ticks: 5, strokeOpacity: 0.12 }),
      Plot.link(links, { x: "value", y1: "from", y2: "to", strokeOpacity: 0.4, strokeDasharray: "2,2" }),
      Plot.barX(rows, { y: "name", x1: "from", x2: "to", fill: "tone", fillOpacity: 0.45, title: "title" }),
      Plot.ruleY(rows, { y: "name", x1: "low", x2: "high", stroke: "tone", strokeWidth: 1.5 }),
      Plot.tickX(rows, { y: "name", x: "to", stroke: "tone", strokeWidth: 2 }),
      Plot.dot(totals, { y: "name", x: "value", r: 4.5, fill: "colour", title: "title" }),
      Plot.text(rows, numbersAt("numbers")),
      Plot.text(totals.map((total) => ({ ...total, text: `${percentText(total.value)} %` })), {
        ...numbersAt("text"),
        fontWeight: 600,
      }),
    ],
  }, text);
}

function numbersAt(text: string) {
  return { y: "name", text, frameAnchor: "right", textAnchor: "start", dx: 8 } as const;
}
