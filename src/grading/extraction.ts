/**
 * The final answer in a completion, by rules 1 to 4 of docs/grading.md. Every step is linear in the length of the text.
 *
 * @module
 */
import { canonicalInteger } from "./answer.ts";
import { hasBox, lastBoxes } from "./boxes.ts";
import { MAX_ANSWER_LENGTH } from "./limits.ts";
import { bareAnswer, firstSentence, isValue, lastNumber, statedAnswer } from "./stated.ts";

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
 * The final answer as it was written: the last box that holds something (boxes joined by commas or "and" are a list),
 * else what `<answer>` holds, else the value that the sentence of the last "final answer", "answer is" or `####` ends in,
 * else the text itself where it is a bare answer, else the last number. Only what follows `</think>` counts, and nothing
 * after an end-of-text token or after the next question that a model goes on to write.
 *
 * @returns undefined where there is none, also where the last box was cut off
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(extractAnswer("5?</think>So \\boxed{2} or rather \\boxed{\\frac{1}{2}}."), "\\frac{1}{2}");
 * assertEquals(extractAnswer("The answer is 0.5."), "0.5");
 * assertEquals(extractAnswer("x = 1/2"), "x = 1/2");
 * ```
 */
export function extractAnswer(text: string, options: ExtractionOptions = {}): string | undefined {
  const thought = afterThinking(text, options.thinking ?? false);
  if (thought === undefined) return undefined;
  const completion = withoutRunOn(withoutEndTokens(thought));
  if (hasBox(completion)) {
    const { answer, end, open } = lastBoxes(completion);
    if (open) return undefined;
    const letter = options.boxed || answer === undefined ? undefined : choiceAfter(completion.slice(end));
    if (answer !== undefined) return letter ?? answer;
  }
  if (options.boxed) return undefined;
  const plain = completion.replace(EMPTY_BOX, " ");
  return taggedAnswer(plain) ?? afterMarker(plain) ?? bareAnswer(plain) ?? lastNumber(plain);
}

/** A box that holds nothing, of which the last number must not be taken. */
const EMPTY_BOX = /\\(?:boxed|fbox|framebox)(?:\s?\{\s{0,9}\}?)?/g;

/** The answer of a gold that is more than the answer: boxed, or a worked solution; else the gold as it is. */
export function goldAnswer(gold: string): string {
  if (canonicalInteger(gold) !== undefined) return gold;
  if (hasBox(gold)) return lastBoxes(gold).answer ?? gold;
  return isValue(gold) || gold.length > MAX_GOLD ? gold : taggedAnswer(gold) ?? afterMarker(gold) ?? gold;
}

/** Longest gold that is searched for its answer. */
const MAX_GOLD = 100_000;

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

const END_TOKEN =
  /<\|(?:im_end|im_start|endoftext|end|eot_id|end_of_text|eom_id|assistant|user|return)\|>|<\/s>|<eos>|<end_of_turn>|<｜end▁of▁sentence｜>/;

/** Up to the first token that ends a turn, where something stands before it. */
function withoutEndTokens(text: string): string {
  const at = text.search(END_TOKEN);
  return at >= 0 && text.slice(0, at).trim() !== "" ? text.slice(0, at) : text;
}

const NEXT_QUESTION = /\n\s{0,9}(?:#{1,4} |\*\*)?(?:Question|Problem|Q|Human|User)(?: \d{1,4})?:/g;

/** Up to the next question that a model wrote itself after it had answered. */
function withoutRunOn(text: string): string {
  const answered = text.search(/\\(?:boxed|fbox|framebox)\b|####|answer/i);
  if (answered < 0) return text;
  NEXT_QUESTION.lastIndex = answered;
  const next = NEXT_QUESTION.exec(text);
  return next ? text.slice(0, next.index) : text;
}

const TAG = "<answer>";

/** What the last `<answer>` holds. */
function taggedAnswer(text: string): string | undefined {
  const at = text.lastIndexOf(TAG);
  if (at < 0) return undefined;
  const rest = text.slice(at + TAG.length, at + TAG.length + MAX_ANSWER_LENGTH);
  const content = rest.split("</answer>", 1)[0].trim();
  if (content === "") return undefined;
  return afterMarker(content) ?? statedAnswer(content);
}

/** The letter that a text ends with, stated as the answer: `**Answer: D**`. */
function choiceAfter(text: string): string | undefined {
  return /\banswer(?: is)?:?\**:?\s{0,3}\**\(?([A-J])\)?[.*\s]{0,9}$/i.exec(text.slice(-TAIL))?.[1];
}

const TAIL = 80;

interface Marker {
  readonly end: number;
}

/** Where the last statement of an answer begins: of a "final answer" if there is one, else of an "answer", else `####`. */
function markerAt(text: string): Marker | undefined {
  let plain: Marker | undefined;
  let final: Marker | undefined;
  for (const match of text.matchAll(/(final\s{1,3})?answer/gi)) {
    const end = match.index + match[0].length;
    const after = text.slice(end, end + TAIL);
    const statement = /^\**\s{0,3}(?:(?:is|are)\b|[:=])/i.exec(after);
    const heading = /^[*:]{0,4}[ \t]{0,9}\n/.test(after) &&
      /(?:^|\n)[#*\s]{0,9}$/.test(text.slice(0, match.index).slice(-TAIL));
    if (!statement && !heading) continue;
    const marker = { end: end + (statement?.[0].length ?? 0) };
    if (match[1] === undefined) plain = marker;
    else final = marker;
  }
  const hashes = text.lastIndexOf("####");
  return final ?? plain ?? (hashes < 0 ? undefined : { end: hashes + "####".length });
}

/** The value that the sentence after the last marker ends in. */
function afterMarker(text: string): string | undefined {
  const marker = markerAt(text);
  if (!marker) return undefined;
  const lines = text.slice(marker.end, marker.end + MAX_ANSWER_LENGTH).replace(/^[\s:*}]{1,20}/, "").split("\n");
  // A line that ends with a colon announces the next.
  for (const line of lines.filter((each) => each.trim() !== "").slice(0, MOST_LINES)) {
    const sentence = firstSentence(line);
    if (sentence === "") continue;
    if (!/:\**$/.test(line.trim())) return statedAnswer(sentence);
  }
  const first = firstSentence(lines[0]);
  return first === "" ? undefined : statedAnswer(first);
}

const MOST_LINES = 4;
