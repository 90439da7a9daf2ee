/**
 * Whether a value is a result file: its shape by the schema, its counts by arithmetic, its metrics by deriving them again.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { domainOf, isProgramming } from "../datasets/problem_kind.ts";
import { check, type Fault, faultError, foundText, NOTHING, type Path, type Subject } from "../files/check.ts";
import { jsonSha256 } from "../files/hash.ts";
import { nestsAtMost } from "../files/json.ts";
import { averageMetrics, deriveMetrics } from "../metrics/derive.ts";
import { INTERVALS_VERSION } from "../metrics/estimate.ts";
import type { DatasetMetrics, EstimatesByK } from "../metrics/types.ts";
import { curveMismatch } from "../training/curve_mismatch.ts";
import { problemsFault, workFault } from "./count_faults.ts";
import { fromVersion1, RESULT_V1 } from "./earlier_versions.ts";
import { RESULT } from "./schema.ts";
import type { Result } from "./types.ts";

/** Derived numbers agree to this, relatively: another machine's `exp` and `log` may differ in the last digits. */
const TOLERANCE = 1e-9;
/** Roots of variances, which agree where the variances do: one of rounding alone has a root that looks like something. */
const ROOTS: ReadonlySet<PropertyKey> = new Set(["seSet"]);

/**
 * The value as a result.
 *
 * @param file what to call the value in an error
 * @throws {BenchError} If it does not follow the schema, if its counts contradict each other, or if its metrics do not
 * follow from its counts; the message names the place
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const { results: [{ result }] } = await bench(tiny, few);
 * assertEquals(validateResult(result), result);
 * const twice = { ...result, average: { ...result.average, meanTokens: 2 * result.average.meanTokens! } };
 * assertThrows(() => validateResult(twice), Error, "average.meanTokens");
 * ```
 */
export function validateResult(value: unknown, file = "result"): Result {
  return checkResult(value, { cannot: "read", of: file });
}

/**
 * The same under another name in the error.
 *
 * @throws {BenchError} As {@link validateResult}
 */
export function checkResult(value: unknown, subject: Subject): Result {
  requireShallow(value, subject);
  // Of another version no other field can be expected, so its faults would be noise.
  const { schemaVersion } = check(ANY_VERSION, value, subject);
  const result = schemaVersion === 1
    ? fromVersion1(check(RESULT_V1, value, subject))
    : check(RESULT, value, subject) as Result;
  refuse(statusFault(result) ?? configFault(result) ?? trainingFault(result) ?? datasetsFault(result), subject);
  const derived = derive(result);
  refuse(derivedFault(result, derived) ?? tokensFault(result), subject);
  return result.intervals === INTERVALS_VERSION ? result : withPresentIntervals(result, derived);
}

/** Configurations nest a dozen deep. */
const MOST_DEPTH = 64;

/**
 * What walks a value goes as deep as it nests.
 *
 * @throws {BenchError} If that is too deep for a result
 */
export function requireShallow(value: unknown, subject: Subject): void {
  if (nestsAtMost(value, MOST_DEPTH)) return;
  throw faultError(subject, {
    path: [],
    found: "deeper ones",
    expected: `lists and objects at most ${MOST_DEPTH} deep`,
  });
}

function refuse(fault: Fault | undefined, subject: Subject): void {
  if (fault !== undefined) throw faultError(subject, fault);
}

/** Metrics that follow from the counts, at the sizes k that the file has. */
interface Derived {
  readonly datasets: readonly DatasetMetrics[];
  readonly average: DatasetMetrics;
}

function derive({ datasets }: Result): Derived {
  const metrics = datasets.map(({ problems, metrics: { passAt, majorityAt } }) =>
    deriveMetrics(problems, { passAt: sizesOf(passAt), majorityAt: sizesOf(majorityAt) })
  );
  return { datasets: metrics, average: averageMetrics(metrics) };
}

/** A result whose intervals follow an earlier rule, with today's: they are the counts' as well. */
function withPresentIntervals(result: Result, { datasets, average }: Derived): Result {
  return {
    ...result,
    intervals: INTERVALS_VERSION,
    datasets: result.datasets.map((dataset, d) => ({ ...dataset, metrics: datasets[d] })),
    average,
  };
}

const ANY_VERSION = z.looseObject({ schemaVersion: z.literal([1, 2]) });

function statusFault({ status, error, source, datasets, training, arm }: Result): Fault | undefined {
  for (const [key, value, needs] of [["error", error, "failed"], ["source", source, "imported"]] as const) {
    if ((status === needs) === (value !== undefined)) continue;
    return {
      path: [key],
      found: value === undefined ? NOTHING : foundText(value),
      expected: value === undefined ? `text where status is ${needs}` : `none unless status is ${needs}`,
    };
  }
  if (status !== "failed" && datasets.length === 0) {
    return { path: ["datasets"], found: foundText(datasets), expected: "at least one dataset" };
  }
  if (arm.algorithm === "base" && training.steps !== 0) {
    return { path: ["training", "steps"], found: `${training.steps}`, expected: "0, as the algorithm is base" };
  }
  return undefined;
}

