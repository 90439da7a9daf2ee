/**
 * One arm of an experiment under all its seeds.
 *
 * @module
 */
import type { ThoughtLaw } from "../algorithms/law.ts";
import { algorithmSchema, thoughtLaw } from "../algorithms/registry.ts";
import type { JsonObject } from "../files/json.ts";
import { mean } from "../metrics/estimate.ts";
import { type Metric, metricValues } from "../metrics/metric.ts";
import { estimateOverSeeds, joinSeeds, type SeedEstimate, type SeedValues } from "../metrics/seeds.ts";
import type { DatasetMetrics } from "../metrics/types.ts";
import type { Result } from "../result/types.ts";
import { isOwnDecoding } from "./settings.ts";
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
  /** Its decoding in words: thoughts, temperature, filter, answers. */
  readonly decodingText: string;
  /** Whether that is the one under which the experiment compares arms like for like. */
  readonly matched: boolean;
  /** Whether that is the one it was trained with. */
  readonly own: boolean;
  /** How its thoughts are decoded; absent where results do not say. */
  readonly law?: ThoughtLaw;
  /** How they were in training; absent likewise, and where nothing was trained. */
  readonly trainedLaw?: ThoughtLaw;
  /** Label of the arm of the experiment that was trained, the same for all decodings of it; absent where none was. */
  readonly trainedAs?: string;
  /** How soft its thoughts were, means over seeds; absent where there were none, or results do not say. */
  readonly softness?: ArmSoftness;
  /** Mean positions before the end of thinking; null where results do not say. */
  readonly thoughtTokens: number | null;
  /** Mean positions from there on; null likewise. */
  readonly answerTokens: number | null;
  /** Share of samples that are those of the matched decoding; null where there is none. */
  readonly likeMatched: number | null;
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

/** How soft the thoughts of an arm were. */
export interface ArmSoftness {
  /** Mean weight of the heaviest entry. */
  readonly topWeight: number;
  /** Mean entropy of a mixture, nats. */
  readonly entropy: number;
  /** Share of thoughts whose heaviest entry weighs more than 0.99. */
  readonly oneToken: number;
}

/** A mean with its interval for new problems and new seeds, and with that for new problems alone. */
export interface ArmEstimate extends SeedEstimate {
  /** Lower end of the interval for new problems alone. */
  readonly problemsLow: number;
  /** Upper end of that interval. */
  readonly problemsHigh: number;
}

/** Order of arms in a table: untrained before trained, then hard tokens before others, then by label. */
export function armOrder(a: ArmSummary, b: ArmSummary): number {
  const rank = (arm: ArmSummary) => (arm.trained ? 2 : 0) + (isHard(arm) ? 0 : 1);
  return rank(a) - rank(b) || (a.label < b.label ? -1 : 1);
}

/** Whether an arm thinks in tokens; results that do not say so are known by the name that publishers give it. */
export function isHard({ law, decoding }: ArmSummary): boolean {
  return law === undefined ? decoding === "discrete" : law.hard === "yes";
}

/**
 * Puts the results of one arm together.
 *
 * @param own one result per seed, over the same problems
 * @param metrics those for which every result has the samples and votes
 * @param label its name among the arms beside it
 */
export function summarizeArm(
  own: readonly Result[],
  metrics: readonly ShownMetric[],
  label: string = own[0].arm.label,
): ArmSummary {
  const results = own.toSorted((a, b) => a.arm.seed - b.arm.seed);
  const [{ arm, datasets, decoding, experiment }] = results;
  const [config] = Array.isArray(experiment.config.arms) ? experiment.config.arms : [];
  const trained = arm.algorithm !== "base";
  const values = new Map(metrics.map((metric) => {
    const all = datasets.map((_, d) => results.map((result) => metricValues(result.datasets[d].problems, metric)!));
    return [metric.name, trained ? all : joinSeeds(all)];
  }));
  const entries = [...values];
  const title = resultTitle(results[0]);
  return {
    label,
    ...(title !== undefined && { title }),
    trained,
    decoding: arm.decoding,
    decodingText: decoding.text,
    matched: decoding.matched,
    own: isOwnDecoding(results[0]),
    ...lawOf("law", decoding.thoughts),
    ...(trained && isObject(config) && { ...lawOf("trainedLaw", config.algorithm), trainedAs: String(config.label) }),
    ...softnessOf(results),
    thoughtTokens: meanOfAll(results.map(({ thoughtTokens }) => thoughtTokens)),
    answerTokens: meanOfAll(results.map(({ answerTokens }) => answerTokens)),
    likeMatched: meanOfAll(results.map(({ likeMatched }) => likeMatched)),
    seeds: results.map((result) => result.arm.seed),
    results,
    values,
    average: new Map(entries.map(([name, all]) => [name, armEstimate(all)])),
    byDataset: new Map(entries.map(([name, all]) => [name, all.map((dataset) => armEstimate([dataset]))])),
  };
}

function softnessOf(results: readonly Result[]): { softness?: ArmSoftness } {
  const known = results.flatMap(({ softness }) => softness === null ? [] : [softness]);
  if (known.length < results.length) return {};
  return {
    softness: {
      topWeight: mean(known.map(({ topWeight }) => topWeight.mean)),
      entropy: mean(known.map(({ entropy }) => entropy.mean)),
      oneToken: mean(known.map(({ oneToken }) => oneToken)),
    },
  };
}

function meanOfAll(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : mean(values as number[]);
}

/** The law of thoughts that a result holds, as far as this program knows it. */
function lawOf<K extends string>(key: K, thoughts: unknown): { [key in K]?: ThoughtLaw } {
  const known = algorithmSchema.safeParse(thoughts);
  return known.success ? { [key]: thoughtLaw(known.data) } as { [key in K]?: ThoughtLaw } : {};
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
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
  return meanOfAll(arm.results.map((result) => metricsOf(result)[figure]));
}
