/**
 * results/ as a leaderboard: one row per arm, seeds together, every number with its interval, the files behind it named.
 *
 * @module
 */
import { check } from "../files/check.ts";
import { formatJson } from "../result/serialize.ts";
import { chooseResults, isUncommitted } from "../result/choice.ts";
import { coverageOf, isPartOfPublished } from "../result/coverage.ts";
import type { StoredResult } from "../result/store.ts";
import type { Result } from "../result/types.ts";
import { type ArmEstimate, type ArmSummary, type SideFigure, sideFigure } from "../summary/arms.ts";
import { markInterval } from "../summary/differences.ts";
import { statements } from "../summary/statements.ts";
import { summarize, type Summary } from "../summary/summary.ts";
import { LEADERBOARD } from "./schema.ts";
import type { Leaderboard, LeaderboardEstimate, LeaderboardExperiment, LeaderboardRow, Mark } from "./types.ts";

/** What else than completed runs of clean code and imported counts is shown, marked; and how a row is made again. */
export interface LeaderboardOptions {
  /** Also smoke runs, runs of uncommitted code, and those that were trained on problems of their test. */
  readonly smoke?: boolean;
  /** Also results on a part of a dataset that others publish scores of. */
  readonly partial?: boolean;
  /** Only results of these experiments (default: all but ablations). */
  readonly experiments?: readonly string[] | undefined;
  /** The command that runs some results again (default: that which verifies the first of their files). */
  readonly runAgain?: RunAgain;
}

/** The command that runs results of one experiment again, the first of which is in this file. */
export type RunAgain = (results: readonly Result[], path: string) => string;

/**
 * The leaderboard of these results; the same for the same results in any order.
 *
 * @param folder that the files of rows are relative to
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { readCandidates } from "../result/candidates.ts";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const resultsFolder = await Deno.makeTempDir();
 * await bench(tiny, { ...few, resultsFolder });
 * const { results } = readCandidates(resultsFolder);
 * const { experiments: [{ rows }] } = buildLeaderboard(results, resultsFolder, { smoke: true });
 * assertEquals([rows.length, rows.every(({ marks }) => marks.includes("smoke"))], [7, true]);
 * ```
 */
export function buildLeaderboard(
  results: readonly StoredResult[],
  folder: string,
  { runAgain = verifying, ...choice }: LeaderboardOptions = {},
): Leaderboard {
  const paths = new Map(results.map(({ path, result }) => [result, relativeTo(folder, path)]));
  const shown = chooseResults(results, { ...choice, published: true }).counted.map(({ result }) => result)
    .toSorted((a, b) => byText(paths.get(a)!, paths.get(b)!));
  const again: RunAgain = (own, path) => runAgain(own, `${folder}/${path}`);
  const experiments = summarize(shown).map((summary) => experimentOf(summary, paths, again))
    .toSorted((a, b) => byText(sortKey(a), sortKey(b)));
  return { schemaVersion: 2, experiments };
}

/** Any result's configuration, from its own file. */
function verifying(_results: readonly Result[], path: string): string {
  return `deno task bench --verify ${path}`;
}

/** The text of results/leaderboard.json. */
export function serializeLeaderboard(leaderboard: Leaderboard): string {
  return formatJson(check(LEADERBOARD, leaderboard, { cannot: "write", of: "the leaderboard" })) + "\n";
}

/** @throws {BenchError} If the value does not follow the schema; the message names the place */
export function validateLeaderboard(value: unknown, file: string): Leaderboard {
  return check(LEADERBOARD, value, { cannot: "read", of: file });
}

