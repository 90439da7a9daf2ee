/**
 * Metrics recomputed from what others can check: result files, samples, published counts per problem.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { correctedProblems } from "./corrected_answers.ts";
import { readSampleRows } from "./sample_rows.ts";
import { averageByRule, type ByRule, passAtByRule, samplesInOrder } from "./rules.ts";
import { problemCounts } from "../metrics/problem_counts.ts";
import { domainOf } from "../datasets/problem_kind.ts";
import { BenchError } from "../errors.ts";
import { averageMetrics, deriveMetrics, fewestSamples, type MetricSizes } from "../metrics/derive.ts";
import { bootstrapInterval } from "../metrics/bootstrap.ts";
import { mean } from "../metrics/estimate.ts";
import { type Metric, metricName, metricValues } from "../metrics/metric.ts";
import { firstK } from "../metrics/pass_at_k.ts";
import type { OtherRule } from "../metrics/pass_estimator_name.ts";
import {
  averagePredicted,
  FEWEST_SAMPLES,
  type PredictedEstimate,
  predictPassAtK,
} from "../metrics/predicted_pass_at_k.ts";
import {
  importPublished,
  parsePublishedRows,
  publishedArms,
  type PublishedRow,
  reportedPassAt,
} from "../published/counts.ts";
import { protocolText } from "../published/protocol.ts";
import { type ProtocolName, PROTOCOLS } from "../published/protocols.ts";
import { parseResult, readJson } from "../result/store.ts";
import { type OnSkipped, unlessSkipped } from "../result/skipped.ts";
import type { ResultCounts } from "../result/complete.ts";
import { type Coverage, coverageOf } from "../result/coverage.ts";
import type { DatasetResult, Result } from "../result/types.ts";
import { resultTitle } from "../summary/titles.ts";
import type { DatasetMetrics, ProblemCounts } from "../metrics/types.ts";

/** One arm with freshly derived metrics. */
export interface ScoredArm {
  /** The file, or the folder of samples. */
  readonly source: string;
  /** Label of the arm. */
  readonly arm: string;
  /** What it is and whose; absent where the file does not say. */
  readonly title?: string;
  /** Empty where samples do not tell. */
  readonly model: string;
  /** In the order of the file. */
  readonly datasets: readonly ScoredDataset[];
  /** Unweighted means over the datasets. */
  readonly average: DatasetMetrics;
  /** By k, means of what is predicted for every dataset. */
  readonly predictedAverage: PredictedByK;
  /** Means of what every dataset has by other rules; absent where none was asked for. */
  readonly averageByRule?: ByRule;
  /** How published counts were evaluated, where they name it. */
  readonly protocol?: ProtocolName;
  /** The result that the file holds; only of result files. */
  readonly result?: Result;
  /** What a reader should know of the files, one line each; absent where there is nothing. */
  readonly notes?: readonly string[];
  /** What `--save` writes; only for published counts. */
  readonly imported?: ResultCounts;
}

/** Predictions of Pass@k by k, a decimal string. */
export type PredictedByK = Readonly<Record<string, PredictedEstimate>>;

/** One dataset of an arm. */
export interface ScoredDataset {
  /** Its name. */
  readonly name: string;
  /** Fewest samples of a problem. */
  readonly n: number;
  /** How much of the dataset was scored; of samples, whose file does not say it, as far as the name tells. */
  readonly coverage: Coverage;
  /** The counts behind the metrics. */
  readonly problems: readonly ProblemCounts[];
  /** What follows from them. */
  readonly metrics: DatasetMetrics;
  /** Pass@k for each k that was asked for beyond the samples there are. */
  readonly predictedPassAt: PredictedByK;
  /** By k, the released rule "any of the first k"; only of samples, whose order is known. */
  readonly firstK?: Readonly<Record<string, number>>;
  /** Pass@k by the other rules that were asked for; absent where none was. */
  readonly byRule?: ByRule;
  /** By k, what the publisher of the counts reports of the same samples, by a rule of their own. */
  readonly reported?: Readonly<Record<string, number>>;
  /** With known wrong answers of the dataset corrected; absent where it has none. */
  readonly corrected?: DatasetMetrics;
}

/** Intervals by metric, `pass@1`. */
export type Intervals = Readonly<Record<string, { readonly low: number; readonly high: number }>>;

/**
 * Bootstrap intervals of an arm's averages, a second opinion on the others; needs two problems in every dataset.
 *
 * @param replicates resamples of the problems, at least 100
 */
export function bootstrapAverages(
  { arm, datasets }: ScoredArm,
  metrics: readonly Metric[],
  replicates: number,
): Intervals {
  if (datasets.some(({ problems }) => problems.length < 2)) return {};
  return Object.fromEntries(metrics.flatMap((metric) => {
    const values = datasets.map(({ problems }) => metricValues(problems, metric));
    if (values.includes(undefined)) return [];
    const name = metricName(metric);
    return [[name, bootstrapInterval(values as number[][], replicates, `${arm} ${name}`)]];
  }));
}

