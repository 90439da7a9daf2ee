/**
 * Pairs of a gold answer and a prediction, from a JSONL text: one's own, or the samples of a run.
 *
 * @module
 */
import { loadDataset } from "../datasets/registry.ts";
import type { Problem } from "../datasets/problem.ts";
import type { ProblemKind } from "../datasets/problem_kind.ts";
import { BenchError } from "../errors.ts";

/** One pair. */
export interface Pair {
  readonly gold: string;
  readonly pred: string;
  /** What was asked, where it is known; of a function that is to be completed, its head. */
  readonly question?: string;
  /** What was asked for (default mathematics). */
  readonly kind?: ProblemKind;
}

/** A sample of a run, whose gold answer is in its dataset. */
interface SampleLine {
  readonly problem: string;
  readonly text: string;
}

type Fail = (found: string) => BenchError;

/**
 * Pairs of a JSONL text. A line of samples, which has `problem` and `text`, takes gold and question from its dataset.
 *
 * @param kind what the pairs are, where they are no samples
 * @throws {BenchError} naming the first line that is neither, or whose problem is unknown
 */
export async function readPairs(text: string, source: string, kind?: ProblemKind): Promise<Pair[]> {
  const lines = parsePairs(text, source);
  const problems = new Map<string, Problem>();
  for (const name of new Set(lines.flatMap((line) => "problem" in line ? [datasetOf(line.problem)] : []))) {
    for (const problem of (await loadDataset(name)).problems) problems.set(problem.id, problem);
  }
  return lines.map((line, index) => {
    if (!("problem" in line)) return { ...line, ...(kind !== undefined && { kind }) };
    const problem = problems.get(line.problem);
    if (!problem) {
      throw new BenchError(`Cannot grade ${source}:${index + 1}: there is no problem ${JSON.stringify(line.problem)}`);
    }
    const { answer, question, kind: own } = problem;
    return { gold: answer, pred: line.text, question, ...(own !== undefined && { kind: own }) };
  });
}

function datasetOf(problem: string): string {
  return problem.slice(0, problem.lastIndexOf("/"));
}

/**
 * The lines of a JSONL text.
 *
 * @throws {BenchError} naming the first line that is not an object with `gold` and `pred`, strings or numbers, nor a sample
 */
export function parsePairs(text: string, source: string): (Pair | SampleLine)[] {
  // A mark of the byte order, which some editors write, is no part of the first line.
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  if (lines.at(-1)?.trim() === "") lines.pop();
  return lines.map((line, index) => {
    const fail: Fail = (found) =>
      new BenchError(
        `Cannot grade ${source}:${index + 1}: found ${found}, expected {"gold": …, "pred": …} with strings`,
      );
    let pair: unknown;
    try {
      pair = JSON.parse(line);
    } catch {
      throw fail(`${JSON.stringify(line.slice(0, SHOWN))}, which is no JSON`);
    }
    if (typeof pair !== "object" || pair === null || Array.isArray(pair)) throw fail(line.slice(0, SHOWN));
    if (!Object.hasOwn(pair, "gold") && Object.hasOwn(pair, "problem")) {
      return { problem: textOf(pair, "problem", fail), text: textOf(pair, "text", fail) };
    }
    const question = Object.hasOwn(pair, "question") ? { question: textOf(pair, "question", fail) } : {};
    return { gold: textOf(pair, "gold", fail), pred: textOf(pair, "pred", fail), ...question };
  });
}

/** Characters of a bad line that an error shows. */
const SHOWN = 60;

function textOf(pair: object, name: string, fail: Fail): string {
  const value = Object.hasOwn(pair, name) ? (pair as Record<string, unknown>)[name] : undefined;
  if (typeof value === "string") return value;
  // Integers that a double holds exactly; others would change on the way.
  if (typeof value === "number" && (Number.isSafeInteger(value) || !Number.isInteger(value))) return String(value);
  throw fail(value === undefined ? `no "${name}"` : `"${name}": ${JSON.stringify(value)?.slice(0, SHOWN)}`);
}