/** Steps, curve, trained model and mismatch tell one story. */
function trainingFault({ status, model, training: { steps, curve, mismatch } }: Result): Fault | undefined {
  if (status === "failed") return undefined;
  if (curve.length !== steps) {
    return { path: ["training", "curve"], found: `${curve.length} points`, expected: `${steps}, one a step` };
  }
  const out = curve.findIndex(({ step }, i) => step !== i + 1);
  if (out >= 0) {
    return { path: ["training", "curve", out, "step"], found: `${curve[out].step}`, expected: `${out + 1}` };
  }
  if (model.trained.steps !== undefined && model.trained.steps !== steps) {
    return {
      path: ["model", "trained", "steps"],
      found: foundText(model.trained.steps),
      expected: `${steps}, as training.steps`,
    };
  }
  return mismatch === null ? undefined : difference(mismatch, curveMismatch(curve), ["training", "mismatch"]);
}

/** Thought and answer together are the tokens of the average. */
function tokensFault({ thoughtTokens, answerTokens, average: { meanTokens } }: Result): Fault | undefined {
  if (thoughtTokens === null || answerTokens === null || meanTokens === null) return undefined;
  const fault = difference(thoughtTokens + answerTokens, meanTokens, ["thoughtTokens"]);
  return fault && { ...fault, expected: `with answerTokens ${meanTokens}, as average.meanTokens` };
}

function configFault({ experiment: { config, configSha256 } }: Result): Fault | undefined {
  const hash = jsonSha256(config);
  if (configSha256 === hash) return undefined;
  return {
    path: ["experiment", "configSha256"],
    found: configSha256,
    expected: `${hash}, the hash of experiment.config`,
  };
}

/** What contradicts itself in datasets and their counts. */
function datasetsFault({ status, datasets }: Result): Fault | undefined {
  const names = datasets.map(({ name }) => name);
  const [domain] = datasets.map(({ kind }) => domainOf(kind));
  for (const [d, { name, kind, problems, coverage: { scored, of } }] of datasets.entries()) {
    const at = (fault: Fault) => ({ ...fault, path: ["datasets", d, ...fault.path] });
    if (names.indexOf(name) !== d) return at({ path: ["name"], found: foundText(name), expected: "a new name" });
    if (domainOf(kind) !== domain) {
      return at({ path: ["kind"], found: kind ?? "mathematics", expected: `a kind of ${domain}, as of the first one` });
    }
    const fault = problemsFault(problems, { countsOnly: status === "imported", voted: !isProgramming(kind) });
    if (fault) return at(fault);
    if (scored !== problems.length) {
      return at({ path: ["coverage", "scored"], found: `${scored}`, expected: `${problems.length}, its problems` });
    }
    if (of !== null && of < scored) {
      return at({ path: ["coverage", "of"], found: `${of}`, expected: `at least ${scored}, the problems scored` });
    }
  }
  return workFault(datasets);
}

/** Where metrics are not what the counts give. */
function derivedFault({ intervals, datasets, average }: Result, derived: Derived): Fault | undefined {
  // Ends of another rule are replaced, so nothing is asked of them.
  const left = intervals === INTERVALS_VERSION ? [] : INTERVAL_ENDS;
  for (const [d, { metrics }] of datasets.entries()) {
    const fault = metricsFault(metrics, derived.datasets[d], ["datasets", d, "metrics"], left);
    if (fault) return fault;
  }
  return metricsFault(average, derived.average, ["average"], left);
}

/** Keys of an estimate that its interval's rule decides. */
const INTERVAL_ENDS: readonly string[] = ["low", "high"];

function sizesOf(estimates: EstimatesByK): number[] {
  return Object.keys(estimates).map(Number);
}

function metricsFault(
  found: DatasetMetrics,
  derived: DatasetMetrics,
  path: Path,
  left: readonly string[],
): Fault | undefined {
  const fault = difference(found, derived, path, left);
  return fault && { ...fault, expected: `${fault.expected}, as the counts give it` };
}

/**
 * The first place where two trees of numbers differ by more than rounding.
 *
 * @param left keys that are left out
 */
function difference(found: unknown, derived: unknown, path: Path, left: readonly string[] = []): Fault | undefined {
  if (typeof found === "object" && found !== null && typeof derived === "object" && derived !== null) {
    for (const key of new Set([...Object.keys(found), ...Object.keys(derived)])) {
      if (left.includes(key)) continue;
      const fault = difference(
        (found as Record<string, unknown>)[key],
        (derived as Record<string, unknown>)[key],
        [...path, key],
        left,
      );
      if (fault) return fault;
    }
    return undefined;
  }
  const equal = typeof found === "number" && typeof derived === "number"
    ? Math.abs(found - derived) <= TOLERANCE * Math.max(1, Math.abs(derived)) ||
      ROOTS.has(path.at(-1)!) && Math.abs(found ** 2 - derived ** 2) <= Number.EPSILON
    : found === derived;
  return equal ? undefined : { path, found: presence(found), expected: presence(derived) };
}

function presence(value: unknown): string {
  return value === undefined ? NOTHING : foundText(value);
}
