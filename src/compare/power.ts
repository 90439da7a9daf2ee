/**
 * Planning: from the noise of existing results, what a comparison of Pass@1 sees, and what it would need to see more.
 *
 * @module
 */
import { alignArm, type AlignedArm, pairArms } from "./align.ts";
import { DEFAULT_DETECT } from "./compare.ts";
import { plannedTests } from "./planned_tests.ts";
import { BenchError, UsageError } from "../errors.ts";
import { fewestSamples } from "../metrics/derive.ts";
import { mean, sampleVariance } from "../metrics/estimate.ts";
import type { Metric } from "../metrics/metric.ts";
import { SIGNIFICANCE } from "../metrics/paired.ts";
import {
  DEFAULT_POWER,
  type DifferenceNoise,
  differenceNoise,
  type ExperimentSize,
  lossFound,
  predictedErrors,
  sizeNeeded,
} from "../metrics/power.ts";
import { visibleText } from "../text/numbers.ts";
import { type Column, renderTextTable } from "../text/table.ts";
import type { ResultSource } from "../result/store.ts";
import type { ProblemCounts } from "../metrics/types.ts";

/** What one wants to see, and how surely. */
export interface PowerOptions {
  /** Points of 0 to 100. */
  readonly detect?: number;
  /** Chance of seeing it, in (0, 1). */
  readonly power?: number;
  /** Metrics that the comparison is to test, as of `compare`: all its tests share the level. */
  readonly metrics?: readonly Metric[];
  /** Plan only for results of these experiments, as of `compare`. */
  readonly experiments?: readonly string[] | undefined;
}

/** One dataset, or all of them as the mean (`dataset` null). */
export interface PowerReport {
  /** Label of the arm, or of both. */
  readonly arm: string;
  /** What it is and whose; absent where the results do not say. */
  readonly title?: string;
  /** Name of the dataset. */
  readonly dataset: string | null;
  /** Of the results at hand. */
  readonly size: ExperimentSize;
  /** Of a paired difference, from the results at hand. */
  readonly noise: DifferenceNoise;
  /** Points of Pass@1 that this size sees. */
  readonly detectable: number;
  /** Points of Pass@1 that one wants to see. */
  readonly detect: number;
  /** Chance of seeing them. */
  readonly power: number;
  /** Tests that the comparison makes in all. */
  readonly tests: number;
  /** The least number of each kind, the others as they are, that sees `detect`; null where no number does. */
  readonly needed: { readonly problems: number | null; readonly samples: number | null; readonly seeds: number | null };
}

/**
 * Plans a comparison by `compare`, for a loss of Pass@1. Two sides tell how much the true differences vary over problems; one side alone,
 * against itself, plans the check of a change that moves all problems alike.
 *
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const { results } = await bench(tiny, few);
 * const [{ detectable, needed }] = powerReport(results, results, { detect: 1 });
 * assert(detectable > 0.01 && needed.problems! > 3);
 * ```
 */
export function powerReport(
  base: readonly ResultSource[],
  changed: readonly ResultSource[],
  { detect = DEFAULT_DETECT, power = DEFAULT_POWER, metrics, experiments }: PowerOptions,
): PowerReport[] {
  if (!(detect > 0 && detect <= 100)) {
    throw new UsageError(`Cannot detect ${detect} points: expected above 0, at most 100`);
  }
  if (!(power > SIGNIFICANCE && power < 1)) {
    throw new UsageError(`Cannot plan for a power of ${power}: expected ${SIGNIFICANCE} to 1`);
  }
  const arms = pairArms(base, changed, { experiments }).pairs.map((pair) => ({ pair, arm: alignArm(pair, new Set()) }));
  const tests = arms.reduce((sum, { arm }) => sum + plannedTests(arm, metrics).length, 0);
  const strength = { tests, power };
  return arms.flatMap(({ pair, arm }) => {
    const alone = arm.datasets.find((_, d) => arm.base[d][0].length < 2);
    if (alone !== undefined) throw new BenchError(`Cannot plan from one problem of ${alone}: expected at least 2`);
    const single = arm.datasets.map((name, d) => ({ dataset: name as string | null, ...datasetNoise(arm, d) }));
    const rows = single.length === 1 ? single : [...single, { dataset: null, ...averageNoise(arm, single) }];
    return rows.map(({ dataset, noise, size }) => {
      const needed = (kind: keyof ExperimentSize) => sizeNeeded(kind, noise, size, detect / 100, strength) ?? null;
      return {
        arm: arm.arm,
        ...(pair.title !== undefined && { title: pair.title }),
        dataset,
        size,
        noise,
        detectable: 100 * lossFound(predictedErrors(noise, size), strength),
        detect,
        power,
        tests,
        needed: {
          problems: needed("problems"),
          samples: needed("samples"),
          seeds: noise.seeds > 0 || size.seeds > 1 ? needed("seeds") : null,
        },
      };
    });
  });
}

