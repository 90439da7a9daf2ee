/**
 * A comparison for people: a table in the terminal, Markdown for a comment in CI.
 *
 * @module
 */
import { type Comparison, type ComparisonTest, type ComparisonVerdict, primaryTest } from "./compare.ts";
import { SIGNIFICANCE } from "../metrics/paired.ts";
import { escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { percentText, pointsRangeText, pointsText, pText } from "../text/numbers.ts";
import { type Column, renderTextTable } from "../text/table.ts";
import { wrapWidth } from "../text/width.ts";

const VERDICTS: Readonly<Record<ComparisonVerdict, string>> = {
  "ok": "no regression",
  "regression": "REGRESSION",
  "not-enough-data": "not enough data to tell",
};

const HEADERS = ["dataset", "metric", "base", "new", "difference", "95 % interval", "p (Holm)", ""];
const LEFT_COLUMNS = 2;

const MARKS: Readonly<Record<ComparisonTest["loss"], string>> = {
  "worse": "worse",
  "worse-as-trained": "worse as trained",
  "none": "",
};

/** Aligned text: one table per arm that changed, then the verdict. */
export function comparisonText(comparison: Comparison, options: { colour: boolean }): string {
  const columns = HEADERS.map((header, i): Column => ({ header, align: i < LEFT_COLUMNS ? "left" : "right" }));
  const tables = armGroups(comparison).map(([arm, tests]) =>
    renderTextTable({
      title: comparison.titles[arm] === undefined ? arm : `${arm}\n${comparison.titles[arm]}`,
      columns,
      rows: tests.map(cells),
    }, options)
  );
  const notes = notesOf(comparison).flatMap((note) => wrapWidth(note, NOTE_COLUMNS)).join("\n");
  return [...tables, ...(notes === "" ? [] : [notes]), verdictLine(comparison)].join("\n\n");
}

const NOTE_COLUMNS = 110;

/**
 * Markdown: the verdict first, then a row per arm that changed, then their tests, folded up but for those of arms that
 * got worse.
 */
export function comparisonMarkdown(comparison: Comparison): string {
  const groups = armGroups(comparison);
  return [
    `### ${escapeMarkdown(verdictLine(comparison))}`,
    ...(groups.length < 2 ? [] : [armTable(groups)]),
    ...groups.map(([arm, tests]) => armDetails(arm, comparison.titles[arm], tests, groups.length < 2)),
    notesOf(comparison).map((note) => `- ${escapeMarkdown(note)}`).join("\n"),
  ].filter((part) => part !== "").join("\n\n") + "\n";
}

/** One row an arm: its first metric, on average where there are several datasets. */
function armTable(groups: readonly (readonly [string, readonly ComparisonTest[]])[]): string {
  const primary = groups.map(([, tests]) => primaryTest(tests));
  return markdownTable(
    ["arm", `base, ${primary[0].metric}`, "new", "difference", "95 % interval", "tests that are worse"],
    groups.map(([arm, tests], i) => {
      const [, , base, changed, difference, interval] = cells(primary[i]);
      const worse = tests.filter(({ loss }) => loss === "worse").length;
      return [arm, base, changed, difference, interval, `${worse} of ${tests.length}`].map(escapeMarkdown);
    }),
  );
}

function armDetails(arm: string, title: string | undefined, tests: readonly ComparisonTest[], alone: boolean): string {
  const table = markdownTable(HEADERS, tests.map((test) => cells(test).map(escapeMarkdown)), LEFT_COLUMNS);
  const heading = `**${escapeMarkdown(arm)}**${title === undefined ? "" : `: ${escapeMarkdown(title)}`}`;
  if (alone || tests.some(({ loss }) => loss === "worse")) return `${heading}\n\n${table}`;
  return `<details><summary>${escapeMarkdown(arm)}</summary>\n\n${heading}\n\n${table}\n\n</details>`;
}

function verdictLine({ verdict, reason }: Comparison): string {
  return `${VERDICTS[verdict]}: ${reason}`;
}

/** Tests by arm, those of arms that are the same on both sides apart. */
function armGroups({ tests, unchanged }: Comparison): [string, ComparisonTest[]][] {
  return [...Map.groupBy(tests, ({ arm }) => arm)].filter(([arm]) => !unchanged.includes(arm));
}

function cells(test: ComparisonTest): string[] {
  return [
    test.dataset ?? "average",
    test.metric,
    percentText(test.base),
    percentText(test.new),
    pointsText(test.value),
    pointsRangeText(test.low, test.high),
    pText(test.pWorseHolm),
    MARKS[test.loss],
  ];
}

/** What the marks of the table mean, and what a reader should know. */
function notesOf({ tests, verdict, detect, unchanged, notes }: Comparison): string[] {
  const counted = tests.length === 1 ? "1 test" : `${tests.length} tests`;
  const level = SIGNIFICANCE / 2;
  return [
    ...(tests.length === 0 || tests.every(({ arm }) => unchanged.includes(arm)) ? [] : [
      `Percent and percentage points, paired over the same problems. The 95 % interval, for new problems and new seeds, ` +
      `is that of its row alone. p: chance of a loss like this one if nothing changed, by sign flips, one-sided, ` +
      `Holm-corrected over ${counted}. worse: p below ${level}, and the interval below zero. ` +
      `worse as trained: p below ${level}, but by the spread between seeds another one may do as well.`,
    ]),
    ...(unchanged.length > 0 ? [`every count is the same on both sides: ${unchanged.join(", ")}`] : []),
    ...(verdict === "not-enough-data"
      ? [`power BASE NEW --detect ${detect} says how many problems, samples or seeds would tell`]
      : []),
    ...notes,
  ];
}
