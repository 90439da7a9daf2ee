/**
 * Arms under the one decoding that all share, and what filter, noise, softness, estimator and training do.
 *
 * @module
 */
import type { ArmSummary, ShownMetric } from "../../summary/arms.ts";
import { type AttributionRow, QUESTIONS } from "../../summary/attribution.ts";
import { differenceSign, markInterval } from "../../summary/differences.ts";
import type { Summary } from "../../summary/summary.ts";
import { NOTHING, percentText, pointsRangeText, pointsText, pText, rangeText, shareText } from "../../text/numbers.ts";
import { waterfalls } from "../../summary/waterfall.ts";
import { intervalFigure } from "../figures/interval_figure.ts";
import { waterfallFigure, waterfallFrame } from "../figures/waterfall_figure.ts";
import { type Markup, markup } from "../markup.ts";
import { type ArmLook, swatch } from "../palette.ts";
import { dataTable, figures, lead, section, type TableCell } from "../parts.ts";
import { comparedArms, modelName } from "./rows.ts";
import { seedMeans } from "./scores.ts";

/** Rows that are decoded alike; nothing where an experiment has no such decoding. */
export function matchedSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup | undefined {
  if (summary.attribution.length === 0) return undefined;
  const { metrics } = summary;
  const rows = comparedArms(summary, looks);
  return section(`${id}-matched`, "Matched decoding", [
    lead(`All rows are decoded alike, ${rows[0].arm.decodingText}: what differs is training.`),
    // The first metric is drawn in the headline.
    figures(
      metrics.slice(1).map((metric, m) => ({
        title: metric.name,
        picture: intervalFigure(
          `${id}-matched-${m}`,
          rows.map(({ arm, look }) => ({
            look,
            estimate: arm.average.get(metric.name)!,
            bySeed: seedMeans(arm, metric),
          })),
          {
            title: `${metric.name} under the matched decoding, by arm`,
            description: "One row per arm, with intervals; the same numbers are in the table below.",
          },
        ),
      })),
    ),
    dataTable({
      caption: "Percent, with 95 % intervals for new problems and, of trained arms with several seeds, new seeds.",
      head: ["arm", "seeds", ...metrics.map(({ name }) => name)],
      rows: rows.map(({ arm, look }) => [
        markup`${swatch(look)}${look.label}${arm.title && markup`<span class="range">${arm.title}</span>`}`,
        arm.seeds.join(", "),
        ...metrics.map(({ name }) => {
          const { value, low, high } = arm.average.get(name)!;
          return { content: markup`${percentText(value)}<span class="range">${rangeText(low, high)}</span>` };
        }),
      ]),
    }),
  ]);
}

/** What does what: a waterfall per method, and a table of all pairs with the settings in which their rows differ. */
export function attributionSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup | undefined {
  const { attribution, metrics } = summary;
  if (attribution.length === 0) return undefined;
  const questions = [...new Set(attribution.map(({ question }) => question))];
  return section(`${id}-attribution`, "What does what", [
    lead(
      "From the untrained model without a filter to each trained one under the matched decoding, one change at a time. " +
        "Bars: what a change adds or takes; lines: its 95 % interval. ▲ ▼ better or worse, as far as these seeds tell; " +
        "△ ▽ of these trained models only; ≈ not distinguishable.",
    ),
    waterfallFigures(summary, looks, `${id}-waterfall`),
    dataTable({
      caption:
        "Differences of two rows on the same problems, in percentage points: sign-flip test, Holm-corrected over " +
        "this table. Each row names every setting in which the two differ.",
      head: ["question: row − row", ...metrics.map(({ name }) => name)],
      rows: attribution.map((row) => [
        markup`<b>${row.question}</b><span class="range">${row.arm} − ${row.reference}</span><span class="range">differ in ${
          row.differs.join(", ")
        }</span>`,
        ...metrics.map((metric) => differenceCell(row, metric)),
      ]),
    }),
    markup`<dl>${questions.map((question) => markup`<dt>${question}</dt><dd>${QUESTIONS[question]}</dd>`)}</dl>`,
  ]);
}

function waterfallFigures(summary: Summary, looks: readonly ArmLook[], id: string): Markup | undefined {
  const all = waterfalls(summary);
  if (all.length === 0) return undefined;
  const frame = waterfallFrame(all);
  const colourOf = (arm: ArmSummary) => looks[summary.arms.indexOf(arm)].colour;
  return figures(all.map((waterfall, w) => ({
    title: modelName(waterfall.arm),
    ...(waterfall.arm.title !== undefined && { more: ` · ${waterfall.arm.title}` }),
    picture: waterfallFigure(
      `${id}-${w}`,
      waterfall,
      { frame, colour: colourOf(waterfall.arm) },
      {
        title: `What makes ${modelName(waterfall.arm)}`,
        description: waterfall.steps.map(({ name, difference: { value } }) => `${name} ${pointsText(value)}`).join(
          ", ",
        ),
      },
    ),
  })));
}

/** How soft thoughts were, and how much each decoding has in common with the matched one. */
export function softnessSection({ arms }: Summary, looks: readonly ArmLook[], id: string): Markup | undefined {
  const known = arms.map((arm, i) => ({ arm, look: looks[i] })).filter(({ arm }) => arm.softness !== undefined);
  if (known.length === 0) return undefined;
  return section(`${id}-softness`, "Softness", [
    lead(
      "Of each thought's mixture, means over positions and seeds; one token: the heaviest entry weighs more than 0.99.",
    ),
    dataTable({
      caption: "As matched: samples that are letter for letter those of the matched decoding under the same noise.",
      head: ["arm", "heaviest entry", "entropy, nats", "one token", "as matched", "thought", "answer"],
      rows: known.map(({ arm, look }) => [
        markup`${swatch(look)}${arm.label}<span class="range">${arm.decodingText}</span>`,
        arm.softness!.topWeight.toFixed(3),
        arm.softness!.entropy.toFixed(3),
        shareText(arm.softness!.oneToken),
        shareText(arm.likeMatched),
        tokens(arm.thoughtTokens),
        tokens(arm.answerTokens),
      ]),
    }),
  ]);
}

function tokens(value: number | null): string {
  return value === null ? NOTHING : value.toFixed(1);
}

function differenceCell({ differences }: AttributionRow, metric: ShownMetric): TableCell {
  const difference = differences.find((own) => own.metric.name === metric.name);
  if (difference === undefined) return { content: NOTHING };
  const { value, pAdjusted, certainty } = difference;
  const { low, high } = markInterval(difference);
  const tone = certainty === "none" ? "soft" : value > 0 ? "good" : "bad";
  return {
    content: markup`<span class="${tone}">${pointsText(value)} ${
      differenceSign(difference)
    }</span><span class="range">${pointsRangeText(low, high)}</span><span class="range">p ${pText(pAdjusted)}</span>`,
  };
}
