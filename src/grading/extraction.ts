/**
 * The final answer in a completion, by rules 1 to 4 of docs/grading.md. Every step is linear in the length of the text.
 *
 * @module
 */
import { canonicalize } from "./answer.ts";
import { MAX_ANSWER_LENGTH } from "./limits.ts";

const END_OF_THINKING = "</think>";
const START_OF_THINKING = "<think>";

/** How to read a completion. */
export interface ExtractionOptions {
  /** The prompt has opened the thinking, so that a text without `</think>` holds no answer. */
  readonly thinking?: boolean;
  /** Only a box counts as an answer. */
  readonly boxed?: boolean;
}

/**
 * The final answer as it was written: the last box (boxes joined by commas or "and" are a list), else what follows the
 * last "final answer is" or "answer is", else the text itself where it is a bare answer, else the last number. Only what
 * follows `</think>` counts.
 *
 * @returns undefined where there is none, also where the last box is empty or does not close
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(extractAnswer("5?</think>So \\boxed{2} or rather \\boxed{\\frac{1}{2}}."), "\\frac{1}{2}");
 * assertEquals(extractAnswer("The answer is 0.5."), "0.5");
 * assertEquals(extractAnswer("x = 1/2"), "x = 1/2");
 * ```
 */
export function extractAnswer(text: string, options: ExtractionOptions = {}): string | undefined {
  const answer = afterThinking(text, options.thinking ?? false);
  if (answer === undefined) return undefined;
  if (answer.includes(BOX) || answer.includes(FRAMED_BOX)) return lastBoxes(answer);
  if (options.boxed) return undefined;
  return afterMarker(answer) ?? bareAnswer(answer) ?? lastNumber(answer);
}

/**
 * What follows the end of thinking.
 *
 * @param thinking whether the prompt has opened it
 * @returns undefined where the thinking does not end, and the text itself where there is none
 */
export function afterThinking(text: string, thinking: boolean): string | undefined {
  const end = text.lastIndexOf(END_OF_THINKING);
  if (end >= 0) return text.slice(end + END_OF_THINKING.length);
  return thinking || text.includes(START_OF_THINKING) ? undefined : text;
}

const BOX = "\\boxed";
const FRAMED_BOX = "\\fbox";

interface Box {
  readonly start: number;
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly end: number;
}

/** Content of the last box, and of those joined with it; undefined where it is empty or does not close. */
function lastBoxes(text: string): string | undefined {
  const boxes = outerBoxes(text);
  if (!boxes || boxes.length === 0) return undefined;
  let first = boxes.length - 1;
  while (first > 0 && JOINING.test(text.slice(boxes[first - 1].end, boxes[first].start).slice(0, MAX_JOINT + 1))) {
    first--;
  }
  const contents = boxes.slice(first).map((box) => text.slice(box.contentStart, box.contentEnd).trim());
  return contents.every((content) => content === "")
    ? undefined
    : contents.filter((content) => content !== "").join(", ");
}

/** What may stand between boxes that form a list, and its greatest length. */
const JOINING = /^[\s$]*(?:(?:,|;|\\quad|\\,|\\text\{\s?(?:and|or)\s?\}|and|or)[\s$]*){1,3}$/;
const MAX_JOINT = 40;

/** Boxes that are in no other box, in order; undefined where the last one does not close. */
function outerBoxes(text: string): Box[] | undefined {
  const boxes: Box[] = [];
  const closing = closingBraces(text);
  const pattern = /\\(?:boxed|fbox)(?![a-zA-Z])/g;
  let open = false;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    let at = pattern.lastIndex;
    while (text[at] === " ") at++;
    if (text[at] !== "{") {
      const word = /^[^\s{}$\\.,]{1,40}/.exec(text.slice(at, at + 40));
      open = !word;
      if (word) {
        boxes.push({ start: match.index, contentStart: at, contentEnd: at + word[0].length, end: at + word[0].length });
      }
      continue;
    }
    const close = closing.get(at);
    open = close === undefined;
    if (close === undefined) continue;
    boxes.push({ start: match.index, ...innermost(text, at, close, closing), end: close + 1 });
    pattern.lastIndex = close + 1;
  }
  return open ? undefined : boxes;
}

/** Bounds of the content, of the inner box where a box holds nothing but a box. */
function innermost(text: string, open: number, close: number, closing: ReadonlyMap<number, number>) {
  let [start, end] = [open + 1, close];
  while (text.startsWith(`${BOX}{`, start)) {
    const inner = closing.get(start + BOX.length);
    if (inner !== end - 1) break;
    [start, end] = [start + BOX.length + 1, inner];
  }
  return { contentStart: start, contentEnd: end };
}