/**
 * Which k are wanted; the default is powers of two up to the samples there are. Beyond them Pass@k is predicted. And by
 * which rules other than the unbiased one Pass@k is wanted too.
 */
export type WantedSizes = Partial<MetricSizes> & { readonly rules?: readonly OtherRule[] };

/**
 * Reads and scores files. `.jsonl` files are samples, one dataset per file, one arm per folder; `.json` are result files
 * or lists of published counts. Result files are also checked against their own metrics.
 *
 * @param importedAt ISO 8601, UTC: when published counts were imported
 * @param onSkipped is told of files that are none of these, which are left out
 * @throws {BenchError} If a file is none of these, and nobody is told; the message names the place
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const { results: [{ path, result }] } = await bench(tiny, { ...few, resultsFolder: await Deno.makeTempDir() });
 * const [{ average }] = scoreFiles([path!], { passAt: [1] }, "2026-01-01T00:00:00Z");
 * assertEquals(average.passAt["1"], result.average.passAt["1"]);
 * ```
 */
export function scoreFiles(
  paths: readonly string[],
  sizes: WantedSizes,
  importedAt: string,
  onSkipped?: OnSkipped,
): ScoredArm[] {
  const samples = paths.filter((path) => path.endsWith(".jsonl"));
  const others = paths.filter((path) => !path.endsWith(".jsonl"));
  return [
    ...others.flatMap((path) => unlessSkipped(path, () => scoreDocumentFile(path, sizes, importedAt), onSkipped) ?? []),
    ...[...Map.groupBy(samples, (path) => dirname(path))].flatMap(([folder, files]) =>
      scoreSamples(folder, files, sizes, onSkipped)
    ),
  ];
}

function scoreDocumentFile(path: string, sizes: WantedSizes, importedAt: string): ScoredArm[] {
  const value = readJson(path);
  if (Array.isArray(value)) {
    const rows = parsePublishedRows(value, path);
    const arms = publishedArms(rows);
    return importPublished(rows, stemOf(path), importedAt).map((counts, i) =>
      scorePublished(counts, arms[i], path, sizes)
    );
  }
  if (typeof value === "object" && value !== null && "schemaVersion" in value) {
    const result = parseResult(value, path);
    const title = resultTitle(result);
    return [{ ...scoreCounts(result, path, sizes), result, ...(title !== undefined && { title }) }];
  }
  throw new BenchError(
    `Cannot score ${path}: expected a result file (with schemaVersion), a list of published counts, or samples in .jsonl`,
  );
}

/** Imported counts, with what their publisher says of them. */
function scorePublished(
  counts: ResultCounts,
  rows: readonly PublishedRow[],
  source: string,
  sizes: WantedSizes,
): ScoredArm {
  const arm = scoreCounts(counts, source, sizes);
  const [{ protocol }] = rows;
  return {
    ...arm,
    datasets: arm.datasets.map((dataset, i) => {
      const reported = reportedPassAt(rows[i]);
      return Object.keys(reported).length === 0 ? dataset : { ...dataset, reported };
    }),
    ...(protocol !== undefined &&
      { protocol, title: `evaluated as ${protocol}: ${protocolText(PROTOCOLS[protocol])}` }),
    imported: counts,
  };
}

function scoreCounts({ arm, model, datasets }: ResultCounts, source: string, sizes: WantedSizes): ScoredArm {
  return scored(source, arm.label, model.name, datasets, sizes);
}

/** One arm, or two where some samples are of mathematics and others are not: no mean joins them. */
function scoreSamples(
  folder: string,
  files: readonly string[],
  sizes: WantedSizes,
  onSkipped: OnSkipped | undefined,
): ScoredArm[] {
  const datasets = files.flatMap((path) => unlessSkipped(path, () => scoreSampleFile(path, sizes), onSkipped) ?? []);
  return [...Map.groupBy(datasets, ({ domain }) => domain).values()].map((own) => {
    const notes = own.filter(({ torn }) => torn).map(({ path }) => `${path}: its last line is torn, and left out`);
    return { ...scored(folder, stemOf(folder), "", own, sizes), ...(notes.length > 0 && { notes }) };
  });
}

function scoreSampleFile(path: string, sizes: WantedSizes) {
  const { rows, torn } = readSampleRows(path);
  const ids = [...new Set(rows.map(({ problem }) => problem))].sort();
  const problems = problemCounts(ids.map((id) => ({ id })), rows);
  const orders = samplesInOrder(rows);
  return {
    name: stemOf(path),
    domain: domainOf(rows[0].kind),
    path,
    torn,
    problems,
    orders,
    firstK: firstKOf(orders, fewestSamples(problems), sizes),
  };
}

