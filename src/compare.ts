/**
 * Regression check: did a change make results worse, on the same problems? Four ends: ok, regression, not enough data to
 * tell, or an error where the two sides cannot be compared.
 *
 * @module
 */
import { BenchError, UsageError } from "./errors.ts";
import { headlineMetrics, type Metric, metricName, metricValues } from "./metrics/metric.ts";
import { holm } from "./metrics/paired.ts";
import { detectableDifference } from "./metrics/power.ts";
import { differenceOverSeeds, type SeedDifference, type SeedValues } from "./metrics/seeds.ts";
import type { StoredResult } from "./result/store.ts";
import type { ProblemCounts, Result } from "./result/types.ts";

/** What may differ between two sides only where it is allowed by name. */
export const PROTECTED = ["datasets", "grader", "prompt"] as const;
export type Protected = typeof PROTECTED[number];

export type Verdict = "ok" | "regression" | "not-enough-data";

/** How sure one wants to be. */
export interface ComparisonOptions {
  /** Metrics to test; the first, averaged over datasets, must be able to show `detect`. */
  readonly metrics?: readonly Metric[];
  /** The loss that must be visible, in points of 0 to 100. */
  readonly detect?: number;
  readonly allow?: readonly Protected[];
}

/** A loss smaller than this many points may go unseen unless `detect` says otherwise. */
export const DEFAULT_DETECT = 5;

/** Chance of a false alarm on either side, over all tests together. */
export const FALSE_ALARM = 0.05;

/** One metric of one arm on one dataset, or on average where `dataset` is null. */
export interface ComparisonTest extends SeedDifference {
  readonly arm: string;
  readonly dataset: string | null;
  readonly metric: string;
  readonly base: number;
  readonly new: number;
  /** One-sided p-value after Holm over all tests. */
  readonly pWorseHolm: number;
  readonly regressed: boolean;
  /** The loss that would be found with probability 0.8, in [0, 1]. */
  readonly detectable: number;
}

