/**
 * Who judges an answer, by the kind of its problem: an experiment's grader judges mathematics, a letter is compared, a
 * program is run.
 *
 * @module
 */
import type { Problem } from "../datasets/problem.ts";
import { isProgramming, type ProblemKind } from "../datasets/problem_kind.ts";
import type { CodeExecutor } from "../execution/executor.ts";
import type { ExecutorKind } from "../execution/registry.ts";
import { CHOICE_VERSION, gradeChoice } from "./chosen_letter.ts";
import { CODE_VERSION, gradeCode } from "./code.ts";
import type { Verdict } from "./grade.ts";
import type { ResolvedGrader } from "./grader_config.ts";
import { GRADERS } from "./graders.ts";

/** What decides right and wrong, as a result names it. */
export interface StatedGrader {
  readonly name: string;
  /** Changes whenever a verdict can change. */
  readonly version: string;
}

/** How answers are judged. */
export interface Judging {
  readonly grader: ResolvedGrader;
  /** Whether the prompt has opened the thinking. */
  readonly thinking: boolean;
  /** What runs programs; asked for where there is one. */
  readonly executor: () => CodeExecutor;
}

/** The verdict on a text; at once, unless a program has to be run. */
export function judge(text: string, problem: Problem, judging: Judging): Verdict | Promise<Verdict> {
  const { grader, thinking, executor } = judging;
  if (problem.kind === "multiple-choice") return gradeChoice(text, problem.answer, { thinking });
  if (isProgramming(problem.kind)) {
    return gradeCode(text, problem, { executor, rule: grader.code ?? "answer", thinking });
  }
  return judgeMathematics(text, problem, judging);
}

/** The verdict on an answer to a problem of mathematics. */
export function judgeMathematics(
  text: string,
  { answer, question }: Problem,
  { grader: { name, boxed }, thinking }: Omit<Judging, "executor">,
): Verdict {
  return GRADERS[name].grade(text, answer, { thinking, boxed, question });
}

/** Who judges problems of several kinds, one behind the other. */
export function graderOfKinds(
  kinds: readonly (ProblemKind | undefined)[],
  grader: ResolvedGrader,
  executor: ExecutorName,
): StatedGrader {
  const own = [
    ...new Map(kinds.map((kind) => graderOf(kind, grader, executor)).map((each) => [each.name, each])).values(),
  ];
  return {
    name: own.map(({ name }) => name).join(" + "),
    version: own.map(({ version }) => version).join(" + "),
  };
}

/** What runs programs, by name; `own` is an executor of the caller's. */
export type ExecutorName = ExecutorKind | "own";
const EXECUTOR_NAMES: readonly ExecutorName[] = ["pyodide", "python", "own"];

/** What ran the programs that a grader of that name judged; undefined where it judges none. */
export function executorOfGrader(name: string): ExecutorName | undefined {
  const parts = name.split(" + ").map((part) => part.replace(/-release$/, ""));
  return EXECUTOR_NAMES.find((executor) => parts.includes(executor));
}

/**
 * Who judges problems of a kind.
 *
 * @param executor what runs programs; it stands in their grader's name, as two interpreters may disagree
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const grader = { name: "symbolic", boxed: true } as const;
 * assertEquals(graderOf("mathematics", grader, "pyodide").name, "symbolic-boxed");
 * assertEquals(graderOf("python-tests", grader, "pyodide").name, "pyodide");
 * ```
 */
export function graderOf(
  kind: ProblemKind | undefined,
  { name, boxed, code = "answer" }: ResolvedGrader,
  executor: ExecutorName,
): StatedGrader {
  if (kind === "multiple-choice") return { name: "choice", version: CHOICE_VERSION };
  if (isProgramming(kind)) {
    return { name: code === "release" ? `${executor}-release` : executor, version: CODE_VERSION };
  }
  return { name: boxed ? `${name}-boxed` : name, version: GRADERS[name].version };
}
