/**
 * `grade --input FILE`: pairs of a gold answer and a prediction, a line each, to verdicts in the same order; with
 * `--against`, the pairs on which other graders differ.
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
import { type Pair, readPairs } from "./pairs.ts";
import { askGraders, differenceLines, opinionSummary } from "./second_opinion.ts";

/** @returns the exit code */
export async function run({ positionals, flags }: GradeArguments): Promise<number> {
  const input = flags.input ?? positionals[0];
  if (input === undefined) {
    throw new UsageError('Cannot grade without one file of pairs: expected --input FILE ("-" for standard input)');
  }
  // All lines are read before any verdict is printed, so that a bad line leaves no half of an output.
  const pairs = await readPairs(await readInput(input), input, flags.kind);
  if (flags.against) return await showDifferences(pairs, flags);
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

async function showDifferences(pairs: readonly Pair[], flags: GradeArguments["flags"]): Promise<number> {
  const { grader = "symbolic", against = [] } = flags;
  const other = pairs.find(({ kind }) => kind !== undefined && kind !== "mathematics");
  if (other) {
    throw new UsageError(`Cannot set graders beside each other: found ${other.kind}, expected answers of mathematics`);
  }
  const opinions = await askGraders(pairs, [grader, ...against]);
  if (opinions.differing.length > 0) console.log(differenceLines(pairs, opinions).join("\n"));
  console.error(opinionSummary(opinions, pairs.length));
  return EXIT.ok;
}

/** Verdicts in the order of the pairs; programs run side by side. */
async function judged(pairs: readonly Pair[], flags: GradeArguments["flags"]): Promise<Verdict[]> {
  const { grader: name = "symbolic", code, executor } = flags;
  const programs = programRunner(executor === undefined ? {} : { executor });
  const grader = { name, ...GRADER_DEFAULTS, ...(code !== undefined && { code }) };
  try {
    return await Promise.all(
      pairs.map(({ gold, pred, question = "", kind = "mathematics" }, index) =>
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
