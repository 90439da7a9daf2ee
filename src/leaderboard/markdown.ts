/**
 * The leaderboard as Markdown: results/LEADERBOARD.md with all of it, a block in README.md with the averages.
 *
 * @module
 */
import type {
  Leaderboard,
  LeaderboardEstimate,
  LeaderboardExperiment,
  LeaderboardMetrics,
  LeaderboardRow,
} from "./types.ts";
import { escapeMarkdown, markdownTable, replaceMarked } from "../text/markdown.ts";
import { countText, NOTHING, percentText, rangeText, shareText, tokensText } from "../text/numbers.ts";

/** The whole file, with a line break at its end. */
export function leaderboardMarkdown(leaderboard: Leaderboard): string {
  const sections = leaderboard.experiments.map(experimentSection);
  return [
    "# Leaderboard",
    "Made from the result files in `v1/` by `deno task leaderboard`; do not edit. `leaderboard.json` holds the same numbers.",
    NOTE,
    ...(sections.length === 0 ? ["No completed run of committed code yet: `deno task bench` makes one."] : sections),
  ].join("\n\n") + "\n";
}

const NOTE =
  "Percent, with the 95 % interval for new problems and, where several seeds were trained, new seeds. Only " +
  "completed runs of committed code; counts that others published are marked *imported*. Whether two arms differ is a " +
  "question of paired tests, not of these intervals: `deno task compare` answers it.";

/** Averages only, for README.md, without a line break at its end. */
export function leaderboardBlock(leaderboard: Leaderboard): string {
  const own = leaderboard.experiments.filter(({ rows }) => !rows.some(({ marks }) => marks.includes("imported")));
  if (own.length === 0) return "No completed run of committed code yet: `deno task bench` makes one.";
  return own.map((experiment) => [title(experiment), averageTable(experiment)].join("\n\n")).join("\n\n");
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
    averageTable(experiment),
    ...(datasets.length < 2 ? [] : metrics.map((metric) => datasetTable(experiment, metric))),
    filesTable(experiment),
  ].join("\n\n");
}

function title({ model, modelSha256, datasets, samples, grader, from, rows }: LeaderboardExperiment): string {
  const problems = datasets.reduce((sum, dataset) => sum + dataset.problems, 0);
  const imported = rows[0].marks.includes("imported");
  const weights = modelSha256 === null ? "" : ` (weights ${modelSha256.slice(0, HASH_DIGITS)})`;
  return `Model ${escapeMarkdown(model)}${weights}, ${countText(datasets.length, "dataset")}, ${
    countText(problems, "problem")
  } × ` +
    `${countText(samples, "sample")}, grader ${escapeMarkdown(grader)}. ` +
    (imported ? `Published in ${escapeMarkdown(from)}.` : `Run again: \`${from}\`.`);
}

function averageTable({ rows, metrics, datasets }: LeaderboardExperiment): string {
  const errors = rows.some(({ graderErrors }) => (graderErrors ?? 0) > 0);
  return markdownTable(
    [
      datasets.length < 2 ? `arm, on ${datasets[0].name}` : "arm, mean over datasets",
      "seeds",
      ...metrics.map(capital),
      "tokens",
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
    [capital(metric), ...datasets.map(({ name }) => name), "mean"],
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

/** The label with its marks, and beneath it what it is and whose. */
function armText({ arm, title, marks }: LeaderboardRow): string {
  return escapeMarkdown(arm) + (marks.length === 0 ? "" : ` *(${marks.join(", ")})*`) +
    (title ? `<br>${escapeMarkdown(title)}` : "");
}

function estimateText({ value, low, high, seedDeviation }: LeaderboardEstimate): string {
  const spread = seedDeviation === null ? "" : `, seeds ±${percentText(seedDeviation)}`;
  return `**${percentText(value)}** (${rangeText(low, high)}${spread})`;
}

function capital(metric: string): string {
  return metric.startsWith("pass") ? `P${metric.slice(1)}` : metric;
}
