/**
 * The verdict on a completion: the reward of training and the score of evaluation. What is equal to what is told, with
 * examples, in docs/grading.md.
 *
 * @module
 */
import { type CanonicalAnswer, canonicalize } from "./answer.ts";
import type { ExecutionOutcome } from "../execution/executor.ts";
import { extractAnswer, type ExtractionOptions, goldAnswer } from "./extraction.ts";
import { asksForPercentage } from "./question.ts";

/** Changes whenever a verdict can change; results of different versions are not compared. */
export const GRADER_VERSION = "canonical-2";

/** Why a verdict is as it is. */
export type Reason =
  | "same-value"
  | "same-text"
  | "different"
  | "different-unit"
  | "different-label"
  | "different-option"
  | "unsolved-equation"
  | "no-answer"
  | "no-value"
  | "no-gold-value"
  | ExecutionOutcome
  | "grader-error";

/** What became of the program of a completion; `none`: it holds none. */
export type ProgramOutcome = ExecutionOutcome | "none";

/** How to grade. */
export interface GradeOptions extends ExtractionOptions {
  /**
   * What was asked, where it is known. It decides whether `60%` may mean 60, and whether `2x` in `2x = 8` is what the
   * question asks for.
   */
  readonly question?: string;
}

/** What grading says about one completion. */
export interface Verdict {
  /** Whether the prediction is right. */
  readonly equal: boolean;
  /** The answer as it was written; absent where there is none. */
  readonly extracted?: string;
  /**
   * The key by which votes are grouped; absent where it has no value. Every right answer has the gold's key, and an
   * answer that has the gold's key but contradicts it in unit or label has a key of its own, so that a group is right or
   * wrong as a whole, and all that is right is one group.
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
 * Whether a prediction is equal to a gold answer. Equal answers have equal keys, and no units or labels that contradict
 * each other: `5 cm` = `5`, `5 m` = `5`, but `5 cm` ≠ `5 m`. Two answers that are no equations are equal in either order;
 * `m + n = 5` is the gold `5`, but `5` is not the gold `m + n = 5`.
 *
 * @example
 * ```ts
 * import { assert, assertFalse } from "@std/assert";
 * assert(equivalent("\\frac{1}{2}", "0.5"));
 * assertFalse(equivalent("(0,9)", "[0,9)"));
 * assert(equivalent("60", "60%", { question: "What percentage of the eggs are brown?" }));
 * ```
 */
export function equivalent(
  gold: string,
  prediction: string,
  { question }: Pick<GradeOptions, "question"> = {},
): boolean {
  return judge(canonicalize(gold), prediction, question).equal;
}

/**
 * The key of an answer, which depends on its value alone: equality of keys is an equivalence. Undefined where the answer
 * has no value.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(canonicalAnswer("\\frac{2}{4}"), canonicalAnswer("0.5"));
 * assertEquals(canonicalAnswer("(1+\\sqrt2)^{10}"), canonicalAnswer("3363+2378\\sqrt2"));
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
export function grade(completion: string, gold: string, options: GradeOptions = {}): Verdict {
  try {
    const extracted = extractAnswer(completion, options);
    const right = canonicalize(goldAnswer(gold));
    const { answer, ...verdict } = judge(right, extracted ?? "", options.question);
    // A completion that is the gold, word for word, is the answer, also where it reads like prose.
    if (!verdict.equal && !options.boxed && right.key !== undefined && completion.trim() === gold.trim()) {
      return { equal: true, extracted: completion.trim(), canonical: right.key, reason: "same-text" };
    }
    if (extracted === undefined) return { equal: false, reason: "no-answer" };
    if (answer.key === undefined) return { ...verdict, extracted };
    return { ...verdict, extracted, canonical: voteKey(right, answer, verdict) };
  } catch (error) {
    const graderError = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { equal: false, reason: "grader-error", graderError };
  }
}

interface Judgement {
  readonly equal: boolean;
  readonly reason: Reason;
}

function voteKey(gold: CanonicalAnswer, answer: CanonicalAnswer, { equal, reason }: Judgement): string {
  if (equal && gold.key !== undefined) return gold.key;
  const key = answer.key ?? "";
  return CONTRADICTIONS.has(reason) || key === gold.key ? `${key} (${reason})` : key;
}

const CONTRADICTIONS: ReadonlySet<Reason> = new Set([
  "different-unit",
  "different-label",
  "different-option",
  "unsolved-equation",
]);

/** Reads the prediction and compares it. */
function judge(gold: CanonicalAnswer, prediction: string, question?: string): Judgement & { answer: CanonicalAnswer } {
  const answer = canonicalize(prediction, { question });
  const verdict = compare(gold, answer, question);
  const rounded = [gold, answer].some(({ scalars }) => scalars.some(({ approximate }) => approximate));
  if (verdict.equal || !rounded) return { ...verdict, answer };
  // A long decimal stands for the number of the gold that it cuts or rounds.
  const meant = canonicalize(prediction, { question, references: gold.scalars });
  return { ...compare(gold, meant, question), answer };
}

function compare(gold: CanonicalAnswer, prediction: CanonicalAnswer, question: string | undefined): Judgement {
  if (gold.key === undefined) return { equal: false, reason: "no-gold-value" };
  if (prediction.key === undefined) return { equal: false, reason: "no-value" };
  const same: Judgement = { equal: true, reason: gold.form === "text" ? "same-text" : "same-value" };
  if (contradict(gold.choice, prediction.choice)) {
    return { equal: false, reason: gold.key === prediction.key ? "different-option" : "different" };
  }
  if (meansByChoice(gold, prediction) || meansByPercent(gold, prediction, question)) return same;
  const standing = standIn(gold, prediction) ?? (gold.key === prediction.key ? prediction : undefined);
  if (!standing) return { equal: false, reason: "different" };
  if (contradict(gold.unit, prediction.unit)) return { equal: false, reason: "different-unit" };
  if (contradictLabels(gold.label, standing.label)) return { equal: false, reason: "different-label" };
  // `x + 5 = 0` is the line x = -5, but it is not the number -5.
  if (standing.unsolved && gold.label === undefined || gold.unsolved && prediction.label === undefined) {
    return { equal: false, reason: "unsolved-equation" };
  }
  return same;
}

/** What one of two answers stands for, where that is the other: an equation beside what is none, `y = …` beside `f(x) = …`. */
function standIn(
  gold: CanonicalAnswer,
  prediction: CanonicalAnswer,
): Pick<CanonicalAnswer, "label" | "unsolved"> | undefined {
  if (gold.standsFor === undefined && gold.key === prediction.standsFor?.key) return { ...prediction.standsFor };
  const names = [gold.standsFor?.label, prediction.label];
  const isFunction = gold.standsFor?.key === prediction.key && names[0] === "y" && isApplication(names[1]);
  return isFunction ? {} : undefined;
}

/** Whether both name the same option, or one names it and the other writes it. */
function meansByChoice(gold: CanonicalAnswer, prediction: CanonicalAnswer): boolean {
  if (gold.choice !== undefined) return prediction.choice === undefined && prediction.key === gold.choice;
  return prediction.choice !== undefined && prediction.choice === gold.key;
}

/** Whether the gold is the N of a prediction N%, and the question asked for a percentage. */
function meansByPercent(gold: CanonicalAnswer, prediction: CanonicalAnswer, question: string | undefined): boolean {
  return prediction.percent !== undefined && prediction.percent === gold.key && gold.percent === undefined &&
    gold.unit === undefined && question !== undefined && asksForPercentage(question);
}

function contradict(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a !== b;
}

/** Two names contradict each other, save that y is the value of a function f(x). */
function contradictLabels(a: string | undefined, b: string | undefined): boolean {
  const sameFunction = (a === "y" && isApplication(b)) || (b === "y" && isApplication(a));
  return contradict(a, b) && !sameFunction;
}

/** `f(x)`, of a letter. */
function isApplication(label: string | undefined): boolean {
  return label !== undefined && /^[a-zA-Z]'*\([a-z]\)$/.test(label);
}
