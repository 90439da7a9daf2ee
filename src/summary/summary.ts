/**
 * Results of the same experiment put together: seeds grouped by arm, means over datasets, paired differences. What the
 * terminal table and the HTML report both show.
 *
 * @module
 */
import { fewestSamples } from "../metrics/derive.ts";
import { armOrder, type ArmSummary, type ShownMetric, summarizeArm } from "./arms.ts";
import { attribution, type AttributionRow } from "./attribution.ts";
import { compareArms, type Difference } from "./differences.ts";
import type { Domain } from "../datasets/problem_kind.ts";
import { armNames, latestResults } from "../result/choice.ts";
import { coverageOf, coverageText, isPart, totalCoverage } from "../result/coverage.ts";
import { resultDomain } from "../result/domain.ts";
import type { Result } from "../result/types.ts";
import { countText } from "../text/numbers.ts";

/** The k of Pass@k and majority@k that tables show beside Pass@1, where there are as many samples. */
const WANTED_K = 32;

/** Everything comparable that one experiment has left. */
export interface Summary {
  /** Name of the experiment. */
  readonly experiment: string;
  /** Name of the base model. */
  readonly model: string;
  /** Whether its results are smoke runs. */
  readonly smoke: boolean;
  /** What its datasets are about: no mean joins mathematics with anything else. */
  readonly domain: Domain;
  /** Datasets with their number of problems, in the order of the results. */
  readonly datasets: readonly {
    readonly name: string;
    readonly problems: number;
    /** How many the dataset holds; null where that is not known. */
    readonly of: number | null;
  }[];
  /** Fewest samples of a problem. */
  readonly samples: number;
  /** Metrics for which every result has the samples. */
  readonly metrics: readonly ShownMetric[];
  /** Seeds of the trained arm with the fewest; of untrained arms where none is trained. */
  readonly seeds: number;
  /** Untrained arms first. */
  readonly arms: readonly ArmSummary[];
  /** Paired differences of arms, on average over the datasets; empty where `attribution` says more. */
  readonly differences: readonly Difference[];
  /** What does what, where the experiment has a decoding under which its arms are compared; else empty. */
  readonly attribution: readonly AttributionRow[];
  /** Results left out because a later one has the same arm and seed. */
  readonly superseded: number;
}

/**
 * Groups results that can be compared: same settings but for arm and seed, same model, grader, problems and samples.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const { results } = await bench(tiny, few);
 * const [{ arms, datasets }] = summarize(results.map(({ result }) => result));
 * assertEquals([arms[0].label, datasets], ["base.matched", [{ name: "arith-add", problems: 3, of: 200 }]]);
 * ```
 */
export function summarize(results: readonly Result[]): Summary[] {
  const finished = results.filter((result) => result.status !== "failed");
  return [...Map.groupBy(finished, comparisonKey).values()].map(summarizeGroup);
}

function comparisonKey({ experiment, status, model, grader, datasets }: Result): string {
  const { arms: _arms, seeds: _seeds, ...shared } = experiment.config;
  return JSON.stringify([
    experiment.name,
    shared,
    status,
    model.source,
    model.sha256,
    model.promptSha256,
    grader,
    datasets.map(({ name, version, sha256, problems }) => [name, version, sha256, problems.map(({ id }) => id)]),
    fewestSamples(datasets.flatMap(({ problems }) => problems)),
  ]);
}

function summarizeGroup(results: readonly Result[]): Summary {
  const [{ experiment, model, status, datasets }] = results;
  const samples = fewestSamples(results.flatMap((result) => result.datasets.flatMap(({ problems }) => problems)));
  const metrics = shownMetrics(results, samples);
  const latest = latestResults(results.map((result) => ({ result }))).counted.map(({ result }) => result);
  const byName = Map.groupBy(latest, armNames(latest));
  const arms = [...byName].map(([name, own]) => summarizeArm(own, metrics, name)).sort(armOrder);
  const parts = attribution(arms, metrics);
  return {
    experiment: experiment.name,
    model: model.name,
    smoke: status === "smoke",
    domain: resultDomain(results[0]),
    datasets: datasets.map((dataset) => {
      const { scored, of } = coverageOf(dataset);
      return { name: dataset.name, problems: scored, of };
    }),
    samples,
    metrics,
    seeds: Math.min(
      ...arms.filter((arm) => arm.trained || !arms.some((other) => other.trained)).map((arm) => arm.seeds.length),
    ),
    arms,
    differences: parts.length > 0 ? [] : compareArms(arms, metrics),
    attribution: parts,
    superseded: results.length - latest.length,
  };
}

function shownMetrics(results: readonly Result[], samples: number): ShownMetric[] {
  const k = Math.min(WANTED_K, samples);
  const voted = results.every((result) =>
    result.datasets.every(({ problems }) => problems.every(({ votes }) => votes !== undefined))
  );
  return [
    { kind: "pass" as const, k: 1, name: "Pass@1" },
    ...(k > 1 ? [{ kind: "pass" as const, k, name: `Pass@${k}` }] : []),
    ...(k > 1 && voted ? [{ kind: "majority" as const, k, name: `majority@${k}` }] : []),
  ];
}

/** The datasets of a mean in words; those out of domain by name, as they stand in a mean of their own. */
export function datasetsText({ datasets, domain }: Pick<Summary, "datasets" | "domain">): string {
  const count = countText(datasets.length, "dataset");
  return domain === "mathematics" ? count : `${count} out of domain (${datasets.map(({ name }) => name).join(", ")})`;
}

/** Problems of all datasets together, as a title says them: `200 of 1,000 problems`. */
export function coverageTitle({ datasets }: Summary): string {
  const total = totalCoverage(datasets.map(({ problems, of }) => ({ scored: problems, of })));
  const noun = total.scored === 1 && !isPart(total) ? "problem" : "problems";
  return `${coverageText(total)} ${noun}`;
}

/** A dataset with how much of it was scored, where that is not all: `arith-add (40 of 200)`. */
export function datasetName({ name, problems, of }: Summary["datasets"][number]): string {
  const coverage = { scored: problems, of };
  return isPart(coverage) ? `${name} (${coverageText(coverage)})` : name;
}

/** Problems of all datasets together. */
export function problemCount({ datasets }: Summary): number {
  return datasets.reduce((sum, dataset) => sum + dataset.problems, 0);
}
