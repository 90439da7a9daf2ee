/**
 * The answer in prose: the value at the end of a sentence.
 *
 * @module
 */
import { canonicalize } from "./answer.ts";
import { MAX_ANSWER_LENGTH } from "./limits.ts";

/** Words from which a text that is not mathematics is prose rather than an answer in words. */
const PROSE_WORDS = 5;

/** Words that make a sentence of a short text: the answer is in it, but it is not the answer. */
const SENTENCE =
  /\b(?:is|are|was|were|has|have|had|gets?|gives?|equals?|there|thus|hence|therefore|so|he|she|it|they|we|you|made|makes?|costs?|paid|pays?|needs?|compute|find)\b/i;

/** Whether a text is read as mathematics. */
export function isValue(text: string): boolean {
  return text.length <= MAX_ANSWER_LENGTH && canonicalize(text).form === "value";
}

/** Up to the end of the line, or to a full stop before a new sentence. */
export function firstSentence(text: string): string {
  const line = text.split("\n", 1)[0].trim();
  const stop = line.search(/\.\**(?:\s[A-Z\\$]|$)/);
  return withoutStars((stop < 0 ? line : line.slice(0, stop)).trim());
}

function withoutStars(text: string): string {
  return text.endsWith("**") ? text.slice(0, -2).trim() : text;
}

/** The value that a sentence ends in, before what only explains it; else the sentence. */
export function statedAnswer(sentence: string): string {
  if (isValue(sentence)) return sentence;
  const clause = sentence.split(/,\s(?!and\s|\S{1,12}$)|\s(?:because|since|which|as|so)\s/, 1)[0];
  return valueAtEnd(clause) ??
    (countWords(sentence) >= PROSE_WORDS ? lastFormula(clause) ?? lastNumber(clause) ?? sentence : sentence);
}

/** The clause itself, or what follows its last verb, where that is a value. */
function valueAtEnd(clause: string): string | undefined {
  if (isValue(clause)) return clause;
  const verbs = [
    ...clause.slice(-REACH).matchAll(/(?:\b(?:is|are|was|equals?|be|makes?|gives?|gets?|to)|:|(?<![=<>!:+*/-])=)\s+/gi),
  ];
  for (const verb of verbs.reverse().slice(0, MOST_VERBS)) {
    const rest = clause.slice(-REACH).slice(verb.index + verb[0].length);
    if (isValue(rest)) return rest;
  }
  return lastFormula(clause);
}

/** The end of a clause that is looked at, and how many verbs in it. */
const REACH = 1000;
const MOST_VERBS = 3;

/** The whole text, where it is nothing but an answer. */
export function bareAnswer(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (trimmed.length > MAX_ANSWER_LENGTH) {
    return countWords(trimmed.slice(0, MAX_ANSWER_LENGTH)) >= PROSE_WORDS ? undefined : trimmed;
  }
  if (isValue(trimmed)) return trimmed;
  const lines = trimmed.split("\n");
  const lastLine = lines[lines.length - 1].trim();
  if (lines.length > 1 && /[\d$\\]/.test(lastLine) && isValue(lastLine)) return lastLine;
  const formula = lastFormula(trimmed);
  if (formula !== undefined) return formula;
  const prose = countWords(trimmed) >= PROSE_WORDS || (SENTENCE.test(trimmed) && /\d/.test(trimmed));
  return prose ? valueAtEnd(firstSentence(lastLine)) : trimmed;
}

const FORMULA = /\$\$?([^$]{1,400})\$|\\\(([^$]{1,400}?)\\\)|\\\[([^$]{1,400}?)\\\]/g;

/** The last formula that is set off, where no number follows it. */
function lastFormula(text: string): string | undefined {
  const formulas = [...text.slice(-MAX_ANSWER_LENGTH).matchAll(FORMULA)];
  const last = formulas[formulas.length - 1];
  if (!last || /\d/.test(text.slice(-MAX_ANSWER_LENGTH).slice(last.index + last[0].length))) return undefined;
  const formula = last[1] ?? last[2] ?? last[3];
  return isValue(formula) ? formula : undefined;
}

function countWords(text: string): number {
  return text.match(/(?<![\\a-zA-Z])[a-zA-Z]{2,}/g)?.length ?? 0;
}

const NUMBER =
  /-?(?:\\frac\{\d{1,30}\}\{\d{1,30}\}|(?:\d{1,3}(?:(?:,|\{,\}|\\,|,\\!)\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:\/\d+)?(?:\\?%)?|\.\d+)/g;
/** The last number is looked for in this many characters at the end. */
const LAST_NUMBER_REACH = 10_000;

/** The last number of a text. */
export function lastNumber(text: string): string | undefined {
  const matches = text.slice(-LAST_NUMBER_REACH).match(NUMBER);
  return matches?.[matches.length - 1];
}
