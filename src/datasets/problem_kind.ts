/**
 * Kinds of problems: what is asked for, which decides the prompt and who judges the answer.
 *
 * @module
 */

/**
 * `mathematics`: a value; `multiple-choice`: the letter of an option; `python-function`: the rest of a Python function
 * whose head is given (HumanEval); `python-tests`: Python code for a text and its tests (MBPP).
 */
export type ProblemKind = "mathematics" | "multiple-choice" | "python-function" | "python-tests";

/** All of them. */
export const PROBLEM_KINDS: readonly ProblemKind[] = [
  "mathematics",
  "multiple-choice",
  "python-function",
  "python-tests",
];

/** What a mean over datasets may join: training is on mathematics, everything else shows how far it carries. */
export type Domain = "mathematics" | "out-of-domain";

/** Where a kind of problems belongs. */
export function domainOf(kind: ProblemKind = "mathematics"): Domain {
  return kind === "mathematics" ? "mathematics" : "out-of-domain";
}

/** Whether an answer is a program, which is judged by running it. */
export function isProgramming(kind: ProblemKind | undefined): boolean {
  return kind === "python-function" || kind === "python-tests";
}
