/**
 * What a question says that bears on the verdict: whether it asks for a percentage, and which formulas stand in it.
 *
 * @module
 */
import { Unreadable } from "./limits.ts";
import { stripDelimiters, toAscii } from "./notation.ts";
import { parse } from "./parser.ts";
import { structureKey } from "./structure_key.ts";
import { readLetterSigns, unwrapLetters } from "./token_groups.ts";
import { tokenize } from "./tokens.ts";
import { changesNumber } from "./units.ts";

/** What a request begins with. */
const REQUEST =
  /\b(?:what|how (?:much|many)|which|find|calculate|compute|determine|give|state|write|answer|express(?:ed)?|as an?)\b/i;
const PERCENT = /(\S{0,20})\s?(?:\bpercent(?:age|ages)?\b|%)/gi;
const SENTENCE_ENDS = /[?!]|\.(?!\d)/;

/**
 * Whether a question asks for a percentage: after what begins a request, its sentence says the word, or the sign,
 * without a number before it.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const questions = ["What percentage of 50 is 30?", "What is 20 percent of 50?"];
 * assertEquals(questions.map(asksForPercentage), [true, false]);
 * ```
 */
export function asksForPercentage(question: string): boolean {
  return question.replaceAll("\\%", "%").split(SENTENCE_ENDS).some((sentence) => {
    const start = sentence.search(REQUEST);
    const asked = start < 0 ? [] : [...sentence.slice(start).matchAll(PERCENT)];
    return asked.some(([, before]) => !/[\d.]$/.test(before) && !changesNumber(before));
  });
}

const FORMULAS = /\$\$?([^$]{1,300})\$|\\\(([^$]{1,300}?)\\\)|\\\[([^$]{1,300}?)\\\]/g;
/** What a request for a value begins with, where the formula is not set off. */
const REQUESTED =
  /\b(?:what is|find|compute|evaluate|determine|value of)\s+([^.?!,;$]{1,80}?)\s*(?:[.?!,;]|\bif\b|\bgiven\b|\bwhen\b|$)/gi;
/** Most formulas of a question that are looked at. */
const MOST = 60;

/** The formulas of a question, each as its structure. An equation is not the same as its left side. */
export function formulasOf(question: string): ReadonlySet<string> {
  const found = new Set<string>();
  const formulas = [...question.matchAll(FORMULAS), ...question.matchAll(REQUESTED)].slice(0, MOST);
  for (const [, ...groups] of formulas) {
    const text = groups.find((group) => group !== undefined) ?? "";
    try {
      const tokens = readLetterSigns(unwrapLetters(tokenize(stripDelimiters(toAscii(text)))));
      if (tokens.length > 0) found.add(structureKey(parse(tokens)));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
    }
  }
  return found;
}
