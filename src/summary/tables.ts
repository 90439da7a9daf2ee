/**
 * The tables that end `bench`: a stranger sees which arm is better, by how much, and whether it is noise.
 *
 * @module
 */
import { type ArmSummary, type ShownMetric, sideFigure, sideFigures } from "./arms.ts";
import { attributionTable, MARKS_NOTE, matchedTable, publishedTable } from "./attribution_tables.ts";
import { estimateCell, rightColumn } from "./cells.ts";
import { settingsThatDiffer } from "./settings.ts";
import { statements } from "./statements.ts";
import { wrapWidth } from "../text/width.ts";
import { SIGNIFICANCE } from "../metrics/paired.ts";
import { type Difference, differenceSign, markInterval } from "./differences.ts";
import { countText, NOTHING, pointsRangeText, pointsText, shareText, tokensText } from "../text/numbers.ts";
import { neededSizes } from "./needed.ts";
import { coverageTitle, datasetName, datasetsText, problemCount, type Summary } from "./summary.ts";
import { labelCells } from "./titles.ts";
import { type Cell, type Column, renderTextTable, type TextTable } from "../text/table.ts";

/**
 * All tables of a summary as text, and what they say in sentences: with a matched decoding first the arms under it, then
 * what does what, then the same as published; else the most telling ones last, where a terminal stands in the end.
 */
export function resultText(summary: Summary, options: { colour: boolean }): string {
  const tables = summary.attribution.length > 0
    ? [publishedTable(summary), matchedTable(summary), attributionTable(summary)]
    : [...datasetTables(summary), averageTable(summary), ...differenceTables(summary)];
  const sentences = statements(summary).flatMap((sentence) => wrapWidth(sentence, SENTENCE_COLUMNS)).join("\n");
  return [...tables.map((table) => renderTextTable(table, options)), ...(sentences === "" ? [] : [sentences])]
    .join("\n\n\n");
}

const SENTENCE_COLUMNS = 80;

/** Averages over the datasets: one row per arm. */
export function averageTable(summary: Summary): TextTable {
  const { arms, metrics, samples, superseded } = summary;
  const labels = labelCells(arms);
  const figures = sideFigures(arms).filter(({ figure }) =>
    figure !== "meanTokensCorrect" &&
    (figure !== "graderErrors" || arms.some((arm) => (sideFigure(arm, figure) ?? 0) > 0))
  );
  return {
    title: `${summary.experiment}, model ${summary.model}: mean over ${datasetsText(summary)}, ` +
      `${coverageTitle(summary)} × ${countText(samples, "sample")}${summary.smoke ? " (smoke run)" : ""}`,
    columns: [
      { header: "arm", align: "left" },
      ...["seeds", ...metrics.map(({ name }) => name), ...figures.map(({ heading }) => heading)].map(rightColumn),
    ],
    rows: arms.map((arm, i) => [
      labels[i],
      String(arm.seeds.length),
      ...metrics.map((metric) => estimateCell(arm.average.get(metric.name)!)),
      ...figures.map(({ figure, share }) => (share ? shareText : tokensText)(sideFigure(arm, figure))),
    ]),
    notes: [
      "Percent; below each value its 95 % interval for new problems of the same kind, and for new seeds",
      "where several were trained.",
      ...(figures.length > 0
        ? [
          "Tokens a sample, thought and answer; shares of samples cut off at the limit, and without an",
          "answer that could be read.",
        ]
        : []),
      ...(superseded > 0 ? [`${countText(superseded, "older result")} of the same arm and seed left out.`] : []),
    ],
  };
}

/** One table a metric and one of tokens: arms by datasets. */
export function datasetTables({ arms, metrics, datasets }: Summary): TextTable[] {
  if (datasets.length < 2) return [];
  const labels = labelCells(arms);
  const columns: Column[] = [
    { header: "arm", align: "left" },
    ...[...datasets.map((dataset) => datasetName(dataset).replace(" (", "\n(")), "mean"].map(rightColumn),
  ];
  const tokensTable = {
    title: "Tokens a sample",
    columns,
    rows: arms.map((arm) => [
      arm.label,
      ...datasets.map((_, d) => tokensText(sideFigure(arm, "meanTokens", d))),
      tokensText(sideFigure(arm, "meanTokens")),
    ]),
  };
  return [
    ...metrics.map(({ name }) => ({
      title: `${name}, percent`,
      columns,
      rows: arms.map((
        arm,
        i,
      ) => [labels[i], ...[...arm.byDataset.get(name)!, arm.average.get(name)!].map(estimateCell)]),
    })),
    ...(sideFigures(arms).some(({ figure }) => figure === "meanTokens") ? [tokensTable] : []),
  ];
}

/** Which differences are more than noise; no table where nothing can be compared. */
export function differenceTables(summary: Summary): TextTable[] {
  const { differences, metrics, arms, seeds } = summary;
  if (differences.length === 0) return [];
  const size = { problems: problemCount(summary), seeds, comparisons: differences.length };
  const pairs = Map.groupBy(differences, ({ arm, reference }) => `${arm}\n− ${reference}`);
  const metricCell = (own: readonly Difference[], metric: ShownMetric): Cell | string => {
    const difference = own.find((candidate) => candidate.metric.name === metric.name);
    return difference === undefined ? NOTHING : differenceCell(difference, neededSizes(difference, size));
  };
  return [{
    title: "Differences, percentage points of the mean over datasets",
    columns: [{ header: "arm − reference", align: "left" }, ...metrics.map(({ name }) => rightColumn(`${name}  `))],
    rows: [...pairs].map((
      [pair, own],
    ) => [pairCell(pair, own[0], arms), ...metrics.map((metric) => metricCell(own, metric))]),
    notes: [
      ...wrapWidth(
        `Paired over the same problems; sign-flip test, Holm-corrected over all differences above, level ${SIGNIFICANCE}. ` +
          `${MARKS_NOTE} Under it, what would settle what is open.`,
        SENTENCE_COLUMNS,
      ),
    ],
  }];
}

/** A pair, and under it every setting in which the two differ. */
function pairCell(pair: string, { arm, reference }: Difference, arms: readonly ArmSummary[]): Cell {
  const [own, other] = [arm, reference].map((label) => arms.find((candidate) => candidate.label === label)!.results[0]);
  const differs = wrapWidth(`differ in ${settingsThatDiffer(own, other).join(", ")}`, DIFFERS_COLUMNS);
  return { text: [pair, ...differs].join("\n"), tones: ["plain", "plain", ...differs.map(() => "dim" as const)] };
}

const DIFFERS_COLUMNS = 30;

function differenceCell(difference: Difference, needed: readonly string[]): Cell {
  const { value, certainty } = difference;
  const { low, high } = markInterval(difference);
  const tone = certainty === "none" ? "dim" : value > 0 ? "good" : "bad";
  return {
    text: [
      `${pointsText(value)} ${differenceSign(difference)}`,
      `${pointsRangeText(low, high)}  `,
      ...needed.map((size) => `${size}  `),
    ].join("\n"),
    tones: [tone, "dim", "dim", "dim"],
  };
}