export interface Comparison {
  readonly verdict: Verdict;
  /** One sentence: why. */
  readonly reason: string;
  readonly detect: number;
  readonly tests: readonly ComparisonTest[];
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
 */
export function compareResults(
  base: readonly StoredResult[],
  changed: readonly StoredResult[],
  options: ComparisonOptions = {},
): Comparison {
  const detect = options.detect ?? DEFAULT_DETECT;
  if (!(detect > 0)) throw new UsageError(`Cannot detect a loss of ${detect} points: expected a number above 0`);
  const pairs = pairArms(base, changed);
  const allow = new Set(options.allow);
  const tests = pairs.flatMap((pair) => armTests(alignArms(pair, allow), options.metrics));
  const adjusted = holm(tests.map(({ pWorse }) => pWorse));
  const finished = tests.map((test, i) => ({
    ...test,
    pWorseHolm: adjusted[i],
    regressed: adjusted[i] < FALSE_ALARM / 2 && test.high < 0,
    detectable: detectableDifference(test, { falseAlarm: FALSE_ALARM / 2 / tests.length }),
  }));
  const notes = pairs.flatMap(pairNotes);
  return { ...judge(finished, detect, pairs), detect, tests: finished, notes };
}

interface ArmPair {
  readonly arm: string;
  readonly base: readonly StoredResult[];
  readonly changed: readonly StoredResult[];
}

function judge(
  tests: readonly ComparisonTest[],
  detect: number,
  pairs: readonly ArmPair[],
): { verdict: Verdict; reason: string } {
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
  if (pairs.every(identicalCounts)) return { verdict: "ok", reason: "every count is the same on both sides" };
  const primary = primaryTests(tests);
  const blind = primary.filter(({ detectable }) => detectable * 100 > detect);
  if (blind.length > 0) {
    const worst = blind.reduce((a, b) => a.detectable >= b.detectable ? a : b);
    return {
      verdict: "not-enough-data",
      reason: `no loss is beyond chance, but a loss of ${detect} points could have been missed: ` +
        `${testName(worst)} shows losses from ${(worst.detectable * 100).toFixed(1)} points on`,
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

function pairArms(base: readonly StoredResult[], changed: readonly StoredResult[]): ArmPair[] {
  const [before, after] = [byArm(base, "BASE"), byArm(changed, "NEW")];
  if (before.size === 1 && after.size === 1) {
    const [[name, own]] = before;
    const [[newName, newOwn]] = after;
    return [{ arm: name === newName ? name : `${name} → ${newName}`, base: own, changed: newOwn }];
  }
  const lost = [...before.keys()].filter((arm) => !after.has(arm));
  if (lost.length > 0) {
    throw new BenchError(
      `Cannot compare: NEW has no result of ${lost.join(", ")}, expected every arm of BASE; ` +
        `name the files of one arm on each side to compare those`,
    );
  }
  return [...before].map(([arm, own]) => ({ arm, base: own, changed: after.get(arm)! }));
}

/** Usable results by arm, each in the order of seeds. */
function byArm(results: readonly StoredResult[], side: string): Map<string, StoredResult[]> {
  const usable = results.filter(({ result }) => result.status !== "failed");
  if (usable.length === 0) throw new BenchError(`Cannot compare: ${side} holds no result that did not fail`);
  const groups = Map.groupBy(usable, ({ result }) => result.arm.label);
  for (const [arm, own] of groups) {
    own.sort((a, b) => a.result.arm.seed - b.result.arm.seed);
    const twin = own.findIndex((stored, i) => i > 0 && stored.result.arm.seed === own[i - 1].result.arm.seed);
    if (twin > 0) {
      throw new BenchError(
        `Cannot compare: ${side} holds seed ${own[twin].result.arm.seed} of ${arm} twice, in ${
          own[twin - 1].path
        } and ` +
          `${own[twin].path}; name the files to use`,
      );
    }
  }
  return groups;
}

interface AlignedArms {
  readonly arm: string;
  readonly names: readonly string[];
  /** (datasets)(seeds)(problems), the same problems in the same order on both sides. */
  readonly base: readonly (readonly (readonly ProblemCounts[])[])[];
  readonly changed: readonly (readonly (readonly ProblemCounts[])[])[];
  readonly seedsPaired: boolean;
}

function alignArms({ arm, base, changed }: ArmPair, allow: ReadonlySet<Protected>): AlignedArms {
  const first = base[0].result;
  const all = [...base, ...changed];
  for (const { result, path } of all) refuseDifferences(first, result, path, allow);
  const names = first.datasets.map(({ name }) => name)
    .filter((name) => all.every(({ result }) => result.datasets.some((dataset) => dataset.name === name)));
  if (names.length === 0) throw new BenchError(`Cannot compare ${arm}: the two sides share no dataset`);
  const ids = names.map((name) =>
    problemsOf(first, name).map(({ id }) => id)
      .filter((id) => all.every(({ result }) => problemsOf(result, name).some((problem) => problem.id === id)))
  );
  names.forEach((name, d) => {
    if (ids[d].length < 2) {
      throw new BenchError(
        `Cannot compare ${arm} on ${name}: the two sides share ${ids[d].length} problems, expected 2`,
      );
    }
  });
  const aligned = (side: readonly StoredResult[]) =>
    names.map((name, d) =>
      side.map(({ result }) => {
        const byId = new Map(problemsOf(result, name).map((problem) => [problem.id, problem]));
        return ids[d].map((id) => byId.get(id)!);
      })
    );
  const seeds = (side: readonly StoredResult[]) => side.map(({ result }) => result.arm.seed).join();
  return {
    arm,
    names,
    base: aligned(base),
    changed: aligned(changed),
    seedsPaired: base.length > 1 && seeds(base) === seeds(changed),
  };
}

function problemsOf(result: Result, dataset: string): readonly ProblemCounts[] {
  return result.datasets.find(({ name }) => name === dataset)!.problems;
}

/** What would make a difference of scores mean something else than a difference of models. */
function refuseDifferences(first: Result, other: Result, path: string, allow: ReadonlySet<Protected>): void {
  const refuse = (kind: Protected, what: string, found: string, expected: string) => {
    if (allow.has(kind)) return;
    throw new BenchError(
      `Cannot compare: ${path} has ${what} ${found}, BASE has ${expected}; ` +
        `results differ for that reason alone (--allow ${kind} compares all the same)`,
    );
  };
  const grader = ({ grader: { name, version } }: Result) => `${name} ${version}`;
  if (grader(first) !== grader(other)) refuse("grader", "the grader", grader(other), grader(first));
  const [prompt, otherPrompt] = [first.model.promptSha256, other.model.promptSha256];
  if (prompt !== otherPrompt) refuse("prompt", "the prompt", otherPrompt ?? "unknown", prompt ?? "unknown");
  const names = (result: Result) => result.datasets.map(({ name }) => name).toSorted().join(", ");
  if (names(first) !== names(other)) refuse("datasets", "the datasets", names(other), names(first));
  for (const dataset of first.datasets) {
    const twin = other.datasets.find(({ name }) => name === dataset.name);
    if (twin === undefined) continue;
    const version = ({ version, sha256 }: typeof dataset) =>
      `${version}${sha256 ? ` (sha256 ${sha256.slice(0, 8)})` : ""}`;
    if (dataset.version !== twin.version || dataset.sha256 !== twin.sha256) {
      refuse("datasets", `dataset ${dataset.name}`, version(twin), version(dataset));
    }
    const ids = ({ problems }: typeof dataset) => problems.map(({ id }) => id).toSorted().join("\n");
    if (ids(dataset) !== ids(twin)) {
      refuse("datasets", `other problems of ${dataset.name},`, `${twin.problems.length}`, `${dataset.problems.length}`);
    }
  }
}

type OpenTest = Omit<ComparisonTest, "pWorseHolm" | "regressed" | "detectable">;

/** Each metric on each dataset, and on average where there are several. */
function armTests(arms: AlignedArms, wanted?: readonly Metric[]): OpenTest[] {
  const metrics = wanted ?? headlineMetrics([...arms.base, ...arms.changed].flat());
  return metrics.flatMap((metric) => {
    const [base, changed] = [valuesOf(arms.base, metric, arms.arm), valuesOf(arms.changed, metric, arms.arm)];
    const test = (dataset: string | null, a: SeedValues, b: SeedValues): OpenTest => {
      const name = `${arms.arm} ${dataset ?? ""} ${metricName(metric)}`;
      return {
        arm: arms.arm,
        dataset,
        metric: metricName(metric),
        base: meanOf(a),
        new: meanOf(b),
        ...differenceOverSeeds(a, b, arms.seedsPaired, name),
      };
    };
    const single = arms.names.map((name, d) => test(name, [base[d]], [changed[d]]));
    return arms.names.length === 1 ? single : [...single, test(null, base, changed)];
  });
}

function valuesOf(datasets: AlignedArms["base"], metric: Metric, arm: string): number[][][] {
  return datasets.map((seeds) =>
    seeds.map((problems) => {
      const values = metricValues(problems, metric);
      if (values !== undefined) return values;
      throw new BenchError(
        `Cannot compare ${metricName(metric)} of ${arm}: a side has ${
          Math.min(...problems.map(({ n }) => n))
        } samples a problem, or no votes; choose another with --metrics`,
      );
    })
  );
}

function meanOf(values: SeedValues): number {
  const average = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return average(values.map((seeds) => average(seeds.map(average))));
}

function identicalCounts({ base, changed }: ArmPair): boolean {
  const counts = (side: readonly StoredResult[]) =>
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
  if ([...base, ...changed].some(({ result }) => result.status === "smoke")) {
    notes.push(`${arm}: a smoke run, on fewer problems than the datasets hold`);
  }
  if (Math.min(base.length, changed.length) === 1 && base[0].result.training.steps > 0) {
    notes.push(`${arm}: one training seed, so what another seed would change is not in these intervals`);
  }
  return notes;
}
