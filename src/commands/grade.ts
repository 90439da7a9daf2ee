/**
 * `grade --input FILE`: pairs of a gold answer and a prediction, a line each, to verdicts in the same order.
 *
 * @module
 */
import { EXIT } from "./command.ts";
import type { GradeArguments } from "./descriptions/results.ts";
import { BenchError, UsageError } from "../errors.ts";
import { programRunner } from "../experiment/program_runner.ts";
import type { Verdict } from "../grading/grade.ts";
import { GRADER_DEFAULTS } from "../grading/grader_config.ts";
import { judge } from "../grading/judge.ts";
import { readTextIfPresent } from "../files/read.ts";

/** @returns the exit code */
export async function run({ positionals, flags }: GradeArguments): Promise<number> {
  const input = flags.input ?? positionals[0];
  if (input === undefined) {
    throw new UsageError('Cannot grade without one file of pairs: expected --input FILE ("-" for standard input)');
  }
  // All lines are read before any verdict is printed, so that a bad line leaves no half of an output.
  const pairs = parsePairs(await readInput(input), input);
  const verdicts = await judged(pairs, flags);
  const lines = verdicts.map(({ equal, extracted, reason, detail, graderError }) =>
    JSON.stringify({
      equal,
      extracted: extracted ?? null,
      reason,
      ...(detail !== undefined && { detail }),
      ...(graderError !== undefined && { graderError }),
    })
  );
  if (lines.length > 0) console.log(lines.join("\n"));
  const failures = lines.filter((line) => line.includes('"graderError"')).length;
  if (failures > 0) console.error(`the grader failed on ${failures} of ${lines.length} pairs: reason "grader-error"`);
  return EXIT.ok;
}

/** Verdicts in the order of the pairs; programs run side by side. */
async function judged(pairs: readonly Pair[], flags: GradeArguments["flags"]): Promise<Verdict[]> {
  const { grader: name = "symbolic", kind = "mathematics", code, executor } = flags;
  const programs = programRunner(executor === undefined ? {} : { executor });
  const grader = { name, ...GRADER_DEFAULTS, ...(code !== undefined && { code }) };
  try {
    return await Promise.all(
      pairs.map(({ gold, pred, question = "" }, index) =>
        judge(pred, { id: String(index), question, answer: gold, kind }, {
          grader,
          thinking: false,
          executor: programs.executor,
        })
      ),
    );
  } finally {
    await programs.close();
  }
}

async function readInput(path: string): Promise<string> {
  if (path === "-") return await new Response(Deno.stdin.readable).text();
  const text = await readTextIfPresent(path);
  if (text === undefined) {
    throw new BenchError(`Cannot read ${path}: there is no such file; expected one {"gold": …, "pred": …} a line`);
  }
  return text;
}

interface Pair {
  readonly gold: string;
  readonly pred: string;
  /** Of a function that is to be completed: its head. */
  readonly question?: string;
}

/**
 * Pairs of a JSONL text.
 *
 * @throws {BenchError} naming the first line that is not an object with `gold` and `pred`, strings or numbers
 */
export function parsePairs(text: string, source: string): Pair[] {
  // A mark of the byte order, which some editors write, is no part of the first line.
  const lines = text.replace(/^\uFEFF/, "").split("\n");
  if (lines.at(-1)?.trim() === "") lines.pop();
  return lines.map((line, index) => {
    const fail = (found: string) =>
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
    return {
      gold: answerText(pair, "gold", fail),
      pred: answerText(pair, "pred", fail),
      ...("question" in pair && { question: answerText(pair, "question", fail) }),
    };
  });
}

/** Characters of a bad line that an error shows. */
const SHOWN = 60;

function answerText(pair: object, name: keyof Pair, fail: (found: string) => BenchError): string {
  const value = Object.hasOwn(pair, name) ? (pair as Record<string, unknown>)[name] : undefined;
  if (typeof value === "string") return value;
  // Integers that a double holds exactly; others would change on the way.
  if (typeof value === "number" && (Number.isSafeInteger(value) || !Number.isInteger(value))) return String(value);
  throw fail(value === undefined ? `no "${name}"` : `"${name}": ${JSON.stringify(value)?.slice(0, SHOWN)}`);
}
