/**
 * Which results count: the one rule of everything that is made from them – comparisons, power, scores of folders,
 * leaderboards, reports, exports.
 *
 * A failed run never counts. Smoke runs and ablations count where they are asked for; ablations also in a folder of their
 * own; and both, in views that one looks at oneself, where nothing else counts. Leaderboards and exports also leave out what no stranger should take for a result:
 * runs of code that was not committed, of models that were trained on problems of their test, and parts of datasets that
 * others publish scores of. Of several results of the same arm and seed the latest counts.
 *
 * @module
 */
import { isPartOfPublished } from "./coverage.ts";
import { domainSuffix, resultDomain } from "./domain.ts";
import type { ResultSource } from "./store.ts";
import type { Result } from "./types.ts";

/** What the name of an experiment begins with that varies another one, and has a page of its own. */
export const ABLATION_PREFIX = "ablation-";

/** Why a result does not count. */
export type LeftOutReason =
  | "failed"
  | "another experiment"
  | "ablation"
  | "smoke run"
  | "uncommitted code"
  | "trained on test problems"
  | "part of a dataset"
  | "a later result of the same arm and seed";

/** What counts beside the rule's own choice. */
export interface ChoiceOptions {
  /** Whether it is for others to see: a leaderboard, an export. */
  readonly published?: boolean;
  /** Also smoke runs; of what is published also runs of uncommitted code, and models trained on problems of their test. */
  readonly smoke?: boolean;
  /** Of what is published also parts of datasets. */
  readonly partial?: boolean;
  /** Only results of experiments of these names, which may be ablations. */
  readonly experiments?: readonly string[] | undefined;
  /** Also results of these ablations. */
  readonly ablations?: readonly string[];
}

/** Results that count, and the others with the reason. */
export interface Choice<Source extends ResultSource> {
  readonly counted: readonly Source[];
  readonly leftOut: readonly { readonly source: Source; readonly reason: LeftOutReason }[];
}

/**
 * The results that count, in the given order.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const { results } = await bench(tiny, few);
 * assertEquals(chooseResults(results).counted.length, results.length);
 * const { counted, leftOut } = chooseResults(results, { published: true });
 * assertEquals([counted.length, leftOut[0].reason], [0, "smoke run"]);
 * ```
 */
export function chooseResults<Source extends ResultSource>(
  sources: readonly Source[],
  options: ChoiceOptions = {},
): Choice<Source> {
  const ablations = ablationsOf(sources);
  // Who names a folder of ablations names them.
  const named = sources.every(({ result }) => isAblation(result.experiment.name)) ? { ablations } : {};
  const wider = options.published ? [] : [{ smoke: true }, { ablations }, { smoke: true, ablations }];
  const choices = [{}, ...wider].map((more) => choiceBy(sources, { ...options, ...named, ...more }));
  return choices.find(({ counted }) => counted.length > 0) ?? choices[0];
}

function choiceBy<Source extends ResultSource>(sources: readonly Source[], options: ChoiceOptions): Choice<Source> {
  const judged = sources.map((source) => ({ source, reason: reasonAgainst(source.result, options) }));
  return {
    counted: judged.filter(({ reason }) => reason === undefined).map(({ source }) => source),
    leftOut: judged.flatMap(({ source, reason }) => reason === undefined ? [] : [{ source, reason }]),
  };
}

/** Names of the ablations among these results. */
export function ablationsOf(sources: readonly ResultSource[]): string[] {
  return ablationsAmong(sources.map(({ result }) => result.experiment.name));
}

/** Those of these names of experiments that are ablations', each once. */
export function ablationsAmong(names: readonly string[]): string[] {
  return [...new Set(names.filter(isAblation))];
}

/** Whether an experiment of this name is an ablation. */
export function isAblation(experiment: string): boolean {
  return experiment.startsWith(ABLATION_PREFIX);
}

function reasonAgainst(
  result: Result,
  { published = false, smoke = false, partial = false, experiments, ablations = [] }: ChoiceOptions,
): LeftOutReason | undefined {
  const { status, overlap, experiment: { name } } = result;
  if (status === "failed") return "failed";
  if (experiments?.includes(name) === false) return "another experiment";
  if (isAblation(name) && experiments === undefined && !ablations.includes(name)) return "ablation";
  if (status === "smoke") return smoke ? undefined : "smoke run";
  if (!published) return undefined;
  if (!partial && isPartOfPublished(result)) return "part of a dataset";
  if (smoke || status === "imported") return undefined;
  if (isUncommitted(result)) return "uncommitted code";
  return overlap.sharedWithEvaluation > 0 ? "trained on test problems" : undefined;
}

/** Whether nobody can find the code that ran. */
export function isUncommitted({ code }: Pick<Result, "code">): boolean {
  return code.dirty || !code.commit;
}

/**
 * What tells results apart that are not repetitions of each other: experiment, base model, domain, datasets with as many
 * problems. A folder may hold several such groups; each is compared with its own like.
 */
export function scopeOf(result: Result): string {
  const { experiment, model, datasets } = result;
  const sizes = datasets.map(({ name, problems }) => [name, problems.length]);
  return JSON.stringify([experiment.name, model.source, resultDomain(result), sizes]);
}

/** Of several results of the same arm, decoding, seed and domain the latest, in order of start; and the others. */
export function latestResults<Source extends ResultSource>(sources: readonly Source[]): Choice<Source> {
  const byAge = sources.toSorted((a, b) => a.result.run.startedAt < b.result.run.startedAt ? -1 : 1);
  const latest = new Map(byAge.map((source) => [runKey(source.result), source]));
  const counted = byAge.filter((source) => latest.get(runKey(source.result)) === source);
  return {
    counted,
    leftOut: byAge.filter((source) => !counted.includes(source))
      .map((source) => ({ source, reason: "a later result of the same arm and seed" })),
  };
}

function runKey(result: Result): string {
  const { label, decoding, seed } = result.arm;
  return JSON.stringify([label, decoding, seed, resultDomain(result)]);
}

/**
 * Names of arms: their labels, with the decoding's name where one of these lists holds a label under several decodings, as
 * evaluations of one model have it, and with the domain where one of them mixes two.
 *
 * @param lists what is told apart within each, such as the sides of a comparison
 */
export function armNames(...lists: readonly (readonly Result[])[]): (result: Result) => string {
  const shared = new Set(
    lists.flatMap((results) => [...Map.groupBy(results, ({ arm }) => arm.label)])
      .filter(([, own]) => new Set(own.map(({ arm }) => arm.decoding)).size > 1)
      .map(([label]) => label),
  );
  const mixed = lists.some((results) => new Set(results.map(resultDomain)).size > 1);
  return (result) => {
    const { label, decoding } = result.arm;
    return (shared.has(label) ? `${label}.${decoding}` : label) + (mixed ? domainSuffix(result) : "");
  };
}

/** `3 smoke runs, 1 failed`: what was left out, for one line; undefined where nothing was. */
export function leftOutText(
  { leftOut }: { readonly leftOut: readonly { readonly reason: LeftOutReason }[] },
): string | undefined {
  if (leftOut.length === 0) return undefined;
  const groups = Map.groupBy(leftOut, ({ reason }) => reason);
  return [...groups].map(([reason, own]) => `${own.length} (${reason})`).join(", ");
}
