/**
 * Whether a value is a result file: its shape by the schema, its counts by arithmetic, its metrics by deriving them again.
 *
 * @module
 */
import schemaV1 from "../../results/schema/result-v1.schema.json" with { type: "json" };
import { BenchError } from "../errors.ts";
import { averageMetrics, deriveMetrics } from "../metrics/derive.ts";
import { findFault, type JsonSchema } from "./json_schema.ts";
import type { Result } from "./types.ts";
import { jsonSha256 } from "../files/hash.ts";
import type { DatasetMetrics, EstimatesByK, ProblemCounts } from "../metrics/types.ts";

/** The published schema of results, version 1. */
export const RESULT_SCHEMA = schemaV1 as JsonSchema;

/** Derived numbers agree to this, relatively: another machine's `exp` and `log` may differ in the last digits. */
const TOLERANCE = 1e-9;

/**
 * The value as a result.
 *
 * @param place what to call the file in an error
 * @throws {BenchError} If it does not follow the schema, if its counts contradict each other, or if its metrics do not
 * follow from its counts; the message names the place
 */
export function validateResult(value: unknown, place = "result"): Result {
  const version = (value as { schemaVersion?: unknown } | null)?.schemaVersion;
  if (version !== 1) {
    throw refusal(place, { place: "schemaVersion", found: JSON.stringify(version) ?? "nothing", expected: "1" });
  }
  const fault = findFault(value, RESULT_SCHEMA);
  if (fault) throw refusal(place, fault);
  const result = value as Result;
  checkStatus(result, place);
  const { config, configSha256 } = result.experiment;
  if (configSha256 !== jsonSha256(config)) {
    throw refusal(place, {
      place: "experiment.configSha256",
      found: configSha256,
      expected: `${jsonSha256(config)}, the hash of experiment.config`,
    });
  }
  checkDatasets(result, place);
  return result;
}

interface Disagreement {
  readonly place: string;
  readonly found: string | number | null | undefined;
  readonly expected: string | number | null | undefined;
}

function refusal(file: string, { place, found, expected }: Disagreement): BenchError {
  return new BenchError(`Cannot accept ${file}: ${place || "the document"} is ${found}, expected ${expected}`);
}

function checkStatus({ status, error, source, datasets, training, arm }: Result, file: string): void {
  if ((status === "failed") !== (error !== undefined)) {
    throw refusal(file, {
      place: "error",
      found: error === undefined ? "absent" : "present",
      expected: "present exactly where status is failed",
    });
  }
  if ((status === "imported") !== (source !== undefined)) {
    throw refusal(file, {
      place: "source",
      found: source === undefined ? "absent" : "present",
      expected: "present exactly where status is imported",
    });
  }
  if (status !== "failed" && datasets.length === 0) {
    throw refusal(file, { place: "datasets", found: "empty", expected: "at least one dataset" });
  }
  if (arm.algorithm === "base" && training.steps !== 0) {
    throw refusal(file, { place: "training.steps", found: training.steps, expected: "0, as the algorithm is base" });
  }
}

function checkDatasets(result: Result, file: string): void {
  const names = result.datasets.map(({ name }) => name);
  result.datasets.forEach(({ name, problems, metrics }, d) => {
    const place = `datasets[${d}]`;
    if (names.indexOf(name) !== d) throw refusal(file, { place: `${place}.name`, found: name, expected: "a new name" });
    const ids = new Set<string>();
    problems.forEach((problem, i) => {
      const fault = countFault(problem, result.status === "imported");
      if (fault) throw refusal(file, { ...fault, place: `${place}.problems[${i}]${fault.place}` });
      if (ids.has(problem.id)) {
        throw refusal(file, { place: `${place}.problems[${i}].id`, found: problem.id, expected: "a new id" });
      }
      ids.add(problem.id);
    });
    const sizes = { passAt: sizesOf(metrics.passAt), majorityAt: sizesOf(metrics.majorityAt) };
    checkMetrics(metrics, deriveMetrics(problems, sizes), `${place}.metrics`, file);
  });
  const average = averageMetrics(result.datasets.map(({ metrics }) => metrics));
  checkMetrics(result.average, average, "average", file);
}

/** What contradicts arithmetic in one problem's counts. */
function countFault(problem: ProblemCounts, countsOnly: boolean): Disagreement | undefined {
  const { n, c, votes, tokens, truncated, unextracted, graderErrors } = problem;
  if (c > n) return { place: ".c", found: c, expected: `at most n = ${n}` };
  if ((truncated ?? 0) > n) return { place: ".truncated", found: truncated, expected: `at most n = ${n}` };
  const missing = (["votes", "tokens", "truncated", "unextracted", "graderErrors"] as const)
    .find((key) => problem[key] === undefined);
  if (missing !== undefined && !countsOnly) {
    return { place: `.${missing}`, found: "absent", expected: "present unless imported" };
  }
  if (tokens !== undefined && (tokens.correctMean === null) !== (c === 0)) {
    return {
      place: ".tokens.correctMean",
      found: tokens.correctMean,
      expected: `null exactly where c = 0, and c = ${c}`,
    };
  }
  if (votes === undefined) return undefined;
  const right = votes.filter(([, , correct]) => correct).reduce((sum, [, count]) => sum + count, 0);
  if (right !== c) return { place: ".c", found: c, expected: `${right}, the sum of the right votes` };
  const cast = votes.reduce((sum, [, count]) => sum + count, 0);
  const accounted = cast + (unextracted ?? 0) + (graderErrors ?? 0);
  if (countsOnly ? accounted > n : accounted !== n) {
    return { place: ".n", found: n, expected: `${accounted}, the sum of votes, unextracted and graderErrors` };
  }
  const answers = votes.map(([answer]) => answer);
  const repeated = answers.findIndex((answer, i) => answers.indexOf(answer) !== i);
  return repeated < 0
    ? undefined
    : { place: `.votes[${repeated}][0]`, found: answers[repeated], expected: "a new answer" };
}

function sizesOf(estimates: EstimatesByK): number[] {
  return Object.keys(estimates).map(Number);
}

function checkMetrics(found: DatasetMetrics, derived: DatasetMetrics, place: string, file: string): void {
  const fault = difference(found, derived, place);
  if (fault) throw refusal(file, { ...fault, expected: `${fault.expected}, as the counts give it` });
}

/** The first place where two trees of numbers differ by more than rounding. */
function difference(found: unknown, derived: unknown, place: string): Disagreement | undefined {
  if (typeof found === "object" && found !== null && typeof derived === "object" && derived !== null) {
    for (const key of new Set([...Object.keys(found), ...Object.keys(derived)])) {
      const fault = difference(
        (found as Record<string, unknown>)[key],
        (derived as Record<string, unknown>)[key],
        `${place}.${key}`,
      );
      if (fault) return fault;
    }
    return undefined;
  }
  const equal = typeof found === "number" && typeof derived === "number"
    ? Math.abs(found - derived) <= TOLERANCE * Math.max(1, Math.abs(derived))
    : found === derived;
  return equal ? undefined : { place, found: shown(found), expected: shown(derived) };
}

function shown(value: unknown): string {
  return typeof value === "object" && value !== null ? "present" : JSON.stringify(value) ?? "absent";
}
