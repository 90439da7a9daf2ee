/**
 * The verdict on a completion: the reward of training and the score of evaluation. What is equal to what is told, with
 * examples, in docs/grading.md.
 *
 * @module
 */
import { type CanonicalAnswer, canonicalize } from "./answer.ts";
import type { ExecutionOutcome } from "../execution/executor.ts";
import { extractAnswer, type ExtractionOptions } from "./extraction.ts";

/** Changes whenever a verdict can change; results of different versions are not compared. */
export const GRADER_VERSION = "canonical-1";

/** Why a verdict is as it is. */
export type Reason =
  | "same-value"
  | "same-text"
  | "different"
  | "different-unit"
  | "different-label"
  | "unsolved-equation"
  | "no-answer"
  | "no-value"
  | "no-gold-value"
  | ExecutionOutcome
  | "grader-error";

/** What became of the program of a completion; `none`: it holds none. */
export type ProgramOutcome = ExecutionOutcome | "none";

/** What grading says about one completion. */
export interface Verdict {
  /** Whether the prediction is right. */
  readonly equal: boolean;
  /** The answer as it was written; absent where there is none. */
  readonly extracted?: string;
  /**
   * Its key, by which votes are grouped; absent where it has no value. An answer that has the gold's key but contradicts
   * it in unit or label has a key of its own, so that a group is right or wrong as a whole.
   */
  readonly canonical?: string;
  /** Why. */
  readonly reason: Reason;
  /** Where a program was asked for: what became of it. Such an answer has no canonical form, and no vote. */
  readonly program?: ProgramOutcome;
  /** Why a program did not pass, in one line, as the interpreter says it. */
  readonly detail?: string;
  /** The grader failed: the verdict is unknown, and `equal` is false only for want of a third value. */
  readonly graderError?: string;
}

/**
 * Whether two answers are equal; symmetric. Equal answers have equal keys, and no units or labels that contradict each
 * other: `5 cm` = `5`, `5 m` = `5`, but `5 cm` ≠ `5 m`.
 *
 * @example
 * ```ts
 * import { assert, assertFalse } from "@std/assert";
 * assert(equivalent("\\frac{1}{2}", "0.5"));
 * assertFalse(equivalent("(0,9)", "[0,9)"));
 * ```
 */
export function equivalent(gold: string, prediction: string): boolean {
  return compare(canonicalize(gold), canonicalize(prediction)).equal;
}

/**
 * The key of an answer: equality of keys is an equivalence. Undefined where the answer has no value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(canonicalAnswer("\\frac{2}{4}"), canonicalAnswer("0.5"));
 * ```
 */
export function canonicalAnswer(text: string): string | undefined {
  return canonicalize(text).key;
}

/**
 * Grades a completion, or a bare answer, against a gold answer. Never throws: a failure of the grader is a verdict with
 * `graderError`.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(grade("70+15</think>\\boxed{85}", "85").equal, true);
 * assertEquals(grade("70+15", "15", { thinking: true }).reason, "no-answer");
 * ```
 */
export function grade(completion: string, gold: string, options: ExtractionOptions = {}): Verdict {
  try {
    const extracted = extractAnswer(completion, options);
    if (extracted === undefined) return { equal: false, reason: "no-answer" };
    const answer = canonicalize(extracted);
    const verdict = compare(canonicalize(gold), answer);
    if (answer.key === undefined) return { ...verdict, extracted };
    const canonical = CONTRADICTIONS.has(verdict.reason) ? `${answer.key} (${verdict.reason})` : answer.key;
    return { ...verdict, extracted, canonical };
  } catch (error) {
    const graderError = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { equal: false, reason: "grader-error", graderError };
  }
}

const CONTRADICTIONS: ReadonlySet<Reason> = new Set(["different-unit", "different-label", "unsolved-equation"]);

function compare(gold: CanonicalAnswer, prediction: CanonicalAnswer): { equal: boolean; reason: Reason } {
  if (gold.key === undefined) return { equal: false, reason: "no-gold-value" };
  if (prediction.key === undefined) return { equal: false, reason: "no-value" };
  if (gold.key !== prediction.key) return { equal: false, reason: "different" };
  if (contradict(gold.unit, prediction.unit)) return { equal: false, reason: "different-unit" };
  if (contradict(gold.label, prediction.label)) return { equal: false, reason: "different-label" };
  // `x + 5 = 0` is the line x = -5, but it is not the number -5.
  if (gold.unsolved && prediction.label === undefined || prediction.unsolved && gold.label === undefined) {
    return { equal: false, reason: "unsolved-equation" };
  }
  return { equal: true, reason: gold.form === "text" ? "same-text" : "same-value" };
}

function contradict(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}
