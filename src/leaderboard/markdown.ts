/**
 * The leaderboard as Markdown: results/LEADERBOARD.md with all of it, a block in README.md with the averages.
 *
 * @module
 */
import type {
  Leaderboard,
  LeaderboardDifference,
  LeaderboardEstimate,
  LeaderboardExperiment,
  LeaderboardMetrics,
  LeaderboardRow,
} from "./types.ts";
import { domainOf } from "../datasets/problem_kind.ts";
import { datasetsText } from "../summary/summary.ts";
import { codeSpan, escapeMarkdown, markdownTable, replaceMarked } from "../text/markdown.ts";
import {
  countText,
  NOTHING,
  percentText,
  pointsRangeText,
  pointsText,
  rangeText,
  shareText,
  tokensText,
} from "../text/numbers.ts";
import { coverageText, totalCoverage } from "../result/coverage.ts";
import { differenceSign } from "../summary/differences.ts";
import { datasetName } from "../summary/summary.ts";

/** The whole file, with a line break at its end. */
export function leaderboardMarkdown(leaderboard: Leaderboard): string {
  const sections = leaderboard.experiments.map(experimentSection);
  return [
    "# Leaderboard",
    "Made from the result files in `v2/` by `deno task leaderboard`; do not edit. `leaderboard.json` holds the same numbers.",
    NOTE,
    ...(sections.length === 0 ? ["No completed run of committed code yet: `deno task bench` makes one."] : sections),
  ].join("\n\n") + "\n";
}

const NOTE =
  "Percent, with the 95 % interval for new problems and, where several seeds were trained, new seeds; *another seed*: " +
  "where one more training run would land on these very problems. Only " +
  "completed runs of committed code; counts that others published are marked *imported*. Whether two arms differ is a " +
  "question of paired tests, not of these intervals: `deno task compare` answers it. Where fewer problems were scored than a " +
  "dataset holds, both numbers are said.";

/** Averages only, for README.md, without a line break at its end. */
export function leaderboardBlock(leaderboard: Leaderboard): string {
  const own = leaderboard.experiments.filter(({ rows }) => !rows.some(({ marks }) => marks.includes("imported")));
  if (own.length === 0) return "No completed run of committed code yet: `deno task bench` makes one.";
  return own.map((experiment) => [title(experiment), ...mainTables(experiment)].join("\n\n")).join("\n\n");
}

const MARKER = "leaderboard";
/** `deno fmt` would pad the tables, and the block would then differ from what the results give. */
const UNFORMATTED_START = "<!-- deno-fmt-ignore-start -->";
const UNFORMATTED_END = "<!-- deno-fmt-ignore-end -->";

/**
 * A document with the text between its leaderboard markers replaced; undefined where it has no markers.
 *
 * @throws {BenchError} If only one of the markers is there
 */
export function replaceBlock(document: string, block: string, file: string): string | undefined {
  if (!document.includes(`<!-- ${MARKER}:`)) return undefined;
  return replaceMarked(document, MARKER, `${UNFORMATTED_START}\n\n${block}\n\n${UNFORMATTED_END}`, file);
}

/** Digits that tell commits and weights apart. */
const HASH_DIGITS = 8;

function experimentSection(experiment: LeaderboardExperiment): string {
  const { name, metrics, datasets } = experiment;
  return [
    `## ${escapeMarkdown(name)}`,
    title(experiment),
    ...mainTables(experiment),
    ...(datasets.length < 2 ? [] : metrics.map((metric) => datasetTable(experiment, metric))),
    filesTable(experiment),
  ].join("\n\n");
}

function title({ model, modelSha256, datasets, samples, grader, from, rows }: LeaderboardExperiment): string {
  const problems = totalCoverage(datasets.map((dataset) => ({ scored: dataset.problems, of: dataset.of })));
  const domain = domainOf(datasets[0].kind);
  const imported = rows[0].marks.includes("imported");
  const weights = modelSha256 === null ? "" : ` (weights ${modelSha256.slice(0, HASH_DIGITS)})`;
  return `Model ${escapeMarkdown(model)}${weights}, ${datasetsText({ datasets, domain })}, ` +
    `${coverageText(problems)} problems × ${countText(samples, "sample")}, grader ${escapeMarkdown(grader)}. ` +
    (imported ? `Published in ${escapeMarkdown(from)}.` : `Run again: ${codeSpan(from)}.`);
}

