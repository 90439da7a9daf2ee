/**
 * Verdicts on programs: the code of a completion with the checks of its problem, run by an executor. No code of a model
 * is run anywhere else.
 *
 * @module
 */
import type { Problem } from "../datasets/problem.ts";
import { BenchError } from "../errors.ts";
import type { CodeExecutor, TestedProgram } from "../execution/executor.ts";
import { codeOf, type CodeRule } from "./code_block.ts";
import type { Verdict } from "./grade.ts";

/** Changes whenever a verdict can change. */
export const CODE_VERSION = "checks-1";

/** Seconds a program may take, as in the released evaluation of SofT-GRPO (humanevaleval.py, mbppeval.py). */
const SECONDS = { "python-function": 3, "python-tests": 10 } as const;

/**
 * What the released evaluation of MBPP imports ahead of a program (`IMPORT_HELPER` of mbppeval.py), so that one that
 * forgets to passes all the same. An interpreter without numpy goes on without it; the released one would stop.
 */
const RELEASED_IMPORTS = [
  ...["math", "re", "sys", "copy", "datetime", "itertools", "collections", "heapq", "functools", "hashlib", "string"]
    .map((module) => `import ${module}`),
  "try:\n    import numpy\n    import numpy as np\nexcept ImportError:\n    pass",
  "from typing import *",
  "from collections import *",
].join("\n");

/** How programs are judged. */
export interface CodeGrading {
  /** What runs them; asked for where there is a program, so that nobody else waits for an interpreter. */
  readonly executor: () => CodeExecutor;
  /** Which block of a completion is the program. */
  readonly rule: CodeRule;
  /** Whether the prompt has opened the thinking. */
  readonly thinking?: boolean;
}

/**
 * The program, and the checks that raise nothing exactly where it solves the problem. A function follows its head, as in
 * HumanEval's own evaluation: it may be the body alone, or the whole again.
 */
export function checkedProgram({ kind, question, answer }: Problem, code: string, rule: CodeRule): TestedProgram {
  const tests = `${answer}\n`;
  if (kind === "python-function") return { code: `${question}${code}\n`, tests };
  return { code: rule === "release" ? `${RELEASED_IMPORTS}\n${code}\n` : `${code}\n`, tests };
}

/**
 * Runs what a completion holds and judges it. A program that cannot be judged, since the executor itself fails on it, is
 * a verdict with `graderError`.
 *
 * @throws {BenchError} If the executor cannot run anything
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const passing = { run: () => Promise.resolve({ outcome: "passed" } as const), close: () => Promise.resolve() };
 * const problem = { id: "a", question: "Add two.", answer: "assert add(1, 2) == 3", kind: "python-tests" } as const;
 * const fence = "`".repeat(3);
 * const text = `${fence}python\ndef add(a, b):\n    return a + b\n${fence}`;
 * const { equal, reason } = await gradeCode(text, problem, { executor: () => passing, rule: "answer" });
 * assertEquals([equal, reason], [true, "passed"]);
 * ```
 */
export async function gradeCode(text: string, problem: Problem, grading: CodeGrading): Promise<Verdict> {
  const { executor, rule, thinking = false } = grading;
  const code = codeOf(text, rule, { thinking });
  if (code === undefined) return { equal: false, reason: "no-answer", program: "none" };
  const seconds = SECONDS[problem.kind === "python-function" ? problem.kind : "python-tests"];
  try {
    const { outcome, reason } = await executor().run(checkedProgram(problem, code, rule), { seconds });
    return {
      equal: outcome === "passed",
      extracted: code,
      reason: outcome,
      program: outcome,
      ...(reason !== undefined && { detail: firstLine(reason) }),
    };
  } catch (error) {
    if (error instanceof BenchError) throw error;
    const graderError = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { equal: false, extracted: code, reason: "grader-error", graderError };
  }
}

/** Longest reason that is kept: an interpreter may quote the program. */
const MAX_DETAIL = 200;

function firstLine(reason: string): string {
  return reason.split("\n", 1)[0].slice(0, MAX_DETAIL);
}
