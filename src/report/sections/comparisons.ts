/**
 * Paired differences between arms, with intervals and verdicts.
 *
 * @module
 */
import { compareByDataset, type Difference, differenceSign, markInterval } from "../../summary/differences.ts";
import { SIGNIFICANCE } from "../../metrics/paired.ts";
import { NOTHING, pointsRangeText, pointsText, pText } from "../../text/numbers.ts";
import { neededSizes } from "../../summary/needed.ts";
import type { ArmSummary } from "../../summary/arms.ts";
import { settingsThatDiffer } from "../../summary/settings.ts";
import { datasetName, problemCount, type Summary } from "../../summary/summary.ts";
import { differenceFigure } from "../figures/difference_figure.ts";
import { type Markup, markup } from "../markup.ts";
import { dataTable, figures, fold, lead, section, type TableCell } from "../parts.ts";

const NARROWEST_AXIS = 0.05;
/** How far the axis goes beyond the intervals for new problems; those for new seeds may leave it. */
const AXIS_ROOM = 1.15;

/** Nothing where no arms can be compared. */
export function differenceSection(summary: Summary, id: string): Markup | undefined {
  const { differences, metrics } = summary;
  if (differences.length === 0) return undefined;
  const pairs = [...Map.groupBy(differences, ({ arm, reference }) => `${arm} − ${reference}`)];
  const largest = Math.max(
    NARROWEST_AXIS,
    ...differences.flatMap(({ problemsLow, problemsHigh }) => [Math.abs(problemsLow), Math.abs(problemsHigh)]),
  );
  return section(`${id}-differences`, "Differences", [
    lead(
      "Arm minus reference on the same problems, as the mean over datasets. Two-sided sign-flip test over problems, " +
        `Holm-corrected over all ${differences.length} differences, level ${SIGNIFICANCE}. ▲ ▼ better or worse, as far ` +
        "as these seeds tell; △ ▽ better or worse of these trained models, while the algorithms need more seeds; " +
        "≈ not distinguishable.",
    ),
    figures(metrics.map(({ name }, m) => ({
      title: name,
      picture: differenceFigure(
        `${id}-difference-${m}`,
        differences.filter(({ metric }) => metric.name === name),
        Math.min(1, AXIS_ROOM * largest),
        {
          title: `Differences in ${name}`,
          description: "One row per comparison with its interval; the same numbers are in the table below.",
        },
      ),
    }))),
    dataTable({
      caption: "Percentage points with 95 % intervals, corrected p, and what would settle what is open.",
      head: ["arm − reference", ...metrics.map(({ name }) => name)],
      rows: pairs.map(([pair, own]) => [
        markup`${pair}<span class="range">${differText(summary.arms, own[0])}</span>`,
        ...metrics.map(({ name }) => differenceCell(own.find(({ metric }) => metric.name === name), summary)),
      ]),
    }),
    summary.datasets.length > 1 ? fold("Differences by dataset", datasetTables(summary)) : undefined,
  ]);
}

/** Every setting in which the two rows of a difference differ. */
function differText(arms: readonly ArmSummary[], { arm, reference }: Difference): string {
  const [own, other] = [arm, reference].map((label) => arms.find((candidate) => candidate.label === label)!.results[0]);
  return `differ in ${settingsThatDiffer(own, other).join(", ")}`;
}

/** A table a metric, all of them one family of comparisons. */
function datasetTables({ arms, metrics, datasets }: Summary): Markup[] {
  const byDataset = compareByDataset(arms, metrics, datasets.map(({ name }) => name));
  const count = byDataset.flat().length;
  const pairs = new Set(byDataset.flat().map(({ arm, reference }) => `${arm} − ${reference}`));
  return metrics.map(({ name }) =>
    dataTable({
      caption:
        `${name}, percentage points with 95 % intervals; p Holm-corrected over all ${count} differences by dataset.`,
      head: ["arm − reference", ...datasets.map(datasetName)],
      rows: [...pairs].map((pair) => [
        pair,
        ...byDataset.map((own) =>
          differenceCell(
            own.find(({ arm, reference, metric }) => `${arm} − ${reference}` === pair && metric.name === name),
          )
        ),
      ]),
    })
  );
}

/** @param summary where it is to be said what would settle what is open */
function differenceCell(difference: Difference | undefined, summary?: Summary): TableCell {
  if (difference === undefined) return { content: NOTHING };
  const { value, pAdjusted, certainty } = difference;
  const { low, high } = markInterval(difference);
  const needed = summary === undefined ? [] : neededSizes(difference, {
    problems: problemCount(summary),
    seeds: summary.seeds,
    comparisons: summary.differences.length,
  });
  const tone = certainty === "none" ? "soft" : value > 0 ? "good" : "bad";
  const lines = [pointsRangeText(low, high), `p ${pText(pAdjusted)}`, ...needed];
  return {
    content: markup`<span class="${tone}">${pointsText(value)} ${differenceSign(difference)}</span>${
      lines.map((line) => markup`<span class="range">${line}</span>`)
    }`,
  };
}
