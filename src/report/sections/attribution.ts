/**
 * Arms under the one decoding that all share, and what filter, noise, softness, estimator and training do.
 *
 * @module
 */
import { mean } from "../../metrics/estimate.ts";
import type { ArmSummary, ShownMetric } from "../../summary/arms.ts";
import { type AttributionRow, QUESTIONS } from "../../summary/attribution.ts";
import { differenceSign, markInterval } from "../../summary/differences.ts";
import type { Summary } from "../../summary/summary.ts";
import { NOTHING, percentText, pointsRangeText, pointsText, pText, rangeText, shareText } from "../../text/numbers.ts";
import { intervalFigure } from "../figures/interval_figure.ts";
import { type Markup, markup } from "../markup.ts";
import { type ArmLook, swatch } from "../palette.ts";
import { dataTable, figures, lead, section, type TableCell } from "../parts.ts";

/** Rows that are decoded alike; nothing where an experiment has no such decoding. */
export function matchedSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup | undefined {
  if (summary.attribution.length === 0) return undefined;
  const { arms, metrics } = summary;
  const matched = arms.map((arm, i) => ({ arm, look: { ...looks[i], label: nameOf(arm) } }))
    .filter(({ arm }) => arm.matched);
  return section(`${id}-matched`, "Matched decoding", [
    lead(`All rows are decoded alike, ${matched[0].arm.decodingText}: what differs is training.`),
    figures(metrics.map((metric, m) => ({
      title: metric.name,
      picture: intervalFigure(
        `${id}-matched-${m}`,
        matched.map(({ arm, look }) => ({
          look,
          estimate: arm.average.get(metric.name)!,
          bySeed: bySeed(arm, metric),
        })),
        {
          title: `${metric.name} under the matched decoding, by arm`,
          description: "One row per arm, with intervals; the same numbers are in the table below.",
        },
      ),
    }))),
    dataTable({
      caption: "Percent, with 95 % intervals for new problems and, of trained arms with several seeds, new seeds.",
      head: ["arm", "seeds", ...metrics.map(({ name }) => name)],
      rows: matched.map(({ arm, look }) => [
        markup`${swatch(look)}${nameOf(arm)}${arm.title && markup`<span class="range">${arm.title}</span>`}`,
        arm.seeds.join(", "),
        ...metrics.map(({ name }) => {
          const { value, low, high } = arm.average.get(name)!;
          return { content: markup`${percentText(value)}<span class="range">${rangeText(low, high)}</span>` };
        }),
      ]),
    }),
  ]);
}

/** What does what, a row a pair, with the settings in which its rows differ. */
export function attributionSection({ attribution, metrics }: Summary, id: string): Markup | undefined {
  if (attribution.length === 0) return undefined;
  const questions = [...new Set(attribution.map(({ question }) => question))];
  return section(`${id}-attribution`, "What does what", [
    lead(
      "Differences of two rows on the same problems, in percentage points. Marks and intervals as under Differences, " +
        "corrected over this table.",
    ),
    dataTable({
      caption: "Each row names every setting in which the two differ.",
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

function nameOf({ trainedAs, label }: ArmSummary): string {
  return trainedAs ?? label;
}

function bySeed(arm: ArmSummary, { name }: ShownMetric): number[] {
  const datasets = arm.values.get(name)!;
  return datasets[0].map((_, seed) => mean(datasets.map((seeds) => mean(seeds[seed]))));
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
