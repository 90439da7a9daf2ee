/**
 * One arm of an experiment under all its seeds.
 *
 * @module
 */
import { mean } from "../metrics/estimate.ts";
import { type Metric, metricValues } from "../metrics/metric.ts";
import { estimateOverSeeds, joinSeeds, type SeedEstimate, type SeedValues } from "../metrics/seeds.ts";
import type { DatasetMetrics } from "../metrics/types.ts";
import type { Result } from "../result/types.ts";
import { resultTitle } from "./titles.ts";

/** A metric of a table, with its name there: `Pass@32`. */
export interface ShownMetric extends Metric {
  /** As in a table. */
  readonly name: string;
}

/** One arm under all its seeds. */
export interface ArmSummary {
  /** Label of the arm. */
  readonly label: string;
  /** What it is and whose; absent where its results do not say. */
  readonly title?: string;
  /** Whether anything was trained. */
  readonly trained: boolean;
  /** Name of its decoding. */
  readonly decoding: string;
  /** Ascending. */
  readonly seeds: readonly number[];
  /** By seed, in the order of `seeds`. */
  readonly results: readonly Result[];
  /**
   * Values per problem: by metric's name, (datasets)(seeds)(problems). The seeds of an untrained arm draw samples from the
   * same model, so they count as one.
   */
  readonly values: ReadonlyMap<string, SeedValues>;
  /** By metric's name. */
  readonly average: ReadonlyMap<string, ArmEstimate>;
  /** By metric's name, in the order of `Summary.datasets`. */
  readonly byDataset: ReadonlyMap<string, readonly ArmEstimate[]>;
}

/** A mean with its interval for new problems and new seeds, and with that for new problems alone. */
export interface ArmEstimate extends SeedEstimate {
  /** Lower end of the interval for new problems alone. */
  readonly problemsLow: number;
  /** Upper end of that interval. */
  readonly problemsHigh: number;
}

/** Order of arms in a table: untrained before trained, then discrete decoding before others, then by label. */
export function armOrder(a: ArmSummary, b: ArmSummary): number {
  const rank = (arm: ArmSummary) => (arm.trained ? 2 : 0) + (arm.decoding === "discrete" ? 0 : 1);
  return rank(a) - rank(b) || (a.label < b.label ? -1 : 1);
}

/**
 * Puts the results of one arm together.
 *
 * @param own one result per seed, over the same problems
 * @param metrics those for which every result has the samples and votes
 */
export function summarizeArm(own: readonly Result[], metrics: readonly ShownMetric[]): ArmSummary {
  const results = own.toSorted((a, b) => a.arm.seed - b.arm.seed);
  const [{ arm, datasets }] = results;
  const trained = arm.algorithm !== "base";
  const values = new Map(metrics.map((metric) => {
    const all = datasets.map((_, d) => results.map((result) => metricValues(result.datasets[d].problems, metric)!));
    return [metric.name, trained ? all : joinSeeds(all)];
  }));
  const entries = [...values];
  const title = resultTitle(results[0]);
  return {
    label: arm.label,
    ...(title !== undefined && { title }),
    trained,
    decoding: arm.decoding,
    seeds: results.map((result) => result.arm.seed),
    results,
    values,
    average: new Map(entries.map(([name, all]) => [name, armEstimate(all)])),
    byDataset: new Map(entries.map(([name, all]) => [name, all.map((dataset) => armEstimate([dataset]))])),
  };
}

function armEstimate(values: SeedValues): ArmEstimate {
  const { low, high } = estimateOverSeeds(joinSeeds(values));
  return { ...estimateOverSeeds(values), problemsLow: low, problemsHigh: high };
}

/** Figures beside accuracy that are means over seeds. */
export type SideFigure = "meanTokens" | "meanTokensCorrect" | "truncated" | "unextracted" | "graderErrors";

/** Figures by their headings in a table; those that are shares are in [0, 1]. */
const SIDE_FIGURES: readonly { readonly figure: SideFigure; readonly heading: string; readonly share: boolean }[] = [
  { figure: "meanTokens", heading: "tokens", share: false },
  { figure: "meanTokensCorrect", heading: "if correct", share: false },
  { figure: "truncated", heading: "cut off", share: true },
  { figure: "unextracted", heading: "no answer", share: true },
  { figure: "graderErrors", heading: "grader errors", share: true },
];

/** The figures that some arm has; published counts come without. */
export function sideFigures(arms: readonly ArmSummary[]): typeof SIDE_FIGURES {
  return SIDE_FIGURES.filter(({ figure }) => arms.some((arm) => sideFigure(arm, figure) !== null));
}

/** Mean over seeds of a figure of the average over datasets, or of one dataset; null where a result lacks it. */
export function sideFigure(arm: ArmSummary, figure: SideFigure, dataset?: number): number | null {
  const metricsOf = (result: Result): DatasetMetrics =>
    dataset === undefined ? result.average : result.datasets[dataset].metrics;
  const values = arm.results.map((result) => metricsOf(result)[figure]);
  return values.includes(null) ? null : mean(values as number[]);
}
