/**
 * Regression check: did a change make results worse, on the same problems? Four ends: ok, regression, not enough data to
 * tell, or an error where the two sides cannot be compared.
 *
 * @module
 */
import { alignArm, type ArmPair, isTrained, pairArms, type Protected, type SideCounts } from "./align.ts";
import { type PlannedTest, plannedTests } from "./planned_tests.ts";
import { BenchError, UsageError } from "../errors.ts";
import { type Metric, metricName, metricValues } from "../metrics/metric.ts";
import { mean } from "../metrics/estimate.ts";
import { flipsFor, holm, SIGNIFICANCE } from "../metrics/paired.ts";
import { differenceOverSeeds, joinSeeds, type SeedDifference, type SeedValues } from "../metrics/seeds.ts";
import { coverageOf, coverageText, isPart } from "../result/coverage.ts";
import type { ResultSource } from "../result/store.ts";
import { pointsText } from "../text/numbers.ts";

/** How a comparison ends. */
export type ComparisonVerdict = "ok" | "regression" | "not-enough-data";

/** How sure one wants to be. */
export interface ComparisonOptions {
  /** Metrics to test; of the first, averaged over datasets, a loss of `detect` has to be ruled out. */
  readonly metrics?: readonly Metric[];
  /** The loss that has to be ruled out, in points of 0 to 100. */
  readonly detect?: number;
  /** What may differ between the sides. */
  readonly allow?: readonly Protected[];
  /** Compare only results of these experiments (default: all but ablations, those where a side holds nothing else). */
  readonly experiments?: readonly string[] | undefined;
}

/** A loss of so many points has to be ruled out, unless `detect` says otherwise. */
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
  /**
   * `worse`: the loss is beyond chance, and beyond the spread between seeds where there are several; `worse-as-trained`:
   * beyond chance alone, another seed may do as well as BASE; `none`: neither.
   */
  readonly loss: "worse" | "worse-as-trained" | "none";
}

/** What a comparison found. */
export interface Comparison {
  /** Its end. */
  readonly verdict: ComparisonVerdict;
  /** One sentence: why. */
  readonly reason: string;
  /** The loss that had to be ruled out, in points of 0 to 100. */
  readonly detect: number;
  /** Every test, arm by arm and metric by metric. */
  readonly tests: readonly ComparisonTest[];
  /** What each arm is and whose, by the tests' `arm`, as far as the results say. */
  readonly titles: Readonly<Record<string, string>>;
  /** Arms of which every count is the same on both sides. */
  readonly unchanged: readonly string[];
  /** What a reader should know. */
  readonly notes: readonly string[];
}