function experimentOf(
  summary: Summary,
  paths: ReadonlyMap<Result, string>,
  runAgain: RunAgain,
): LeaderboardExperiment {
  const results = summary.arms.flatMap((arm) => arm.results);
  const [first] = results;
  return {
    name: summary.experiment,
    model: summary.model,
    modelSource: first.model.source,
    modelSha256: first.model.sha256,
    grader: `${first.grader.name} ${first.grader.version}`,
    samples: summary.samples,
    datasets: first.datasets.map((dataset) => ({
      name: dataset.name,
      version: dataset.version,
      problems: dataset.problems.length,
      of: coverageOf(dataset).of,
      ...(dataset.kind !== undefined && { kind: dataset.kind }),
    })),
    metrics: summary.metrics.map(({ name }) => name.toLowerCase()),
    from: first.source === undefined
      ? runAgain(results, paths.get(first)!)
      : distinct(results.map(({ source }) => publicationOf(source!))).join(", "),
    matched: summary.arms.find(({ matched }) => matched)?.decodingText ?? null,
    attribution: summary.attribution.map(({ differences, ...row }) => ({
      ...row,
      differences: Object.fromEntries(
        differences.map((difference) => [
          difference.metric.name.toLowerCase(),
          { value: difference.value, ...markInterval(difference), certainty: difference.certainty },
        ]),
      ),
    })),
    statements: statements(summary),
    rows: summary.arms.map((arm) => rowOf(arm, paths)).toSorted(byScore(summary.metrics[0].name.toLowerCase())),
  };
}

function rowOf(arm: ArmSummary, paths: ReadonlyMap<Result, string>): LeaderboardRow {
  const { results, seeds } = arm;
  const { algorithm, preset, decoding } = results[0].arm;
  const estimates = (of: (name: string) => ArmEstimate) =>
    Object.fromEntries([...arm.average.keys()].map((name) => [name.toLowerCase(), estimateOf(of(name))]));
  const figure = (name: SideFigure) => sideFigure(arm, name);
  return {
    arm: arm.label,
    title: arm.title ?? null,
    algorithm,
    preset,
    decoding,
    decodingText: arm.decodingText,
    matched: arm.matched,
    own: arm.own,
    seeds,
    marks: marksOf(arm),
    average: estimates((name) => arm.average.get(name)!),
    byDataset: results[0].datasets.map((_, d) => estimates((name) => arm.byDataset.get(name)![d])),
    meanTokens: figure("meanTokens"),
    thoughtTokens: arm.thoughtTokens,
    answerTokens: arm.answerTokens,
    softness: arm.softness ?? null,
    likeMatched: arm.likeMatched,
    truncated: figure("truncated"),
    unextracted: figure("unextracted"),
    graderErrors: figure("graderErrors"),
    date: results.map(({ run }) => run.startedAt.slice(0, "YYYY-MM-DD".length)).toSorted().at(-1)!,
    commits: distinct(results.map(({ code }) => code.commit ?? "")).filter((commit) => commit !== ""),
    backends: distinct(results.map(({ device }) => device.backend)),
    files: results.map((result) => paths.get(result)!),
  };
}

function estimateOf({ value, low, high, seedDeviation, nextLow, nextHigh }: ArmEstimate): LeaderboardEstimate {
  return { value, low, high, seedDeviation, nextLow, nextHigh };
}

function marksOf({ results, trained }: ArmSummary): Mark[] {
  const imported = results[0].status === "imported";
  const tests: readonly [Mark, boolean][] = [
    ["imported", imported],
    ["smoke", results[0].status === "smoke"],
    ["part of a dataset", results.some(isPartOfPublished)],
    ["uncommitted code", !imported && results.some(isUncommitted)],
    ["several commits", distinct(results.map(({ code }) => code.commit ?? "")).length > 1],
    ["one seed", trained && results.length === 1],
    ["trained on test problems", results.some(({ overlap }) => overlap.sharedWithEvaluation > 0)],
  ];
  return tests.filter(([, holds]) => holds).map(([mark]) => mark);
}

function byScore(metric: string): (a: LeaderboardRow, b: LeaderboardRow) => number {
  return (a, b) => b.average[metric].value - a.average[metric].value || byText(a.arm, b.arm);
}

/** The repository or paper, which sources name first, without the file. */
function publicationOf(source: string): string {
  return source.split(" ")[0];
}

function sortKey({ name, model, datasets, samples, grader, rows }: LeaderboardExperiment): string {
  return JSON.stringify([name, model, datasets, samples, grader, rows[0].files]);
}

function relativeTo(folder: string, path: string): string {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted(byText);
}

/** By code units, so that the order does not depend on a locale. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
