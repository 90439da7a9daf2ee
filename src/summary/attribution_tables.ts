/**
 * The tables of an experiment with a matched decoding: arms like for like, what does what, and the same arms as papers
 * print them.
 *
 * @module
 */
import { countText, NOTHING, pointsRangeText, pointsText, shareText } from "../text/numbers.ts";
import type { Cell, TextTable } from "../text/table.ts";
import { fitWidth, wrapWidth } from "../text/width.ts";
import type { ArmSummary, ShownMetric } from "./arms.ts";
import { type AttributionRow, type Question, QUESTIONS } from "./attribution.ts";
import { estimateCell, rightColumn, seedCell } from "./cells.ts";
import { type Difference, differenceSign, markInterval } from "./differences.ts";
import { coverageTitle, datasetsText, type Summary } from "./summary.ts";
import { overlapMark } from "./titles.ts";

/** Widest text of a first column: with three metrics the table then fits 80 columns. */
const LABEL_COLUMNS = 30;

/** Arms under the one decoding that all of them share. */
export function matchedTable(summary: Summary): TextTable {
  const { arms, metrics, samples } = summary;
  const matched = arms.filter((arm) => arm.matched);
  return {
    title: `${summary.experiment}, model ${summary.model}, matched decoding: ${matched[0].decodingText}\n` +
      `mean over ${datasetsText(summary)}, ${coverageTitle(summary)} × ` +
      `${countText(samples, "sample")}${summary.smoke ? " (smoke run)" : ""}`,
    columns: [{ header: "arm", align: "left" }, ...["seeds", ...metrics.map(({ name }) => name)].map(rightColumn)],
    rows: matched.map((arm) => [
      {
        text: [arm.trainedAs ?? arm.label, ...wrapped(arm.title ?? "")].join("\n"),
        tones: ["plain", "dim", "dim", "dim"],
      },
      String(arm.seeds.length),
      ...metrics.map((metric) => seedCell(arm.average.get(metric.name)!)),
    ]),
    notes: [
      "Percent; below each value its 95 % interval for new problems of the same kind, and for new",
      "seeds where several were trained; next: where one more seed would land on these problems.",
      "All rows are decoded alike: what differs is training.",
    ],
  };
}

/** Each question with its pairs of rows, and how sure the answer is. */
export function attributionTable({ attribution, metrics, arms }: Summary): TextTable {
  const byQuestion = Map.groupBy(attribution, ({ question }) => question);
  const rows = [...byQuestion].flatMap(([question, own]) => [
    [{ text: question, tones: ["strong"] } as Cell],
    ...own.map((row) => [pairCell(row, arms), ...metrics.map((metric) => differenceCell(row, metric))]),
  ]);
  return {
    title: "What does what: percentage points, paired over the same problems and seeds",
    columns: [{ header: "question, row − row", align: "left" }, ...metrics.map(({ name }) => rightColumn(`${name}  `))],
    rows,
    notes: [
      ...[...byQuestion.keys()].map((question) => `${question}: ${QUESTIONS[question]}.`),
      MARKS_NOTE,
    ].flatMap((note) => wrapWidth(note, NOTE_COLUMNS)),
  };
}

const NOTE_COLUMNS = 80;

/** What marks and the intervals beneath them mean. */
export const MARKS_NOTE =
  "▲ ▼ for new problems, corrected for all comparisons of the table, and for new seeds as far as " +
  "these tell; △ ▽ of these trained models; ≈ not distinguishable. Beneath, the 95 % interval that belongs to the mark.";

/** Every row in the decoding that it was trained with, or that papers print: not like for like. */
export function publishedTable({ arms, metrics }: Summary): TextTable {
  const shown = arms.filter((arm) => !arm.trained || arm.own || !arm.matched);
  return {
    title: "As published, each row in a decoding of its own: rows differ in decoding and training",
    columns: [
      { header: "arm", align: "left" },
      ...[...metrics.map(({ name }) => name), "tokens", "one token\nas matched"].map(rightColumn),
    ],
    rows: shown.map((arm) => [
      {
        text: [
          arm.trainedAs ?? fitWidth(arm.label, LABEL_COLUMNS),
          ...wrapped(withMark(arm.decodingText, arm)),
        ].join("\n"),
        tones: ["plain", "dim", "dim", "dim"],
      },
      ...metrics.map((metric) => estimateCell(arm.average.get(metric.name)!)),
      tokensCell(arm),
      `${shareText(arm.softness?.oneToken ?? null)}\n${shareText(arm.likeMatched)}`,
    ]),
    notes: [
      "tokens: of thought + answer. one token: thoughts whose heaviest token weighs more than 0.99.",
      "as matched: samples that are letter for letter those of the matched decoding, same noise.",
    ],
  };
}

function withMark(text: string, { results: [result] }: ArmSummary): string {
  const mark = overlapMark(result);
  return mark === undefined ? text : `${text}; ${mark}`;
}

function tokensCell({ thoughtTokens, answerTokens }: ArmSummary): string {
  if (thoughtTokens === null || answerTokens === null) return NOTHING;
  return `${thoughtTokens.toFixed(1)}\n+ ${answerTokens.toFixed(1)}`;
}

/** Widest line of a pair of rows. */
const PAIR_COLUMNS = 38;

/** A pair, and the settings in which its rows differ where the question does not say them. */
function pairCell({ question, arm, reference, differs }: AttributionRow, arms: readonly ArmSummary[]): Cell {
  const also = NAMED.has(question) ? [] : wrapped(`differ in ${differs.join(", ")}`);
  const [name, other] = [arm, reference].map((label) => rowName(arms.find((own) => own.label === label)!, question));
  const pair = [...wrapWidth(name, PAIR_COLUMNS), ...wrapWidth(`− ${other}`, PAIR_COLUMNS)];
  return {
    text: [...pair, ...also].map((line) => ` ${line}`).join("\n"),
    tones: [...pair.map(() => "plain" as const), ...also.map(() => "dim" as const)],
  };
}

/** Questions whose rows differ in what the question says and in nothing else. */
const NAMED: ReadonlySet<Question> = new Set([
  "filter",
  "noise",
  "training",
  "training, own decoding",
  "estimator",
  "softness in training",
]);

/** Questions about training under one decoding name the training alone. */
const UNDER_ONE: ReadonlySet<Question> = new Set([
  "training",
  "estimator",
  "softness in training",
  "against discrete GRPO",
]);

function rowName({ label, decoding, trainedAs, matched }: ArmSummary, question: Question): string {
  if (UNDER_ONE.has(question) && matched) return trainedAs ?? "untrained";
  return trainedAs === undefined ? label : `${trainedAs}, ${decoding}`;
}

function differenceCell({ differences }: AttributionRow, metric: ShownMetric): Cell | string {
  const own = differences.find((difference) => difference.metric.name === metric.name);
  return own === undefined ? NOTHING : signedCell(own);
}

function signedCell(difference: Difference): Cell {
  const { value, certainty } = difference;
  const { low, high } = markInterval(difference);
  const tone = certainty === "none" ? "dim" : value > 0 ? "good" : "bad";
  return {
    text: `${pointsText(value)} ${differenceSign(difference)}\n${pointsRangeText(low, high)}  `,
    tones: [tone, "dim"],
  };
}

function wrapped(text: string): string[] {
  return text === "" ? [] : wrapWidth(text, LABEL_COLUMNS);
}