/**
 * Compares two sides, arm by arm. Where each side has one arm, those two are compared whatever their names.
 *
 * A regression is a metric whose loss is beyond chance on these problems, by a sign-flip test with Holm's correction over
 * all datasets, metrics and arms, and, where there are several seeds, beyond the spread between seeds. Without one, all is
 * well where the interval of every arm's first metric, averaged over datasets, rules out a loss of `detect` points: its
 * lower end is above −`detect` (non-inferiority). Else the data are too few to tell.
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
  const { pairs, notes: pairing } = pairArms(base, changed, options);
  const allow = new Set(options.allow);
  const arms = pairs.map((pair) => alignArm(pair, allow));
  const notes = [...pairing, ...pairs.flatMap(pairNotes), ...coverageNotes(pairs)];
  const unchanged = pairs.filter(identicalCounts).map(({ arm }) => arm);
  const titles = Object.fromEntries(pairs.flatMap(({ arm, title }) => title === undefined ? [] : [[arm, title]]));
  const single = arms.flatMap(({ arm, datasets, base }) =>
    datasets.filter((_, d) => base[d][0].length < 2).map((name) => `${name} of ${arm}`)
  );
  if (single.length > 0) {
    const identical = unchanged.length === pairs.length;
    const reason = identical ? SAME_COUNTS : `there is one problem in ${single.join(", ")}, and tests need two`;
    return { verdict: identical ? "ok" : "not-enough-data", reason, detect, tests: [], titles, unchanged, notes };
  }
  const plan = arms.flatMap((arm) => plannedTests(arm, options.metrics));
  const tests = plan.map((test) => runTest(test, plan.length));
  const adjusted = holm(tests.map(({ pWorse }) => pWorse));
  const finished = tests.map((test, i) => ({ ...test, pWorseHolm: adjusted[i], loss: lossOf(test, adjusted[i]) }));
  const verdict = unchanged.length === pairs.length
    ? { verdict: "ok" as const, reason: SAME_COUNTS }
    : judge(finished, detect, new Set(unchanged));
  return { ...verdict, detect, tests: finished, titles, unchanged, notes };
}

const SAME_COUNTS = "every count is the same on both sides";

function lossOf({ high }: SeedDifference, pWorseHolm: number): ComparisonTest["loss"] {
  if (pWorseHolm >= SIGNIFICANCE / 2) return "none";
  return high < 0 ? "worse" : "worse-as-trained";
}

function judge(
  tests: readonly ComparisonTest[],
  detect: number,
  unchanged: ReadonlySet<string>,
): { verdict: ComparisonVerdict; reason: string } {
  const regressed = tests.filter(({ loss }) => loss === "worse");
  if (regressed.length > 0) {
    const worst = regressed.reduce((a, b) => a.pWorseHolm <= b.pWorseHolm ? a : b);
    return {
      verdict: "regression",
      reason: `${regressed.length} of ${tests.length} tests are worse beyond chance; the clearest is ${
        testName(worst)
      }`,
    };
  }
  const arms = Map.groupBy(tests.filter(({ arm }) => !unchanged.has(arm)), ({ arm }) => arm);
  const worst = [...arms.values()].map(primaryTest).reduce((a, b) => a.low <= b.low ? a : b);
  const found = `the interval of ${testName(worst)} begins at ${pointsText(worst.low)}`;
  return worst.low * 100 > -detect
    ? { verdict: "ok", reason: `no loss is beyond chance, and one of ${detect} points is ruled out: ${found}` }
    : {
      verdict: "not-enough-data",
      reason: `no loss is beyond chance, but one of ${detect} points is not ruled out: ${found}`,
    };
}

/** What a test is about, for sentences. */
export function testName({ arm, dataset, metric }: ComparisonTest): string {
  return `${metric} ${dataset === null ? "on average" : `on ${dataset}`} of ${arm}`;
}

/** Of an arm's tests, the first metric on average, or on its only dataset: the verdict is about this one. */
export function primaryTest(tests: readonly ComparisonTest[]): ComparisonTest {
  const first = tests.filter(({ metric }) => metric === tests[0].metric);
  return first.find(({ dataset }) => dataset === null) ?? first[0];
}

type OpenTest = Omit<ComparisonTest, "pWorseHolm" | "loss">;

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

function pairNotes({ arm, base, changed }: ArmPair): string[] {
  const notes: string[] = [];
  if ([...base, ...changed].some(({ result }) => result.status === "smoke")) notes.push(`${arm}: a smoke run`);
  if (Math.min(base.length, changed.length) === 1 && isTrained(base)) {
    notes.push(`${arm}: one training seed, so what another seed would change is not in these intervals`);
  }
  return notes;
}

/** Which datasets were scored in part. */
function coverageNotes(pairs: readonly ArmPair[]): string[] {
  const parts = pairs.flatMap(({ base, changed }) =>
    [...base, ...changed].flatMap(({ result }) =>
      result.datasets.map((dataset) => ({ name: dataset.name, coverage: coverageOf(dataset) }))
        .filter(({ coverage }) => isPart(coverage))
        .map(({ name, coverage }) => `${coverageText(coverage)} problems of ${name}`)
    )
  );
  return parts.length === 0 ? [] : [`scored: ${[...new Set(parts)].join(", ")}`];
}
