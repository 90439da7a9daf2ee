/**
 * results/ as a leaderboard: one row per arm, seeds together, every number with its interval, the files behind it named.
 *
 * @module
 */
import schemaV1 from "../../results/schema/leaderboard-v1.schema.json" with { type: "json" };
import { BenchError } from "../errors.ts";
import { type ArmEstimate, type ArmSummary, type SideFigure, sideFigure } from "../summary/arms.ts";
import { summarize, type Summary } from "../summary/summary.ts";
import { findFault, type JsonSchema } from "../result/json_schema.ts";
import { formatJson } from "../result/serialize.ts";
import type { StoredResult } from "../result/store.ts";
import type { Result } from "../result/types.ts";
import type { JsonValue } from "../files/json.ts";

/** The published schema of results/leaderboard.json, version 1. */
export const LEADERBOARD_SCHEMA = schemaV1 as JsonSchema;

/** Why a row is not an ordinary one. */
export type Mark = "imported" | "smoke" | "uncommitted code" | "one seed" | "several commits";

/** A mean over problems, and seeds where the arm was trained, in [0, 1]. */
export interface LeaderboardEstimate {
  /** The mean. */
  readonly value: number;
  /** 95 % for new problems and, with several trained seeds, new seeds: lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
  /** Between trained seeds; null for fewer than two. */
  readonly seedDeviation: number | null;
}

/** Estimates by metric: `pass@1`, `majority@32`. */
export type LeaderboardMetrics = Readonly<Record<string, LeaderboardEstimate>>;

/** One arm under all its seeds. */
export interface LeaderboardRow {
  /** Label of the arm. */
  readonly arm: string;
  /** What trained it; `base` where nothing did. */
  readonly algorithm: string;
  /** Named settings of the algorithm. */
  readonly preset: string | null;
  /** How its thoughts are decoded. */
  readonly decoding: string;
  /** Seeds, ascending. */
  readonly seeds: readonly number[];
  /** Why it is not an ordinary row. */
  readonly marks: readonly Mark[];
  /** Unweighted mean over the datasets. */
  readonly average: LeaderboardMetrics;
  /** By dataset, in the order of `Leaderboard.experiments[].datasets`. */
  readonly byDataset: readonly LeaderboardMetrics[];
  /** Tokens per sample, mean over seeds and datasets, as the shares below. */
  readonly meanTokens: number | null;
  /** Share of samples cut off at the length limit, in [0, 1]. */
  readonly truncated: number | null;
  /** Share of samples without an answer that could be found. */
  readonly unextracted: number | null;
  /** Share of samples on which the grader failed. */
  readonly graderErrors: number | null;
  /** Day of the latest result, UTC. */
  readonly date: string;
  /** Commits of the code that ran. */
  readonly commits: readonly string[];
  /** Where the model computed. */
  readonly backends: readonly string[];
  /** Result files, relative to the results folder, by seed. */
  readonly files: readonly string[];
}

/** Arms that can be compared: the same model, prompt, grader, problems and number of samples. */
export interface LeaderboardExperiment {
  /** Name of the experiment. */
  readonly name: string;
  /** Name of the base model. */
  readonly model: string;
  /** Where the base model is from. */
  readonly modelSource: string;
  /** Of its weights. */
  readonly modelSha256: string | null;
  /** Name and version of the grader. */
  readonly grader: string;
  /** Samples per problem. */
  readonly samples: number;
  /** Datasets with their number of problems. */
  readonly datasets: readonly { readonly name: string; readonly version: string; readonly problems: number }[];
  /** Names of the metrics, the one that orders the rows first. */
  readonly metrics: readonly string[];
  /** Where imported counts were published; else the command that runs it again. */
  readonly from: string;
  /** Best average of the first metric first. */
  readonly rows: readonly LeaderboardRow[];
}

/** The content of results/leaderboard.json. */
export interface Leaderboard {
  /** Of the leaderboard's own schema. */
  readonly schemaVersion: 1;
  /** By name. */
  readonly experiments: readonly LeaderboardExperiment[];
}

/** What else than completed runs of clean code and imported counts is shown, marked. */
export interface LeaderboardOptions {
  /** Also smoke runs and runs of uncommitted code. */
  readonly all?: boolean;
}

/**
 * The leaderboard of these results; the same for the same results in any order.
 *
 * @param folder that the files of rows are relative to
 */