function scored(
  source: string,
  arm: string,
  model: string,
  datasets: readonly (
    & Pick<ScoredDataset, "name" | "problems" | "firstK">
    & Partial<Pick<DatasetResult, "coverage">>
    & { readonly orders?: ReadonlyMap<string, readonly boolean[]> }
  )[],
  sizes: WantedSizes,
): ScoredArm {
  const { rules = [], passAt } = sizes;
  const own = datasets.map(({ name, problems, firstK, orders, coverage = { scored: problems.length, of: null } }) => {
    const corrected = correctedProblems(name, problems);
    return {
      name,
      coverage: coverageOf({ name, coverage }),
      n: fewestSamples(problems),
      problems,
      metrics: deriveMetrics(problems, sizes),
      predictedPassAt: predicted(problems, sizes),
      ...(firstK !== undefined && { firstK }),
      ...(rules.length > 0 && { byRule: passAtByRule(problems, rules, orders, passAt) }),
      ...(corrected !== undefined && { corrected: deriveMetrics(corrected, sizes) }),
    };
  });
  return {
    source,
    arm,
    model,
    datasets: own,
    average: averageMetrics(own.map(({ metrics }) => metrics)),
    predictedAverage: averageOfPredicted(own),
    ...(rules.length > 0 && { averageByRule: averageByRule(own.map(({ byRule = {} }) => byRule)) }),
  };
}

function predicted(problems: readonly ProblemCounts[], { passAt = [] }: WantedSizes): PredictedByK {
  const n = fewestSamples(problems);
  const beyond = passAt.filter((k) => k > n);
  if (beyond.length === 0 || n < FEWEST_SAMPLES) return {};
  const estimates = predictPassAtK(problems, beyond);
  return Object.fromEntries(beyond.map((k, i) => [k, estimates[i]]));
}

/** A k that some dataset has the samples for has no average: predictions and estimates are not mixed. */
function averageOfPredicted(datasets: readonly Pick<ScoredDataset, "predictedPassAt">[]): PredictedByK {
  const common = Object.keys(datasets[0]?.predictedPassAt ?? {})
    .filter((k) => datasets.every(({ predictedPassAt }) => k in predictedPassAt));
  return Object.fromEntries(
    common.map((k) => [k, averagePredicted(datasets.map(({ predictedPassAt }) => predictedPassAt[k]))]),
  );
}

function firstKOf(
  orders: ReadonlyMap<string, readonly boolean[]>,
  n: number,
  { passAt }: WantedSizes,
): Record<string, number> {
  const wanted = (passAt ?? Array.from({ length: Math.floor(Math.log2(n)) + 1 }, (_, i) => 2 ** i)).filter((k) =>
    k <= n
  );
  return Object.fromEntries(wanted.map((k) => [k, mean([...orders.values()].map((correct) => firstK(correct, k)))]));
}

/**
 * The document of `score --json`: values in [0, 1].
 *
 * @param bootstrap intervals of the averages, arm by arm, where they were asked for
 */
export function scoreDocument(arms: readonly ScoredArm[], bootstrap?: readonly Intervals[]): { results: unknown[] } {
  return {
    results: arms.map(({ source, arm, model, protocol, datasets, average, predictedAverage, averageByRule }, i) => ({
      arm,
      model,
      source,
      ...(protocol !== undefined && { protocol }),
      datasets: datasets.map((
        { name, n, problems, coverage, metrics, predictedPassAt, firstK, byRule, reported, corrected },
      ) => ({
        name,
        n,
        problems: problems.length,
        of: coverage.of,
        passAt: metrics.passAt,
        majorityAt: metrics.majorityAt,
        ...predictions(predictedPassAt),
        ...figures(metrics),
        ...(firstK !== undefined && { firstK }),
        ...(byRule !== undefined && { byRule }),
        ...(reported !== undefined && { reported }),
        ...(corrected !== undefined && { corrected: { passAt: corrected.passAt, majorityAt: corrected.majorityAt } }),
      })),
      average: {
        passAt: average.passAt,
        majorityAt: average.majorityAt,
        ...predictions(predictedAverage),
        ...figures(average),
        ...(averageByRule !== undefined && { byRule: averageByRule }),
        ...(bootstrap !== undefined && { bootstrap: bootstrap[i] }),
      },
    })),
  };
}

function predictions(predictedPassAt: PredictedByK): { predictedPassAt?: PredictedByK } {
  return Object.keys(predictedPassAt).length === 0 ? {} : { predictedPassAt };
}

function figures(
  { passAt: _, majorityAt: __, ...others }: DatasetMetrics,
): Omit<DatasetMetrics, "passAt" | "majorityAt"> {
  return others;
}

function stemOf(path: string): string {
  return basename(path).replace(/\.jsonl?$/, "");
}
