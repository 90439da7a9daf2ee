/**
 * Averages and scores by dataset: figures with intervals, and every number as a table.
 *
 * @module
 */
import { mean } from "../../metrics/estimate.ts";
import { type ArmEstimate, type ArmSummary, type ShownMetric, sideFigure, sideFigures } from "../../summary/arms.ts";
import { countText, percentText, rangeText, shareText, tokensText } from "../../text/numbers.ts";
import { coverageTitle, datasetName, datasetsText, type Summary } from "../../summary/summary.ts";
import { intervalFigure, type IntervalRow } from "../figures/interval_figure.ts";
import { coverageText } from "../../result/coverage.ts";
import { type Markup, markup } from "../markup.ts";
import { type ArmLook, swatch } from "../palette.ts";
import { dataTable, figures, lead, section, type TableCell } from "../parts.ts";
import { type ArmRow, comparedArms } from "./rows.ts";

/** Means over datasets, with tokens and the shares that explain a low score. */
export function averageSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup {
  const { arms, metrics, samples } = summary;
  const size = [
    datasetsText(summary),
    coverageTitle(summary),
    `${countText(samples, "sample")} per problem`,
  ].join(", ");
  const present = sideFigures(arms);
  const table = dataTable({
    caption: "Percent, with 95 % intervals for new problems and, of trained arms with several seeds, new seeds. " +
      "Best value in bold." +
      (present.length > 0 ? " Cut off: samples that met the length limit; no answer: nothing could be extracted." : ""),
    head: ["arm", "seeds", ...metrics.map(({ name }) => name), ...present.map(({ heading }) => heading)],
    rows: arms.map((arm, i) => [
      nameCell(arm, looks[i]),
      arm.seeds.join(", "),
      ...metrics.map(({ name }) => estimateCell(arms.map((other) => other.average.get(name)!), i)),
      ...present.map(({ figure, share }) => (share ? shareText : tokensText)(sideFigure(arm, figure))),
    ]),
  });
  const own = summary.attribution.length > 0;
  return section(`${id}-average`, own ? "As published: each row in a decoding of its own" : "Mean over datasets", [
    lead(
      `${size}. Big dot: mean. Thick line: 95 % interval for new problems; thin line: for newly trained seeds too. Small dots: single seeds.`,
    ),
    figures(metrics.map((metric, m) => ({
      title: metric.name,
      picture: intervalFigure(`${id}-average-${m}`, averageRows(arms, looks, metric), {
        title: `${metric.name}, mean over datasets, by arm`,
        description: "One row per arm, with intervals; the same numbers are in the table below.",
      }),
    }))),
    table,
  ]);
}

/** Every metric, and tokens, by dataset. */
export function datasetSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup {
  const { arms, metrics, datasets } = summary;
  const compared = comparedArms(summary, looks);
  const head = ["arm", ...datasets.map(datasetName)];
  const scores = metrics.map((metric, m) => [
    markup`<h3>${metric.name}</h3>`,
    figures(datasets.map(({ name, problems, of }, d) => ({
      title: name,
      more: ` · ${coverageText({ scored: problems, of })} problems`,
      picture: intervalFigure(`${id}-dataset-${m}-${d}`, datasetRows(compared, metric, d), {
        title: `${metric.name} on ${name}, by arm`,
        description: "One row per arm, with intervals; the same numbers are in the table below.",
      }),
    }))),
    dataTable({
      caption: `${metric.name}, percent, with 95 % intervals. Best value in bold.`,
      head,
      rows: arms.map((arm, i) => [
        nameCell(arm, looks[i]),
        ...datasets.map((_, d) => estimateCell(arms.map((other) => other.byDataset.get(metric.name)![d]), i)),
      ]),
    }),
  ]);
  const tokens = [
    markup`<h3>Tokens</h3>`,
    dataTable({
      caption: "Mean tokens per sample, thought and answer together.",
      head,
      rows: arms.map((arm, i) => [
        nameCell(arm, looks[i]),
        ...datasets.map((_, d) => tokensText(sideFigure(arm, "meanTokens", d))),
      ]),
    }),
  ];
  const counted = sideFigures(arms).some(({ figure }) => figure === "meanTokens");
  return section(`${id}-datasets`, "By dataset", [...scores.flat(), ...(counted ? tokens : [])]);
}

/** (S), the mean over datasets and problems of each seed. */
export function seedMeans(arm: ArmSummary, { name }: ShownMetric): number[] {
  const datasets = arm.values.get(name)!;
  return datasets[0].map((_, seed) => mean(datasets.map((seeds) => mean(seeds[seed]))));
}

function averageRows(arms: readonly ArmSummary[], looks: readonly ArmLook[], metric: ShownMetric): IntervalRow[] {
  return arms.map((arm, i) => ({
    look: looks[i],
    estimate: arm.average.get(metric.name)!,
    bySeed: seedMeans(arm, metric),
  }));
}

function datasetRows(rows: readonly ArmRow[], { name }: ShownMetric, dataset: number): IntervalRow[] {
  return rows.map(({ arm, look }) => ({
    look,
    estimate: arm.byDataset.get(name)![dataset],
    bySeed: arm.values.get(name)![dataset].map(mean),
  }));
}

function nameCell({ label, title, decodingText }: ArmSummary, look: ArmLook): Markup {
  return markup`${swatch(look)}${label}${
    title && markup`<span class="range">${title}</span>`
  }<span class="range">${decodingText}</span>`;
}

/** One arm's estimate, bold where no arm has a higher value. */
function estimateCell(all: readonly ArmEstimate[], index: number): TableCell {
  const { value, low, high } = all[index];
  const content = markup`${percentText(value)}<span class="range">${rangeText(low, high)}</span>`;
  const best = all.length > 1 && value === Math.max(...all.map((estimate) => estimate.value));
  return best ? { content, className: "best" } : { content };
}
