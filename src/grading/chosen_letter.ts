/**
 * The letter of a multiple choice in a completion, and its verdict.
 *
 * @module
 */
import { afterThinking, type ExtractionOptions } from "./extraction.ts";
import type { Verdict } from "./grade.ts";

/** Changes whenever a verdict can change. */
export const CHOICE_VERSION = "choice-1";

/** Opening signs before a letter: quotes, brackets, bold, a box, an option's name. */
const OPENING = String
  .raw`(?:["'“‘(\[*_$\s]|\\boxed\s*\{|\\text(?:bf|rm|it)?\s*\{|\\mathrm\s*\{|\\mathbf\s*\{|\\\(|\b(?:[Oo]ption|[Cc]hoice)\b){0,12}`;
/** A letter of its own, no part of a word or of a name like `A'`. */
const LETTER = String.raw`([A-D])(?![A-Za-z0-9_'’])`;

/**
 * Where a letter is looked for, the surest place first; in each the last one counts. Small letters are letters only where
 * nothing but a letter can stand.
 */
const PLACES: readonly RegExp[] = [
  // "answer": "C", as the prompt asks for it.
  new RegExp(String.raw`["'“]answer["'”]\s*:${OPENING}${LETTER}`, "gi"),
  new RegExp(String.raw`\\(?:boxed|fbox)\s*\{${OPENING}${LETTER}`, "gi"),
  new RegExp(
    String
      .raw`\b(?:[Aa]nswer|ANSWER|[Oo]ption|[Cc]hoice)(?:\s+(?:is|would be|should be)\b|\s*[:=])\s*:?${OPENING}${LETTER}`,
    "g",
  ),
];

/** A text, or its last line, that is nothing but a letter, or an option as it was given. */
const BARE = /^[\s"'(\[*_$]{0,8}([A-D])(?:[\s"')\]*_$.:]{0,8}$|[.):]\s)/;

/** A second letter right behind the first, which makes two answers of one. */
const ANOTHER = /^["'”’)\]*_}$\s]{0,8}(?:,|\/|&|\bor\b|\band\b)["'“‘(\[*\s]{0,8}[A-D](?![A-Za-z0-9_'’])/;

/** `A` before these words is an article. */
const ARTICLE = /^\s+(?!because\b|since\b|as\b|and\b|which\b|with\b)[a-z]/;

/**
 * The chosen letter: of the answer field, else of the last box, else behind "answer is" or the like, else the answer
 * where it is one letter. Only what follows `</think>` counts.
 *
 * @returns undefined where there is none, also where two are named as one answer
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const fence = "`".repeat(3);
 * assertEquals(chosenLetter(`so A?</think>${fence}json\n{"answer": "C"}\n${fence}`), "C");
 * assertEquals(chosenLetter("The answer is **(B)**, not A."), "B");
 * assertEquals(chosenLetter("The answer is a matter of taste."), undefined);
 * ```
 */
export function chosenLetter(text: string, { thinking = false }: ExtractionOptions = {}): string | undefined {
  const answer = afterThinking(text, thinking);
  if (answer === undefined) return undefined;
  for (const place of PLACES) {
    const found = [...answer.matchAll(place)].filter(({ 0: { length }, 1: letter, index }) =>
      letter !== "A" || !ARTICLE.test(answer.slice(index + length, index + length + LOOK_BEHIND))
    ).at(-1);
    if (found === undefined) continue;
    const end = found.index + found[0].length;
    return ANOTHER.test(answer.slice(end, end + LOOK_BEHIND)) ? undefined : found[1].toUpperCase();
  }
  const trimmed = answer.trim();
  return (BARE.exec(trimmed) ?? BARE.exec(trimmed.split("\n").at(-1)!))?.[1];
}

/** Characters behind a letter that may say that it is no answer. */
const LOOK_BEHIND = 40;

/**
 * Grades a completion by the letter that is right.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(gradeChoice("\\boxed{\\text{D}}", "D").equal, true);
 * ```
 */
export function gradeChoice(text: string, gold: string, options: ExtractionOptions = {}): Verdict {
  const letter = chosenLetter(text, options);
  if (letter === undefined) return { equal: false, reason: "no-answer" };
  const equal = letter === gold;
  return { equal, extracted: letter, canonical: letter, reason: equal ? "same-text" : "different" };
}