/** Arms like for like and what does what, where the experiment can say it; then all rows, each in its own decoding. */
function mainTables(experiment: LeaderboardExperiment): string[] {
  const { matched, attribution, statements } = experiment;
  const said = statements.length === 0 ? [] : [statements.map((text) => `- ${escapeMarkdown(text)}`).join("\n")];
  if (matched === null || attribution.length === 0) return [averageTable(experiment), ...said];
  return [
    `### Matched decoding: ${escapeMarkdown(matched)}`,
    matchedTable(experiment),
    ...said,
    "### What does what",
    attributionTable(experiment),
    "### As published: each row in a decoding of its own",
    averageTable({ ...experiment, rows: experiment.rows.filter(isPublished) }),
  ];
}

/** Rows in their own decoding, in that which papers print, and untrained ones; the others are those of the first table. */
function isPublished({ matched, own, algorithm }: LeaderboardRow): boolean {
  return own || !matched || algorithm === "base";
}

/** Rows that are decoded alike: what differs is training. */
function matchedTable({ rows, metrics }: LeaderboardExperiment): string {
  return markdownTable(
    ["arm", "seeds", ...metrics.map(capital)],
    rows.filter(({ matched }) => matched).map((row) => [
      armText(row),
      String(row.seeds.length),
      ...metrics.map((metric) => estimateText(row.average[metric])),
    ]),
  );
}

/** One row a pair: what is asked, of which rows, in which settings they differ. */
function attributionTable({ attribution, metrics }: LeaderboardExperiment): string {
  return markdownTable(
    ["question", "row − row", ...metrics.map(capital), "differ in"],
    attribution.map(({ question, arm, reference, differs, differences }) => [
      question,
      `${escapeMarkdown(arm)} − ${escapeMarkdown(reference)}`,
      ...metrics.map((metric) => differenceText(differences[metric])),
      escapeMarkdown(differs.join(", ")),
    ]),
  );
}

function differenceText(difference: LeaderboardDifference | undefined): string {
  if (difference === undefined) return NOTHING;
  const { value, low, high } = difference;
  return `**${pointsText(value)}** ${differenceSign(difference)} (${pointsRangeText(low, high)})`;
}

function averageTable({ rows, metrics, datasets }: LeaderboardExperiment): string {
  const errors = rows.some(({ graderErrors }) => (graderErrors ?? 0) > 0);
  const softness = rows.some((row) => row.softness !== null);
  return markdownTable(
    [
      datasets.length < 2 ? `arm, on ${escapeMarkdown(datasetName(datasets[0]))}` : "arm, mean over datasets",
      "seeds",
      ...metrics.map(capital),
      "tokens",
      ...(softness ? ["one token"] : []),
      "cut off",
      "no answer",
      ...(errors ? ["grader errors"] : []),
      "date",
      "commit",
    ],
    rows.map((row) => [
      armText(row),
      String(row.seeds.length),
      ...metrics.map((metric) => estimateText(row.average[metric])),
      tokensText(row.meanTokens),
      ...(softness ? [shareText(row.softness?.oneToken ?? null)] : []),
      shareText(row.truncated),
      shareText(row.unextracted),
      ...(errors ? [shareText(row.graderErrors)] : []),
      row.date,
      row.commits.map((commit) => commit.slice(0, HASH_DIGITS)).join(", ") || NOTHING,
    ]),
  );
}

function datasetTable({ rows, datasets }: LeaderboardExperiment, metric: string): string {
  return markdownTable(
    [capital(metric), ...datasets.map((dataset) => escapeMarkdown(datasetName(dataset))), "mean"],
    rows.map((row) => [
      armText(row),
      ...[...row.byDataset, row.average].map((metrics: LeaderboardMetrics) => estimateText(metrics[metric])),
    ]),
  );
}

function filesTable({ rows }: LeaderboardExperiment): string {
  const lines = rows.map(({ arm, files }) =>
    `- ${escapeMarkdown(arm)}: ${files.map((file) => `[${escapeMarkdown(file)}](${encodeURI(file)})`).join(", ")}`
  );
  return `<details><summary>Result files</summary>\n\n${lines.join("\n")}\n\n</details>`;
}

/** The label with its marks, and beneath it what it is and whose, and how it was decoded. */
function armText({ arm, title, marks, decodingText }: LeaderboardRow): string {
  return escapeMarkdown(arm) + (marks.length === 0 ? "" : ` *(${marks.join(", ")})*`) +
    (title ? `<br>${escapeMarkdown(title)}` : "") + `<br>${escapeMarkdown(decodingText)}`;
}

function estimateText({ value, low, high, nextLow, nextHigh }: LeaderboardEstimate): string {
  const spread = nextLow === null || nextHigh === null ? "" : `, another seed ${rangeText(nextLow, nextHigh)}`;
  return `**${percentText(value)}** (${rangeText(low, high)}${spread})`;
}

function capital(metric: string): string {
  return metric.startsWith("pass") ? `P${metric.slice(1)}` : metric;
}
