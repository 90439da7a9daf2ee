/**
 * Regression check: did a change make results worse, on the same problems? Four ends: ok, regression, not enough data to
 * tell, or an error where the two sides cannot be compared.
 *
 * @module
 */
import {
  alignArm,
  type AlignedArm,
  type ArmPair,
  isTrained,
  pairArms,
  type Protected,
  type SideCounts,
} from "./align.ts";
import { BenchError, UsageError } from "../errors.ts";
import { headlineMetrics, type Metric, metricName, metricValues } from "../metrics/metric.ts";
import { mean } from "../metrics/estimate.ts";
import { flipsFor, holm, SIGNIFICANCE } from "../metrics/paired.ts";
import { detectableDifference } from "../metrics/power.ts";
import { differenceOverSeeds, joinSeeds, type SeedDifference, type SeedValues } from "../metrics/seeds.ts";
import type { ResultSource } from "../result/store.ts";

/** How a comparison ends. */
export type ComparisonVerdict = "ok" | "regression" | "not-enough-data";

/** How sure one wants to be. */
export interface ComparisonOptions {
  /** Metrics to test; the first, averaged over datasets, must be able to show `detect`. */
  readonly metrics?: readonly Metric[];
  /** The loss that must be visible, in points of 0 to 100. */
  readonly detect?: number;
  /** What may differ between the sides. */
  readonly allow?: readonly Protected[];
}

/** A loss smaller than this many points may go unseen unless `detect` says otherwise. */
export const DEFAULT_DETECT = 5;

/** One metric of one arm on one dataset, or on average where `dataset` is null. */
export interface ComparisonTest extends SeedDifference {
  /** Label of the arm; of both, where two different arms are compared. */
  readonly arm: string;
  /** Name of the dataset. */
  readonly dataset: string | null;
  /** `pass@1` and the like. */
  readonly metric: string;
  /** Score of BASE, in [0, 1]. */
  readonly base: number;
  /** Score of NEW, in [0, 1]. */
  readonly new: number;
  /** One-sided p-value after Holm over all tests. */
  readonly pWorseHolm: number;
  /** Whether the loss is beyond chance, and beyond the spread between seeds where there are several. */
  readonly regressed: boolean;
  /** The loss that would be found with probability 0.8, in [0, 1]. */
  readonly detectable: number;
}

/** What a comparison found. */
export interface Comparison {
  /** Its end. */
  readonly verdict: ComparisonVerdict;
  /** One sentence: why. */
  readonly reason: string;
  /** The loss that had to be visible, in points of 0 to 100. */
  readonly detect: number;
  /** Every test, arm by arm and metric by metric. */
  readonly tests: readonly ComparisonTest[];
  /** What each arm is and whose, by the tests' `arm`, as far as the results say. */
  readonly titles: Readonly<Record<string, string>>;
  /** What a reader should know. */
  readonly notes: readonly string[];
}

/**
 * Compares two sides, arm by arm. Where each side has one arm, those two are compared whatever their names.
 *
 * A regression is a metric whose loss is beyond chance on these problems, by a sign-flip test with Holm's correction over
 * all datasets, metrics and arms, and, where there are several seeds, beyond the spread between seeds. Without one, the
 * data are enough if a loss of `detect` points of the first metric's average would have been found.
 *
 * @throws {BenchError} If the sides are not comparable
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const { results } = await bench(tiny, few);
 * const { verdict, reason } = compare(results, results);
 * assertEquals([verdict, reason.length > 0], ["ok", true]);
 * ```
 */
export function compare(
  base: readonly ResultSource[],
  changed: readonly ResultSource[],
  options: ComparisonOptions = {},
): Comparison {
  const detect = options.detect ?? DEFAULT_DETECT;
  if (!(detect > 0)) throw new UsageError(`Cannot detect a loss of ${detect} points: expected a number above 0`);
  const pairs = pairArms(base, changed);
  const allow = new Set(options.allow);
  const arms = pairs.map((pair) => alignArm(pair, allow));
  const notes = pairs.flatMap(pairNotes);
  const titles = Object.fromEntries(pairs.flatMap(({ arm, title }) => title === undefined ? [] : [[arm, title]]));
  const single = arms.flatMap(({ arm, datasets, base }) =>
    datasets.filter((_, d) => base[d][0].length < 2).map((name) => `${name} of ${arm}`)
  );
  if (single.length > 0) {
    const identical = pairs.every(identicalCounts);
    const reason = identical ? SAME_COUNTS : `there is one problem in ${single.join(", ")}, and tests need two`;
    return { verdict: identical ? "ok" : "not-enough-data", reason, detect, tests: [], titles, notes };
  }
  const plan = arms.flatMap((arm) => planTests(arm, options.metrics));
  const tests = plan.map((test) => runTest(test, plan.length));
  const adjusted = holm(tests.map(({ pWorse }) => pWorse));
  const finished = tests.map((test, i) => ({
    ...test,
    pWorseHolm: adjusted[i],
    regressed: adjusted[i] < SIGNIFICANCE / 2 && test.high < 0,
    detectable: detectableLoss(test, tests.length),
  }));
  return { ...judge(finished, detect, pairs), detect, tests: finished, titles, notes };
}

const SAME_COUNTS = "every count is the same on both sides";

/**
 * The loss that both conditions of a regression let through: beyond chance on these problems, and beyond the seeds. Never
 * less than the interval leaves open, which is wide where no problem differs at all.
 */
