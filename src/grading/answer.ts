/**
 * The canonical form of a whole answer: one value, a list of values, or text, with the label and unit that were written
 * beside it.
 *
 * @module
 */
import { readChoice } from "./lettered_option.ts";
import { boundedKey } from "./key_length.ts";
import { MAX_ANSWER_LENGTH, UndefinedValue, Unreadable, Unresolved } from "./limits.ts";
import { plainText, stripDelimiters, toAscii } from "./notation.ts";
import { withoutQualifiers } from "./qualifiers.ts";
import { type Quantity, readQuantity } from "./quantity.ts";
import { Reading, type ScalarValue } from "./reading.ts";
import { formatSet, intersection, type RealSet, union } from "./real_set.ts";
import { rightSide } from "./right_side.ts";
import { joinThousands, readLetterSigns, splitAt, unwrapLetters } from "./token_groups.ts";
import { type Token, tokenize } from "./tokens.ts";
import { SMALL_NUMBERS } from "./units.ts";
import { listKey } from "./value_key.ts";

/** An answer in canonical form. */
export interface CanonicalAnswer {
  /** Equal answers have equal keys; absent where the answer has no value and equals nothing. */
  readonly key?: string;
  /** The known unit after the value, in its one spelling. */
  readonly unit?: string;
  /** The name before the value. */
  readonly label?: string;
  /** An equation that determines its label without giving its value, as `x + 5 = 0`. */
  readonly unsolved?: boolean;
  /** What it stands for beside an answer of another kind: the right side of `m + n = 125`, and its name. */
  readonly standsFor?: { readonly key: string; readonly label?: string };
  /** Key of the N of `N%`. */
  readonly percent?: string;
  /** The letter before the text of an option. */
  readonly choice?: string;
  /** Read as mathematics, or compared as text. */
  readonly form: "value" | "text";
  /** The numbers and functions in it. */
  readonly scalars: readonly ScalarValue[];
}

/** Phrases that are values. */
const PHRASES: ReadonlyMap<string, string> = new Map([
  ["all real numbers", "(-∞,∞)"],
  ["all reals", "(-∞,∞)"],
  ["no solution", "{}"],
  ["no solutions", "{}"],
  ["empty set", "{}"],
  ["dne", "text does not exist"],
  ...SMALL_NUMBERS.map((word, value): [string, string] => [word, String(value)]),
]);

/** What programs print where there is no value. */
const NO_VALUE = /^[+-]?(?:[nN][aA][nN]|[iI][nN][fF]|Infinity|INFINITY)$/;
/** Words that say that an answer comes. */
const ANNOUNCEMENT = /^(?:\\text(?:bf|rm)?\s?\{)?\s?(?:the )?(?:final )?answer\s?(?:is|:|=)\s?:?\s?\}?\s?(?=\S)/i;

/** Signs and words between the values of a list. */
const SEPARATORS: ReadonlySet<string> = new Set([",", ";", "and", "or"]);

/** What may be known beside the text of an answer. */
export interface Context {
  /** Scalars of the answer that it is compared with: a long decimal stands for the one that it cuts or rounds. */
  readonly references?: readonly ScalarValue[];
  /** What was asked. */
  readonly question?: string | undefined;
}

type Answer = Omit<CanonicalAnswer, "scalars">;

/** Canonical form of an answer as it was written, without the text around it. */
export function canonicalize(text: string, { references, question }: Context = {}): CanonicalAnswer {
  const reading = new Reading(references, question);
  const answer = read(text, reading);
  const { scalars } = reading;
  return answer.key === undefined ? { ...answer, scalars } : { ...answer, key: boundedKey(answer.key), scalars };
}

function read(text: string, reading: Reading): Answer {
  const plain = canonicalInteger(text);
  if (plain !== undefined) return integerAnswer(plain, reading);
  if (text.length > MAX_ANSWER_LENGTH) return textAnswer(text);
  const stripped = stripDelimiters(stripDelimiters(toAscii(text)).replace(ANNOUNCEMENT, ""));
  if (stripped === "" || NO_VALUE.test(stripped)) return { form: "text" };
  const choice = readChoice(stripped);
  if (choice?.option === undefined) {
    return choice ? { key: choice.letter, form: "value" } : readPlain(stripped, reading);
  }
  const option = readPlain(choice.option, reading);
  return option.key === undefined ? { key: choice.letter, form: "value" } : { ...option, choice: choice.letter };
}

function readPlain(text: string, reading: Reading): Answer {
  const integerKey = canonicalInteger(text);
  if (integerKey !== undefined) return integerAnswer(integerKey, reading);
  const phrase = PHRASES.get(plainText(text));
  if (phrase !== undefined) return { key: phrase, form: "value" };
  try {
    return readAnswer(text, reading);
  } catch (error) {
    if (error instanceof UndefinedValue) return { form: "value" };
    if (error instanceof Unreadable || error instanceof Unresolved) return textAnswer(text);
    throw error;
  }
}

/** An integer, noted as a number that a long decimal may stand for. */
function integerAnswer(key: string, reading: Reading): Answer {
  if (key.length > MAX_NOTED_DIGITS) return { key, form: "value" };
  return { key: reading.noteInteger(BigInt(key)), form: "value" };
}

/** No decimal within the limits comes near to a longer integer. */
const MAX_NOTED_DIGITS = 300;

