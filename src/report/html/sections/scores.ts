/**
 * Averages and scores by dataset: figures with intervals, and every number as a table.
 *
 * @module
 */
import { type ArmEstimate, type ArmSummary, type ShownMetric, sideFigure } from "../../arms.ts";
import { countText, NOTHING, percentText, rangeText, tokensText } from "../../format.ts";
import type { Summary } from "../../summary.ts";
import { intervalFigure } from "../figures/interval_figure.ts";
import { html, type Insert, type Markup } from "../markup.ts";
import { type ArmLook, swatch } from "../palette.ts";
import { dataTable, type TableCell } from "../table.ts";

/** Means over datasets, with tokens and the shares that explain a low score. */
export function averageSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup {
  const { arms, metrics, datasets, samples } = summary;
  const problems = datasets.reduce((sum, dataset) => sum + dataset.problems, 0);
  return html`<section aria-labelledby="${id}-average"><h2 id="${id}-average">Mean over datasets</h2>
<p class="soft">${countText(datasets.length, "dataset")}, ${
    countText(problems, "problem")
  }, ${samples} samples a problem. Big dot: mean. Thick line: 95 % interval for new problems; thin line: for newly trained seeds too. Small dots: single seeds.</p>
<div class="figures">${
    metrics.map((metric, m) =>
      html`<figure><figcaption><b>${metric.name}</b></figcaption>${
        intervalFigure(
          `${id}-average-${m}`,
          arms.map((arm, i) => ({
            look: looks[i],
            estimate: arm.average.get(metric.name)!,
            bySeed: seedAverages(arm, metric),
          })),
          "percent",
          {
            title: `${metric.name}, mean over datasets, by arm`,
            description: "One row an arm, with intervals; the same numbers are in the table below.",
          },
        )
      }</figure>`
    )
  }</div>
${
    dataTable({
      caption: "Percent, with 95 % intervals for new problems and, of trained arms with several seeds, new seeds. " +
        "Best value in bold. Cut off: samples that met the length limit; no answer: nothing could be extracted.",
      head: [
        "arm",
        "seeds",
        ...metrics.map(({ name }) => name),
        "tokens",
        "if correct",
        "cut off",
        "no answer",
        "grader errors",
      ],
      rows: arms.map((arm, i) => [
        html`${swatch(looks[i])}${arm.label}`,
        arm.seeds.join(", "),
        ...metrics.map(({ name }) =>
          estimateCell(arm.average.get(name)!, arms.map((other) => other.average.get(name)!))
        ),
        tokensText(sideFigure(arm, "meanTokens")),
        tokensText(sideFigure(arm, "meanTokensCorrect")),
        ...(["truncated", "unextracted", "graderErrors"] as const).map((figure) => shareText(sideFigure(arm, figure))),
      ]),
    })
  }</section>`;
}

/** Every metric by dataset. */
export function datasetSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup {
  const { arms, metrics, datasets } = summary;
  return html`
    <section
      aria-labelledby="${id}-datasets"><h2 id="${id}-datasets">By dataset</h2>${metrics.map((metric, m) =>
        html`<h3>${metric.name}</h3><div class="figures">${
          datasets.map((dataset, d) =>
            html`<figure><figcaption><b>${dataset.name}</b> · ${countText(dataset.problems, "problem")}</figcaption>${
              intervalFigure(
                `${id}-dataset-${m}-${d}`,
                arms.map((arm, i) => ({
                  look: looks[i],
                  estimate: arm.byDataset.get(metric.name)![d],
                  bySeed: arm.values.get(metric.name)![d].map(meanOf),
                })),
                "percent",
                {
                  title: `${metric.name} on ${dataset.name}, by arm`,
                  description: "One row an arm, with intervals; the same numbers are in the table below.",
                },
              )
            }</figure>`
          )
        }</div>${
          dataTable({
            caption: `${metric.name}, percent, with 95 % intervals. Best value in bold.`,
            head: ["arm", ...datasets.map(({ name }) => name)],
            rows: arms.map((arm, i) => [
              html`${swatch(looks[i])}${arm.label}`,
              ...datasets.map((_, d) =>
                estimateCell(
                  arm.byDataset.get(metric.name)![d],
                  arms.map((other) => other.byDataset.get(metric.name)![d]),
                )
              ),
            ]),
          })
        }`
      )}<h3>Tokens</h3>${dataTable({
        caption: "Mean tokens a sample, thought and answer together.",
        head: ["arm", ...datasets.map(({ name }) => name)],
        rows: arms.map((arm, i) => [
          html`${swatch(looks[i])}${arm.label}`,
          ...datasets.map((_, d) => tokensText(sideFigure(arm, "meanTokens", d))),
        ]),
      })}</section>
  `;
}

function estimateCell(estimate: ArmEstimate, all: readonly ArmEstimate[]): TableCell {
  const best = all.length > 1 && estimate.value === Math.max(...all.map(({ value }) => value));
  const content: Insert = html`${percentText(estimate.value)}<span class="range">${
    rangeText(estimate.low, estimate.high)
  }</span>`;
  return best ? { content, className: "best" } : { content };
}

function seedAverages(arm: ArmSummary, { name }: ShownMetric): number[] {
  const datasets = arm.values.get(name)!;
  return datasets[0].map((_, s) => meanOf(datasets.map((seeds) => meanOf(seeds[s]))));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function shareText(share: number | null): string {
  return share === null ? NOTHING : `${percentText(share)} %`;
}