function detectableLoss(test: SeedDifference, tests: number): number {
  return Math.hypot(
    Math.max(detectableDifference(test, { falseAlarm: SIGNIFICANCE / 2 / tests }), test.value - test.problemsLow),
    ...test.seedErrors.map((error) => detectableDifference(error, { falseAlarm: SIGNIFICANCE / 2 })),
  );
}

function judge(
  tests: readonly ComparisonTest[],
  detect: number,
  pairs: readonly ArmPair[],
): { verdict: ComparisonVerdict; reason: string } {
  const regressed = tests.filter((test) => test.regressed);
  if (regressed.length > 0) {
    const worst = regressed.reduce((a, b) => a.pWorseHolm <= b.pWorseHolm ? a : b);
    return {
      verdict: "regression",
      reason: `${regressed.length} of ${tests.length} tests are worse beyond chance; the clearest is ${
        testName(worst)
      }`,
    };
  }
  if (pairs.every(identicalCounts)) return { verdict: "ok", reason: SAME_COUNTS };
  const primary = primaryTests(tests);
  const blind = primary.filter(({ detectable }) => detectable * 100 > detect);
  if (blind.length > 0) {
    const worst = blind.reduce((a, b) => a.detectable >= b.detectable ? a : b);
    return {
      verdict: "not-enough-data",
      reason: `no loss is beyond chance, but a loss of ${detect} points could have been missed: ` +
        (worst.detectable > 1
          ? `${testName(worst)} shows no loss at all`
          : `${testName(worst)} shows losses from ${(worst.detectable * 100).toFixed(1)} points on`),
    };
  }
  return {
    verdict: "ok",
    reason: `no loss is beyond chance, and a loss of ${detect} points of ${primary[0].metric} would have been found`,
  };
}

/** What a test is about, for sentences. */
export function testName({ arm, dataset, metric }: ComparisonTest): string {
  return `${metric} ${dataset === null ? "on average" : `on ${dataset}`} of ${arm}`;
}

/** Of each arm, the first metric on average, or on its only dataset. */
function primaryTests(tests: readonly ComparisonTest[]): ComparisonTest[] {
  return [...Map.groupBy(tests, ({ arm }) => arm).values()].map((own) => {
    const first = own.filter(({ metric }) => metric === own[0].metric);
    return first.find(({ dataset }) => dataset === null) ?? first[0];
  });
}

type OpenTest = Omit<ComparisonTest, "pWorseHolm" | "regressed" | "detectable">;

/** One test to be made: a metric on one dataset, or on average. */
interface PlannedTest {
  readonly arm: AlignedArm;
  readonly metric: Metric;
  /** Null: on average. */
  readonly dataset: number | null;
}

/** Each metric on each dataset, and on average where there are several. */
function planTests(arm: AlignedArm, wanted?: readonly Metric[]): PlannedTest[] {
  const metrics = wanted ?? headlineMetrics([...arm.base, ...arm.changed].flat());
  const places = [...arm.datasets.keys(), ...(arm.datasets.length > 1 ? [null] : [])];
  return metrics.flatMap((metric) => places.map((dataset) => ({ arm, metric, dataset })));
}

function runTest({ arm, metric, dataset }: PlannedTest, tests: number): OpenTest {
  const part = (side: SideCounts) => {
    const values = valuesOf(dataset === null ? side : [side[dataset]], metric, arm.arm);
    return arm.trained ? values : joinSeeds(values);
  };
  const [base, changed] = [part(arm.base), part(arm.changed)];
  const name = dataset === null ? null : arm.datasets[dataset];
  const stream = `${arm.arm} ${name ?? ""} ${metricName(metric)}`;
  return {
    arm: arm.arm,
    dataset: name,
    metric: metricName(metric),
    base: meanOf(base),
    new: meanOf(changed),
    ...differenceOverSeeds(
      base,
      changed,
      arm.trained && arm.seedsPaired,
      stream,
      flipsFor(tests),
    ),
  };
}

function valuesOf(datasets: SideCounts, metric: Metric, arm: string): number[][][] {
  return datasets.map((seeds) =>
    seeds.map((problems) => {
      const values = metricValues(problems, metric);
      if (values !== undefined) return values;
      throw new BenchError(
        `Cannot compare ${metricName(metric)} of ${arm}: a side has ${
          Math.min(...problems.map(({ n }) => n))
        } samples per problem, or no votes; choose another with --metrics`,
      );
    })
  );
}

function meanOf(values: SeedValues): number {
  return mean(values.map((seeds) => mean(seeds.map(mean))));
}

function identicalCounts({ base, changed }: ArmPair): boolean {
  const counts = (side: readonly ResultSource[]) =>
    JSON.stringify(
      side.map(({ result }) =>
        result.datasets.map((
          { name, problems },
        ) => [name, problems.map(({ id, n, c, votes }) => [id, n, c, votes ?? null])])
      ),
    );
  return counts(base) === counts(changed);
}

function pairNotes({ arm, base, changed, superseded }: ArmPair): string[] {
  const notes: string[] = [];
  if (superseded.length > 0) {
    notes.push(`${arm}: left out for a later result of the same seed: ${superseded.join(", ")}`);
  }
  if ([...base, ...changed].some(({ result }) => result.status === "smoke")) {
    notes.push(`${arm}: a smoke run, on fewer problems than the datasets hold`);
  }
  if (Math.min(base.length, changed.length) === 1 && isTrained(base)) {
    notes.push(`${arm}: one training seed, so what another seed would change is not in these intervals`);
  }
  return notes;
}