export function buildLeaderboard(
  results: readonly StoredResult[],
  folder: string,
  { all = false }: LeaderboardOptions = {},
): Leaderboard {
  const paths = new Map(results.map(({ path, result }) => [result, relativeTo(folder, path)]));
  const shown = [...paths.keys()].filter((result) => all ? result.status !== "failed" : isShown(result))
    .toSorted((a, b) => byText(paths.get(a)!, paths.get(b)!));
  const experiments = summarize(shown).map((summary) => experimentOf(summary, paths))
    .toSorted((a, b) => byText(sortKey(a), sortKey(b)));
  return { schemaVersion: 1, experiments };
}

/** A completed run of committed code, or counts that others published. */
export function isShown({ status, code }: Result): boolean {
  return status === "imported" || (status === "completed" && !isUncommitted({ code }));
}

function isUncommitted({ code }: Pick<Result, "code">): boolean {
  return code.dirty || !code.commit;
}

/** The text of results/leaderboard.json. */
export function serializeLeaderboard(leaderboard: Leaderboard): string {
  return formatJson(leaderboard as unknown as JsonValue) + "\n";
}

/** @throws {BenchError} If the value does not follow the schema; the message names the place */
export function validateLeaderboard(value: unknown, file: string): Leaderboard {
  const fault = findFault(value, LEADERBOARD_SCHEMA);
  if (fault === undefined) return value as Leaderboard;
  throw new BenchError(`Cannot accept ${file}: ${fault.place} is ${fault.found}, expected ${fault.expected}`);
}

function experimentOf(summary: Summary, paths: ReadonlyMap<Result, string>): LeaderboardExperiment {
  const [first] = summary.arms[0].results;
  return {
    name: summary.experiment,
    model: summary.model,
    modelSource: first.model.source,
    modelSha256: first.model.sha256,
    grader: `${first.grader.name} ${first.grader.version}`,
    samples: summary.samples,
    datasets: first.datasets.map(({ name, version, problems }) => ({ name, version, problems: problems.length })),
    metrics: summary.metrics.map(({ name }) => name.toLowerCase()),
    from: first.source === undefined
      ? `deno task bench ${first.experiment.name}`
      : distinct(summary.arms.flatMap(({ results }) => results.map(({ source }) => publicationOf(source!)))).join(", "),
    rows: summary.arms.map((arm) => rowOf(arm, paths)).toSorted(byScore(summary.metrics[0].name.toLowerCase())),
  };
}

function rowOf(arm: ArmSummary, paths: ReadonlyMap<Result, string>): LeaderboardRow {
  const { results, seeds } = arm;
  const { algorithm, preset, label, decoding } = results[0].arm;
  const estimates = (of: (name: string) => ArmEstimate) =>
    Object.fromEntries([...arm.average.keys()].map((name) => [name.toLowerCase(), estimateOf(of(name))]));
  const figure = (name: SideFigure) => sideFigure(arm, name);
  return {
    arm: label,
    algorithm,
    preset,
    decoding,
    seeds,
    marks: marksOf(arm),
    average: estimates((name) => arm.average.get(name)!),
    byDataset: results[0].datasets.map((_, d) => estimates((name) => arm.byDataset.get(name)![d])),
    meanTokens: figure("meanTokens"),
    truncated: figure("truncated"),
    unextracted: figure("unextracted"),
    graderErrors: figure("graderErrors"),
    date: results.map(({ run }) => run.startedAt.slice(0, "YYYY-MM-DD".length)).toSorted().at(-1)!,
    commits: distinct(results.map(({ code }) => code.commit ?? "")).filter((commit) => commit !== ""),
    backends: distinct(results.map(({ device }) => device.backend)),
    files: results.map((result) => paths.get(result)!),
  };
}

function estimateOf({ value, low, high, seedDeviation }: ArmEstimate): LeaderboardEstimate {
  return { value, low, high, seedDeviation };
}

function marksOf({ results, trained }: ArmSummary): Mark[] {
  const imported = results[0].status === "imported";
  const tests: readonly [Mark, boolean][] = [
    ["imported", imported],
    ["smoke", results[0].status === "smoke"],
    ["uncommitted code", !imported && results.some(isUncommitted)],
    ["several commits", distinct(results.map(({ code }) => code.commit ?? "")).length > 1],
    ["one seed", trained && results.length === 1],
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