/** An integer without leading zeros or plus; undefined for anything else. */
export function canonicalInteger(text: string): string | undefined {
  let at = 0;
  const negative = text.charCodeAt(0) === MINUS;
  if (negative || text.charCodeAt(0) === PLUS) at = 1;
  const start = at;
  while (at < text.length && text.charCodeAt(at) >= DIGIT_0 && text.charCodeAt(at) <= DIGIT_9) at++;
  if (at < text.length || at === start) return undefined;
  let from = start;
  while (from < at - 1 && text.charCodeAt(from) === DIGIT_0) from++;
  const digits = text.slice(from);
  return negative && digits !== "0" ? `-${digits}` : digits;
}

const [MINUS, PLUS, DIGIT_0, DIGIT_9] = ["-", "+", "0", "9"].map((char) => char.charCodeAt(0));

function textAnswer(text: string): Answer {
  const key = plainText(text);
  return key === "" ? { form: "text" } : { key: `text ${key}`, form: "text" };
}

function readAnswer(text: string, reading: Reading): Answer {
  const based = BASED.exec(text);
  if (based && /[A-Z]/.test(based[1])) return { key: `${based[1].replace(/^0+(?=.)/, "")}_${based[2]}`, form: "value" };
  let tokens: readonly Token[];
  try {
    tokens = tokenize(text);
  } catch (error) {
    const side = error instanceof Unreadable ? rightSide(text, reading.question) : undefined;
    if (side === undefined) throw error;
    return { ...readPlain(side, reading), label: text.slice(0, MAX_LABEL) };
  }
  tokens = withoutQualifiers(readLetterSigns(joinThousands(unwrapLetters(tokens))));
  const conclusions = splitAt(tokens, CONCLUSION).parts;
  tokens = conclusions[conclusions.length - 1];
  const { parts, separators } = splitAt(tokens, SEPARATORS);
  const items = parts.filter((part) => part.length > 0).map((part) => readTextItem(part, text, reading));
  if (items.length === 0) throw new Unreadable("nothing between separators");
  if (items.length === 1) return single(items[0]);
  return several(items, separators);
}

/** Characters of an unreadable left side that are kept as a label. */
const MAX_LABEL = 80;
const CONCLUSION: ReadonlySet<string> = new Set(["⇒"]);
/** A numeral with digits above 9, in a stated base. */
const BASED = /^([0-9A-F]{1,60})_\{?(1[1-9]|2\d|3[0-6])\}?$/;

interface Item extends Quantity {
  readonly form: "value" | "text";
}

function single({ keys, unit, label, unsolved, standsFor, percent, form }: Item): Answer {
  return {
    key: listKey(keys),
    form,
    ...(unit !== undefined && { unit }),
    ...(label !== undefined && { label }),
    ...(unsolved !== undefined && { unsolved }),
    ...(standsFor !== undefined && { standsFor }),
    ...(percent !== undefined && { percent }),
  };
}

function several(items: readonly Item[], separators: readonly string[]): Answer {
  // `x = π/4 + kπ, k ∈ ℤ`: the condition says what k may be, and is no value.
  const values = items.filter((item) => !item.condition);
  if (values.length === 1) return single(values[0]);
  if (values.length > 0 && values.length < items.length) return several(values, separators);
  const units = new Set(items.flatMap((item) => item.unit === undefined ? [] : [item.unit]));
  if (units.size > 1) throw new Unreadable("units that differ");
  const [unit] = units;
  // `x_1 = 2, x_2 = 3` are two values of x.
  const labels = items.map((item) => item.label?.replace(/_\{?\d\}?$/, ""));
  const named = new Set(labels.filter((label) => label !== undefined));
  if (named.size > 1) {
    if (separators.includes("or")) throw new Unreadable("values of different names");
    return assignment(items);
  }
  const [label] = named;
  const ranges = items.flatMap((item) => item.range ? [item.range] : []);
  if (ranges.length === items.length) {
    return { key: formatSet(joinRanges(ranges, separators)), form: "value", ...(label !== undefined && { label }) };
  }
  const keys = items.flatMap((item) => item.keys);
  // `1/2 or 0.5` is one value in two forms.
  const key = listKey(separators.includes("or") ? [...new Set(keys)] : keys);
  const form = items.every((item) => item.form === "value") ? "value" : "text";
  return { key, form, ...(unit !== undefined && { unit }), ...(label !== undefined && { label }) };
}

function joinRanges(ranges: readonly RealSet[], separators: readonly string[]): RealSet {
  const all = ranges.reduce((a, b) => intersection(a, b));
  if (separators.includes("or")) return union(...ranges);
  return separators.includes("and") || all.length > 0 ? all : union(...ranges);
}

/** `x = 3, y = 2` is the tuple of the values in order of their names, and stands for their list. */
function assignment(items: readonly Item[]): Answer {
  const byName = new Map<string, string>();
  for (const item of items) {
    if (item.label === undefined || byName.has(item.label)) {
      throw new Unreadable("labels that do not name each value once");
    }
    byName.set(item.label, listKey(item.keys));
  }
  const names = [...byName.keys()].sort();
  const values = names.map((name) => byName.get(name) ?? "");
  return { key: `(${values.join(",")})`, standsFor: { key: listKey(values) }, label: names.join(","), form: "value" };
}

/** One item; text where it is no mathematics. */
function readTextItem(tokens: readonly Token[], text: string, reading: Reading): Item {
  try {
    return { ...readQuantity(tokens, text, reading), form: "value" };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const key = plainText(text.slice(tokens[0].start, tokens[tokens.length - 1].end));
    if (key === "") throw error;
    const phrase = PHRASES.get(key);
    return phrase ? { keys: [phrase], form: "value" } : { keys: [`text ${key}`], form: "text" };
  }
}
