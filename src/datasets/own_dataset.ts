/**
 * A user's own problems: a JSONL file with `{"id", "question", "answer"}` on each line, and `"kind"` where they are not
 * of mathematics.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { sha256 } from "../files/hash.ts";
import { type Dataset, dataset } from "./dataset.ts";
import type { Problem } from "./problem.ts";
import { PROBLEM_KINDS, type ProblemKind } from "./problem_kind.ts";

/** Digits of the file's hash that are its version. */
const VERSION_DIGITS = 12;

/**
 * Reads the file; the dataset is named after it, and its version is the file's hash.
 *
 * @throws {BenchError} If there is no file, or a line is not as it must be; the message names file and line
 */
export function readOwnDataset(path: string): Dataset {
  const bytes = readFile(path);
  const problems = new Map<string, Problem>();
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  lines.forEach((line, i) => {
    if (line.trim() === "") return;
    const problem = parseProblem(line, `${path}:${i + 1}`);
    if (problems.has(problem.id)) {
      throw new BenchError(
        `Cannot read ${path}:${i + 1}: found id "${problem.id}" a second time, expected one line per id`,
      );
    }
    problems.set(problem.id, problem);
  });
  if (problems.size === 0) {
    throw new BenchError(`Cannot read ${path}: found no problems, expected {"id", "question", "answer"} on each line`);
  }
  const [kind, ...others] = new Set([...problems.values()].map(({ kind }) => kind));
  if (others.length > 0) {
    throw new BenchError(
      `Cannot read ${path}: found problems of kind ${kind ?? "mathematics"} and ${others[0] ?? "mathematics"}, ` +
        `expected one kind; put each into a file of its own`,
    );
  }
  return dataset({
    name: path.split(/[/\\]/).at(-1)!.replace(/\.jsonl$/, ""),
    version: sha256(bytes).slice(0, VERSION_DIGITS),
    licence: "as its owner says",
    source: path,
    ...(kind !== undefined && { kind }),
    problems: [...problems.values()],
  });
}

function parseProblem(line: string, place: string): Problem {
  let row: Record<string, unknown>;
  try {
    row = JSON.parse(line);
  } catch {
    throw new BenchError(`Cannot read ${place}: found ${JSON.stringify(line.slice(0, 40))}, expected one JSON object`);
  }
  const wrong: string[] = [];
  const field = (name: "id" | "question" | "answer"): string => {
    const value = row?.[name];
    if (typeof value === "string" && value.trim() !== "") return value;
    if (name !== "question" && typeof value === "number" && Number.isFinite(value)) return String(value);
    wrong.push(`${value === undefined ? "nothing" : JSON.stringify(value).slice(0, 40)} as "${name}"`);
    return "";
  };
  const problem = { id: field("id"), question: field("question"), answer: field("answer") };
  const { kind } = row ?? {};
  if (kind !== undefined && !PROBLEM_KINDS.includes(kind as ProblemKind)) {
    throw new BenchError(
      `Cannot read ${place}: found ${JSON.stringify(kind).slice(0, 40)} as "kind", ` +
        `expected ${PROBLEM_KINDS.join(", ")}`,
    );
  }
  if (wrong.length === 0 && kind === "multiple-choice" && !/^[A-D]$/.test(problem.answer)) {
    wrong.push(`${JSON.stringify(problem.answer).slice(0, 40)} as "answer" of a multiple choice from A to D`);
  }
  if (wrong.length === 0) {
    return kind === undefined || kind === "mathematics" ? problem : { ...problem, kind: kind as ProblemKind };
  }
  const others = Object.keys(row ?? {}).filter((key) => !(key in problem)).slice(0, 5);
  const keys = others.length === 0 ? "" : `; the row has ${others.map((key) => JSON.stringify(key)).join(", ")}`;
  throw new BenchError(`Cannot read ${place}: found ${wrong.join(", ")}, expected text${keys}`);
}

function readFile(path: string): Uint8Array {
  try {
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new BenchError(`Cannot read ${path}: there is no such file; give the path of a JSONL file of problems`);
    }
    if (error instanceof Deno.errors.IsADirectory) {
      throw new BenchError(`Cannot read ${path}: found a folder, expected a JSONL file of problems`);
    }
    throw error;
  }
}