/** Place of the closing brace of each opening one. */
function closingBraces(text: string): ReadonlyMap<number, number> {
  const closing = new Map<number, number>();
  const open: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === BACKSLASH) i++;
    else if (char === OPEN_BRACE) open.push(i);
    else if (char === CLOSE_BRACE) {
      const start = open.pop();
      if (start !== undefined) closing.set(start, i);
    }
  }
  return closing;
}

const [BACKSLASH, OPEN_BRACE, CLOSE_BRACE] = ["\\", "{", "}"].map((char) => char.charCodeAt(0));

const MARKERS = ["final answer is", "answer is", "final answer:", "answer:", "####"];

/** What follows the last marker, up to the end of its sentence. */
function afterMarker(text: string): string | undefined {
  const lower = text.toLowerCase();
  // Lower-casing can change the length of exotic text, whose places then do not agree.
  const source = lower.length === text.length ? text : lower;
  for (const marker of MARKERS) {
    const at = lower.lastIndexOf(marker);
    if (at < 0) continue;
    const rest = source.slice(at + marker.length, at + marker.length + MAX_ANSWER_LENGTH).replace(/^[\s:*]{1,20}/, "");
    const sentence = firstSentence(rest);
    return sentence === "" ? undefined : statedAnswer(sentence);
  }
  return undefined;
}

/** Up to the end of the line, or to a full stop before a new sentence. */
function firstSentence(text: string): string {
  const line = text.split("\n", 1)[0].trim();
  const stop = line.search(/\.\**(?:\s[A-Z\\$]|$)/);
  const sentence = (stop < 0 ? line : line.slice(0, stop)).trim();
  return sentence.endsWith("**") ? sentence.slice(0, -2).trim() : sentence;
}

/** The answer in a sentence that may go on after it. */
function statedAnswer(sentence: string): string {
  if (canonicalize(sentence).form === "value") return sentence;
  const mathematics = /\$([^$]{1,400})\$/.exec(sentence) ?? /\\\(([^$]{1,400}?)\\\)/.exec(sentence);
  if (mathematics) return mathematics[1];
  const clause = sentence.split(/,\s|\s(?:because|since|which|as|so)\s/, 1)[0];
  if (canonicalize(clause).form === "value") return clause;
  return countWords(sentence) >= PROSE_WORDS ? lastNumber(clause) ?? sentence : sentence;
}

/** Words from which a text that is not mathematics is prose rather than an answer in words. */
const PROSE_WORDS = 5;

/** The whole text, where it is nothing but an answer. */
function bareAnswer(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return undefined;
  if (trimmed.length > MAX_ANSWER_LENGTH) {
    return countWords(trimmed.slice(0, MAX_ANSWER_LENGTH)) >= PROSE_WORDS ? undefined : trimmed;
  }
  if (canonicalize(trimmed).form === "value") return trimmed;
  const prose = countWords(trimmed) >= PROSE_WORDS || (SENTENCE.test(trimmed) && /\d/.test(trimmed));
  return lastMathematics(trimmed) ?? (prose ? undefined : trimmed);
}

/** Words that make a sentence of a short text: the answer is in it, but it is not the answer. */
const SENTENCE = /\b(?:is|are|was|were|has|have|gets?|gives?|equals?|there|thus|hence|therefore|so)\b/i;

/** The last mathematics between dollars, where no number follows it. */
function lastMathematics(text: string): string | undefined {
  const segments = [...text.matchAll(/\$([^$]{1,400})\$/g)];
  const last = segments[segments.length - 1];
  if (!last || /\d/.test(text.slice(last.index + last[0].length))) return undefined;
  return canonicalize(last[1]).form === "value" ? last[1] : undefined;
}

function countWords(text: string): number {
  return text.match(/(?<![\\a-zA-Z])[a-zA-Z]{2,}/g)?.length ?? 0;
}

const NUMBER = /-?(?:\\frac\{\d{1,30}\}\{\d{1,30}\}|(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:\/\d+)?%?|\.\d+)/g;
/** The last number is looked for in this many characters at the end. */
const LAST_NUMBER_REACH = 10_000;

function lastNumber(text: string): string | undefined {
  const matches = text.slice(-LAST_NUMBER_REACH).match(NUMBER);
  return matches?.[matches.length - 1];
}