interface Noise {
  readonly noise: DifferenceNoise;
  readonly size: ExperimentSize;
}

/** Noise of one dataset; the samples of several seeds are those of one longer run, but for the spread between seeds. */
function datasetNoise(arm: AlignedArm, d: number): Noise {
  const [before, after] = [arm.base[d], arm.changed[d]];
  const [a, b] = [poolSeeds(before), poolSeeds(after)];
  const seeds = Math.min(before.length, after.length);
  return {
    noise: { ...differenceNoise(a, b), seeds: arm.trained ? seedVariance(before) + seedVariance(after) : 0 },
    size: { problems: a.length, samples: Math.floor(Math.min(fewestSamples(a), fewestSamples(b)) / seeds), seeds },
  };
}

/** Problems are added to all datasets in proportion, so the mean behaves like one dataset of all problems. */
function averageNoise(arm: AlignedArm, datasets: readonly Noise[]): Noise {
  const problems = datasets.reduce((sum, { size }) => sum + size.problems, 0);
  const weighted = (part: (noise: DifferenceNoise) => number) =>
    problems * datasets.reduce((sum, { noise, size }) => sum + part(noise) / size.problems, 0) / datasets.length ** 2;
  const seedMeans = (side: AlignedArm["base"]) =>
    side[0].map((_, s) => mean(side.map((dataset) => accuracy(dataset[s]))));
  return {
    noise: {
      effect: weighted(({ effect }) => effect),
      sampling: weighted(({ sampling }) => sampling),
      seeds: arm.trained ? varianceOf(seedMeans(arm.base)) + varianceOf(seedMeans(arm.changed)) : 0,
    },
    size: { ...datasets[0].size, problems, samples: Math.min(...datasets.map(({ size }) => size.samples)) },
  };
}

function poolSeeds(seeds: readonly (readonly ProblemCounts[])[]): ProblemCounts[] {
  return seeds[0].map(({ id }, i) => ({
    id,
    n: seeds.reduce((sum, problems) => sum + problems[i].n, 0),
    c: seeds.reduce((sum, problems) => sum + problems[i].c, 0),
  }));
}

function seedVariance(seeds: readonly (readonly ProblemCounts[])[]): number {
  return varianceOf(seeds.map(accuracy));
}

function varianceOf(values: readonly number[]): number {
  return values.length < 2 ? 0 : sampleVariance(values);
}

function accuracy(problems: readonly ProblemCounts[]): number {
  return mean(problems.map(({ n, c }) => c / n));
}

const COLUMNS: readonly Column[] = [
  { header: "dataset", align: "left" },
  ...["problems", "samples", "seeds", "visible from", "needs problems", "or samples", "or seeds"]
    .map((header): Column => ({ header, align: "right" })),
];

/** One table per arm. */
export function powerText(reports: readonly PowerReport[], options: { colour: boolean }): string {
  return [...Map.groupBy(reports, ({ arm }) => arm)].map(([arm, rows]) =>
    renderTextTable({
      title: `${arm}: to see ${rows[0].detect} points of Pass@1 in ${100 * rows[0].power} of 100 cases` +
        (rows[0].title === undefined ? "" : `\n${rows[0].title}`),
      columns: COLUMNS,
      rows: rows.map(({ dataset, size, detectable, needed }) => [
        dataset ?? "average",
        String(size.problems),
        String(size.samples),
        String(size.seeds),
        visibleText(detectable),
        ...[needed.problems, needed.samples, needed.seeds].map((number) => number === null ? "–" : String(number)),
      ]),
      notes: [
        `Points of Pass@1, paired over the same problems: the loss that compare calls worse, its level shared by ` +
        `${rows[0].tests === 1 ? "1 test" : `${rows[0].tests} tests`}.`,
        "Needed numbers are each on its own, the others as they are; –: no number helps, or one seed tells nothing about",
        "seeds. What an interval of finished results rules out is compare's to say.",
      ],
    }, options)
  ).join("\n\n\n");
}
