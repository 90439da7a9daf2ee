/**
 * Differences between arms, and the problems that make them.
 *
 * @module
 */
import type { ArmSummary } from "../../arms.ts";
import { type Difference, SIGNIFICANCE } from "../../differences.ts";
import { NOTHING, pointsRangeText, pointsText, pText } from "../../format.ts";
import { differenceSign } from "../../result_table.ts";
import type { Summary } from "../../summary.ts";
import { differenceFigure } from "../figures/difference_figure.ts";
import { pairedFigure } from "../figures/paired_figure.ts";
import { problemMap } from "../figures/problem_map.ts";
import { html, type Markup } from "../markup.ts";
import type { ArmLook } from "../palette.ts";
import { dataTable, type TableCell } from "../table.ts";

const NARROWEST_AXIS = 0.05;

/** Paired differences with intervals and verdicts. */
export function differenceSection({ differences, metrics }: Summary, id: string): Markup | undefined {
  if (differences.length === 0) return undefined;
  const pairs = [...Map.groupBy(differences, ({ arm, reference }) => `${arm} − ${reference}`)];
  const limit = Math.min(1, Math.max(NARROWEST_AXIS, ...differences.map(({ value }) => Math.abs(value))) * 1.35);
  return html`<section aria-labelledby="${id}-differences"><h2 id="${id}-differences">Differences</h2>
<p class="soft">Arm minus reference on the same problems, as the mean over datasets. Two-sided sign-flip test over problems, Holm-corrected over all ${differences.length} differences, level ${SIGNIFICANCE}. ▲ ▼ better or worse, as far as these seeds tell; △ ▽ better or worse of these trained models, while the algorithms need more seeds; ≈ not distinguishable.</p>
<div class="figures">${
    metrics.map((metric, m) =>
      html`<figure><figcaption><b>${metric.name}</b></figcaption>${
        differenceFigure(`${id}-difference-${m}`, differences.filter((d) => d.metric.name === metric.name), limit, {
          title: `Differences in ${metric.name}`,
          description: "One row a comparison, in the order of the table below, with intervals around zero.",
        })
      }</figure>`
    )
  }</div>
${
    dataTable({
      caption: "Percentage points with 95 % intervals, and corrected p. Rows in the order of the figures.",
      head: ["arm − reference", ...metrics.map(({ name }) => name)],
      rows: pairs.map(([pair, own]) => [
        pair,
        ...metrics.map(({ name }) => differenceCell(own.find((difference) => difference.metric.name === name))),
      ]),
    })
  }</section>`;
}

function differenceCell(difference: Difference | undefined): TableCell {
  if (difference === undefined) return { content: NOTHING };
  const { value, low, high, pAdjusted, certainty } = difference;
  return {
    content: html`
      <span class="${certainty === "none" ? "soft" : value > 0 ? "good" : "bad"}">${pointsText(value)} ${differenceSign(
        difference,
      )}</span><span class="range">${pointsRangeText(low, high)}</span><span
        class="range">p ${pText(pAdjusted)}</span>
    `,
  };
}

/** Each problem under every arm: a map by dataset, and dots against the reference. */
export function problemSection(summary: Summary, looks: readonly ArmLook[], id: string): Markup {
  const { arms, datasets } = summary;
  return html`<section aria-labelledby="${id}-problems"><h2 id="${id}-problems">Problem by problem</h2>
<p class="soft">A column a problem, from hard to easy; the darker, the more of its samples are correct. An empty column is a problem that no arm ever solves.</p>${
    datasets.map(({ name }, d) => {
      const shares = arms.map((arm) => problemShares(arm, d));
      const order = shares[0].map((_, i) => i)
        .sort((a, b) => sumAt(shares, a) - sumAt(shares, b) || a - b);
      return html`
        <figure>
          <figcaption><b>${name}</b></figcaption>
          <div class="wide">${problemMap(
            `${id}-map-${d}`,
            arms.map((arm, i) => ({ label: arm.label, shares: order.map((problem) => shares[i][problem]) })),
            {
              title: `Share of correct samples on each problem of ${name}`,
              description: "One row an arm, one column a problem, sorted from hard to easy.",
            },
          )}</div>
        </figure>
      `;
    })
  }${pairedFigures(summary, looks, id)}</section>`;
}

function pairedFigures({ arms, differences, datasets }: Summary, looks: readonly ArmLook[], id: string) {
  const pairs = differences.filter(({ metric, arm }) =>
    metric.name === "Pass@1" && arms.find(({ label }) => label === arm)?.trained
  );
  if (pairs.length === 0) return undefined;
  const armBy = (label: string) => arms.findIndex((arm) => arm.label === label);
  return html`
    <p
      class="soft">Each dot is a problem: left to right, the share of its samples that the reference solves; upwards, that the arm solves. Above the line the arm is better.</p>
    <div class="figures">${pairs.map(({ arm, reference }, p) => {
      const [armIndex, referenceIndex] = [armBy(arm), armBy(reference)];
      const problems = datasets.flatMap((_, d) => {
        const before = problemShares(arms[referenceIndex], d);
        return problemShares(arms[armIndex], d).map((share, i) => ({ arm: share, reference: before[i] }));
      });
      return html`<figure><figcaption><b>${arm}</b><br>against ${reference}</figcaption>${
        pairedFigure(`${id}-paired-${p}`, problems, { arm, reference, colour: looks[armIndex].colour }, {
          title: `${arm} against ${reference}, problem by problem`,
          description: `Of ${problems.length} problems, ${
            problems.filter((problem) => problem.arm > problem.reference).length
          } are solved more often by ${arm}, ${
            problems.filter((problem) => problem.arm < problem.reference).length
          } less often.`,
        })
      }</figure>`;
    })}</div>
  `;
}

/** (P), Pass@1 of each problem, mean over seeds. */
function problemShares(arm: ArmSummary, dataset: number): number[] {
  const seeds = arm.values.get("Pass@1")![dataset];
  return seeds[0].map((_, i) => seeds.reduce((sum, problems) => sum + problems[i], 0) / seeds.length);
}

function sumAt(rows: readonly (readonly number[])[], i: number): number {
  return rows.reduce((sum, row) => sum + row[i], 0);
}
