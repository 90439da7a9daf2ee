/**
 * A comparison for people: a table in the terminal, Markdown for a comment in CI.
 *
 * @module
 */
import { type Comparison, type ComparisonTest, type ComparisonVerdict } from "./compare.ts";
import { SIGNIFICANCE } from "../metrics/paired.ts";
import { escapeMarkdown, markdownTable } from "../text/markdown.ts";
import { percentText, pointsRangeText, pointsText, pText, visibleText } from "../text/numbers.ts";
import { type Column, renderTextTable } from "../text/table.ts";

const VERDICTS: Readonly<Record<ComparisonVerdict, string>> = {
  "ok": "no regression",
  "regression": "REGRESSION",
  "not-enough-data": "not enough data to tell",
};

const HEADERS = ["dataset", "metric", "base", "new", "difference", "95 % interval", "p (Holm)", "visible from", ""];
const LEFT_COLUMNS = 2;

/** Aligned text: one table per arm, then the verdict. */
export function comparisonText(comparison: Comparison, options: { colour: boolean }): string {
  const columns = HEADERS.map((header, i): Column => ({ header, align: i < LEFT_COLUMNS ? "left" : "right" }));
  const tables = armGroups(comparison).map(([arm, tests], i, all) =>
    renderTextTable({
      title: comparison.titles[arm] === undefined ? arm : `${arm}\n${comparison.titles[arm]}`,
      columns,
      rows: tests.map(cells),
      ...(i === all.length - 1 && { notes: [...explanation(comparison), ...comparison.notes] }),
    }, options)
  );
  return [...tables, verdictLine(comparison)].join("\n\n");
}

/** Markdown: the verdict first, then a table per arm. */
export function comparisonMarkdown(comparison: Comparison): string {
  return [
    `### ${verdictLine(comparison)}`,
    ...armGroups(comparison).map(([arm, tests]) =>
      `**${escapeMarkdown(arm)}**${titleMarkdown(comparison.titles[arm])}\n\n` +
      markdownTable(HEADERS, tests.map((test) => cells(test).map(escapeMarkdown)), LEFT_COLUMNS)
    ),
    [...explanation(comparison), ...comparison.notes].map(escapeMarkdown).join("\n"),
  ].join("\n\n") + "\n";
}

function titleMarkdown(title: string | undefined): string {
  return title === undefined ? "" : `: ${escapeMarkdown(title)}`;
}

function verdictLine({ verdict, reason }: Comparison): string {
  return `${VERDICTS[verdict]}: ${reason}`;
}

function armGroups({ tests }: Comparison): [string, ComparisonTest[]][] {
  return [...Map.groupBy(tests, ({ arm }) => arm)];
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
    visibleText(100 * test.detectable),
    test.regressed ? "worse" : "",
  ];
}

function explanation({ tests }: Comparison): string[] {
  return [
    `Percent and percentage points, paired over the same problems. p: chance of a loss like this one if nothing changed,`,
    `by sign flips, one-sided, Holm-corrected over ${tests.length} ${tests.length === 1 ? "test" : "tests"}; ` +
    `worse where it is below ${SIGNIFICANCE / 2}.`,
    "Visible from: the loss that would have been found four times in five.",
  ];
}
