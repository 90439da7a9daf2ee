/**
 * One question with its reference answer, the unit that flows through the whole program, and the text form whose hash
 * names a dataset.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { sha256 } from "../files/hash.ts";
import type { ProblemKind } from "./problem_kind.ts";

/** A question and the answer a grader compares with, both verbatim from their source. */
export interface Problem {
  /** Unique in its dataset: `<dataset>/<row number, four digits>` for published rows. */
  readonly id: string;
  /** What is asked. */
  readonly question: string;
  /**
   * The gold answer: a value, or a letter; of a programming problem the checks, program text that is put behind a
   * solution and raises nothing exactly where that is right.
   */
  readonly answer: string;
  /** What is asked for; absent: mathematics. */
  readonly kind?: ProblemKind;
}

/** The one JSON line of a problem: its three fields in this order, no spaces, as `jq -c '{id,question,answer}'` writes it. */
export function problemLine({ id, question, answer }: Problem): string {
  return JSON.stringify({ id, question, answer });
}

/**
 * SHA-256 of a dataset's normalised rows: the {@link problemLine} of each, every one followed by a newline.
 *
 * @returns 64 hexadecimal digits
 */
export function rowsSha256(problems: readonly Problem[]): string {
  const hash = createHash("sha256");
  for (const problem of problems) hash.update(problemLine(problem) + "\n");
  return hash.digest("hex");
}

/** `<dataset>/<row>` with at least four digits, the id of row `row` of a published file. */
export function rowId(dataset: string, row: number): string {
  return `${dataset}/${String(row).padStart(4, "0")}`;
}

/**
 * A question reduced to what carries meaning, so that spacing, case, accents' encoding, `$` and punctuation do not hide
 * a copy. Letters, digits and the signs of arithmetic stay: `38-64` and `38*64` are different questions.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(normaliseQuestion("What is  $3 + 4$?"), "what is 3 + 4");
 * ```
 */
export function normaliseQuestion(question: string): string {
  return questionWords(question).join(" ");
}

/** The words of a normalised question: runs of letters, runs of digits, single signs. */
export function questionWords(question: string): string[] {
  return question.normalize("NFKC").toLowerCase().match(/\p{L}+|\p{N}+|[-+*/=<>^!|%]/gu) ?? [];
}

/** SHA-256 of the {@link normaliseQuestion | normalised question}: equal for copies of one question. */
export function questionHash(question: string): string {
  return sha256(normaliseQuestion(question));
}
