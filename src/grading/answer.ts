/**
 * The canonical form of a whole answer: one value, a list of values, or text, with the label and unit that were written
 * beside it.
 *
 * @module
 */
import { type Expression, isCollection } from "./expression.ts";
import { boundedKey } from "./key_length.ts";
import { Budget, MAX_ANSWER_LENGTH, UndefinedValue, Unreadable, Unresolved } from "./limits.ts";
import { plainText, stripDelimiters, toAscii } from "./notation.ts";
import { numeral } from "./numeral.ts";
import { formatSet, intersection, type RealSet, union } from "./real_set.ts";
import { type Meaning, readItem } from "./relation.ts";
import { joinThousands, readLetterSigns, splitAt, unwrapLetters } from "./token_groups.ts";
import { type Token, tokenize } from "./tokens.ts";
import { mayBeUnit, SCALES, unitName } from "./units.ts";
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
  /** Read as mathematics, or compared as text. */
  readonly form: "value" | "text";
}

/** Phrases that are values. */
const PHRASES: ReadonlyMap<string, string> = new Map([
  ["all real numbers", "(-∞,∞)"],
  ["all reals", "(-∞,∞)"],
  ["no solution", "{}"],
  ["no solutions", "{}"],
  ["empty set", "{}"],
  ["dne", "text does not exist"],
  ...("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen " +
    "eighteen nineteen twenty").split(" ").map((word, value): [string, string] => [word, String(value)]),
]);

/** What programs print where there is no value. */
const NO_VALUE = /^[+-]?(?:[nN][aA][nN]|[iI][nN][fF]|Infinity|INFINITY)$/;

/** Signs and words between the values of a list. */
const SEPARATORS: ReadonlySet<string> = new Set([",", ";", "and", "or"]);
/** Words before a value that say nothing. */
const LEADING_WORDS: ReadonlySet<string> = new Set(["either", "both", "option", "choice", "answer", "exactly"]);

/** Canonical form of an answer as it was written, without the text around it. */
export function canonicalize(text: string): CanonicalAnswer {
  const answer = read(text);
  return answer.key === undefined ? answer : { ...answer, key: boundedKey(answer.key) };
}

function read(text: string): CanonicalAnswer {
  const plain = canonicalInteger(text);
  if (plain !== undefined) return { key: plain, form: "value" };
  if (text.length > MAX_ANSWER_LENGTH) return textAnswer(text);
  const stripped = stripDelimiters(toAscii(text));
  if (stripped === "" || NO_VALUE.test(stripped)) return { form: "text" };
  const choice = CHOICE.exec(stripped);
  if (choice) return { key: choice[1], form: "value" };
  const integerKey = canonicalInteger(stripped);
  if (integerKey !== undefined) return { key: integerKey, form: "value" };
  const phrase = PHRASES.get(plainText(stripped));
  if (phrase !== undefined) return { key: phrase, form: "value" };
  const budget = new Budget();
  try {
    return readAnswer(stripped, budget);
  } catch (error) {
    if (error instanceof UndefinedValue) return { form: "value" };
    if (error instanceof Unreadable || error instanceof Unresolved) return textAnswer(stripped);
    throw error;
  }
}

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

function textAnswer(text: string): CanonicalAnswer {
  const key = plainText(text);
  return key === "" ? { form: "text" } : { key: `text ${key}`, form: "text" };
}

function readAnswer(text: string, budget: Budget): CanonicalAnswer {
  const based = BASED.exec(text);
  if (based && /[A-Z]/.test(based[1])) return { key: `${based[1].replace(/^0+(?=.)/, "")}_${based[2]}`, form: "value" };
  let tokens = readLetterSigns(joinThousands(unwrapLetters(tokenize(text))));
  const conclusions = splitAt(tokens, CONCLUSION).parts;
  tokens = conclusions[conclusions.length - 1];
  const { parts, separators } = splitAt(tokens, SEPARATORS);
  const items = parts.filter((part) => part.length > 0).map((part) => readUnitItem(part, text, budget));
  if (items.length === 0) throw new Unreadable("nothing between separators");
  if (items.length === 1) return single(items[0]);
  return several(items, separators);
}

/** The letter of a choice: `B`, `(B)`, `B)`. */
const CHOICE = /^\(?([A-Z])\)?$/;
const CONCLUSION: ReadonlySet<string> = new Set(["⇒"]);
/** A numeral with digits above 9, in a stated base. */
const BASED = /^([0-9A-F]{1,60})_\{?(1[1-9]|2\d|3[0-6])\}?$/;

interface Item extends Meaning {
  readonly unit?: string;
  readonly form: "value" | "text";
}

function single({ keys, unit, label, unsolved, form }: Item): CanonicalAnswer {
  return {
    key: listKey(keys),
    form,
    ...(unit === undefined ? {} : { unit }),
    ...(label === undefined ? {} : { label }),
    ...(unsolved === undefined ? {} : { unsolved }),
  };
}

function several(items: readonly Item[], separators: readonly string[]): CanonicalAnswer {
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
    return { key: formatSet(joinRanges(ranges, separators)), form: "value", ...(label === undefined ? {} : { label }) };
  }
  const keys = items.flatMap((item) => item.keys);
  // `1/2 or 0.5` is one value in two forms.
  const key = listKey(separators.includes("or") ? [...new Set(keys)] : keys);
  const form = items.every((item) => item.form === "value") ? "value" : "text";
  return { key, form, ...(unit === undefined ? {} : { unit }), ...(label === undefined ? {} : { label }) };
}

function joinRanges(ranges: readonly RealSet[], separators: readonly string[]): RealSet {
  const all = ranges.reduce((a, b) => intersection(a, b));
  if (separators.includes("or")) return union(...ranges);
  return separators.includes("and") || all.length > 0 ? all : union(...ranges);
}

/** `x = 3, y = 2` is the tuple of the values in order of their names. */
function assignment(items: readonly Item[]): CanonicalAnswer {
  const byName = new Map<string, string>();
  for (const item of items) {
    if (item.label === undefined || byName.has(item.label)) {
      throw new Unreadable("labels that do not name each value once");
    }
    byName.set(item.label, listKey(item.keys));
  }
  const names = [...byName.keys()].sort();
  return { key: `(${names.map((name) => byName.get(name)).join(",")})`, label: names.join(","), form: "value" };
}

/** One item with the unit, currency and scale that stand beside it; text where it is no mathematics. */
function readUnitItem(tokens: readonly Token[], text: string, budget: Budget): Item {
  try {
    return readMathematics(tokens, text, budget);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const key = plainText(text.slice(tokens[0].start, tokens[tokens.length - 1].end));
    if (key === "") throw error;
    const phrase = PHRASES.get(key);
    return phrase ? { keys: [phrase], form: "value" } : { keys: [`text ${key}`], form: "text" };
  }
}

function readMathematics(tokens: readonly Token[], text: string, budget: Budget): Item {
  const withoutLead = tokens[0].type === "word" && LEADING_WORDS.has(tokens[0].text.toLowerCase())
    ? tokens.slice(1)
    : tokens;
  const money = withoutCurrency(withoutLead, text);
  if (money.tokens.length === 0) throw new Unreadable("nothing but a currency");
  const { value, words } = withoutUnit(money.tokens);
  let unit = money.unit ?? unitName(words);
  const [first] = words;
  const scale = first === undefined ? undefined : SCALES.get(first.toLowerCase());
  const percent = first !== undefined && PERCENT.has(first.toLowerCase());
  const scaled = scale !== undefined
    ? [...value, ...multiplier(scale, value)]
    : percent
    ? [...value, percentSign(value)]
    : value;
  const meaning = readItem(scaled, budget);
  if (unit === undefined && meaning.expression && hasDegree(meaning.expression)) unit = "degree";
  return unit === undefined ? { ...meaning, form: "value" } : { ...meaning, unit, form: "value" };
}

const PERCENT: ReadonlySet<string> = new Set(["percent", "percentage"]);

function multiplier(powerOfTen: number, value: readonly Token[]): Token[] {
  const end = value[value.length - 1].end;
  const base = { gap: "none", start: end, end } as const;
  const digits = `1${"0".repeat(powerOfTen)}`;
  return [
    { ...base, type: "symbol", text: "*" },
    { ...base, type: "number", text: digits, numeral: numeral(digits) },
  ];
}

function percentSign(value: readonly Token[]): Token {
  const end = value[value.length - 1].end;
  return { type: "symbol", text: "%", gap: "none", start: end, end };
}

const CURRENCIES: Readonly<Record<string, string>> = { "£": "gbp", "€": "eur", "¥": "yen", "₹": "inr" };

/** Takes a currency sign away before the number, or after it. */
function withoutCurrency(tokens: readonly Token[], text: string): { tokens: readonly Token[]; unit?: string } {
  const at = tokens.findIndex((token) => token.type === "symbol" && token.text === "currency");
  if (at < 0) return { tokens };
  const rest = tokens.filter((_, i) => i !== at);
  const sign = text.slice(tokens[at].start, tokens[at].end);
  return { tokens: rest, unit: CURRENCIES[sign] ?? "usd" };
}

/** Most words, exponents and strokes of a unit; more are prose. */
const MAX_UNIT_WORDS = 6;

/** Separates the words of a unit from the value before them. */
function withoutUnit(tokens: readonly Token[]): { value: readonly Token[]; words: readonly string[] } {
  const words: string[] = [];
  let at = tokens.length;
  let unknown = false;
  while (at > 0) {
    const token = tokens[at - 1];
    const exponent = exponentBefore(tokens, at);
    if (exponent) {
      words.unshift(exponent.text);
      at = exponent.start;
    } else if (token.type === "word" && isUnitWord(token.text)) {
      words.unshift(token.text);
      at--;
    } else if (token.text === "/" && words.length > 0 && tokens[at - 2]?.type === "word") {
      words.unshift("/");
      at--;
    } else if (token.text === "*" && words.length > 0 && tokens[at - 2]?.type === "word") at--;
    else if (isTemperature(tokens, at)) {
      words.unshift(token.text === "C" ? "celsius" : "fahrenheit");
      at -= tokens[at - 2].text === "°" && tokens[at - 3]?.text === "^" ? 3 : 2;
    } else break;
    unknown ||= token.type === "word" && unitName([token.text]) === undefined;
  }
  if (words.length === 0 || words.length > MAX_UNIT_WORDS) return { value: tokens, words: [] };
  const last = tokens[at - 1];
  const endsValue = last !== undefined &&
    (last.type === "number" || (last.type === "letter" && !unknown) || ENDS_OF_VALUES.has(last.text));
  return endsValue ? { value: tokens.slice(0, at), words } : { value: tokens, words: [] };
}

function isUnitWord(word: string): boolean {
  return mayBeUnit(word) || SCALES.has(word.toLowerCase()) || PERCENT.has(word.toLowerCase());
}

const ENDS_OF_VALUES: ReadonlySet<string> = new Set([")", "}", "]", "|}", "°", "%", "!", "|", "⌋", "⌉", "pi"]);

/** `^2` or `^{2}` after a word, ending at `end`. */
function exponentBefore(tokens: readonly Token[], end: number): { text: string; start: number } | undefined {
  const braced = tokens[end - 1].text === "}";
  const number = tokens[end - (braced ? 2 : 1)];
  const start = end - (braced ? 4 : 2);
  if (start < 1 || number?.type !== "number" || tokens[start].text !== "^") return undefined;
  if (tokens[start - 1].type !== "word") return undefined;
  return { text: `^${number.text}`, start };
}

/** `° C`, ending at `end`. */
function isTemperature(tokens: readonly Token[], end: number): boolean {
  const letter = tokens[end - 1];
  return letter.type === "letter" && (letter.text === "C" || letter.text === "F") && tokens[end - 2]?.text === "°";
}

/** Whether a degree sign is the unit of the value, and not in the argument of a function. */
function hasDegree(expression: Expression): boolean {
  if (isCollection(expression)) return false;
  if (expression.kind === "call") return expression.name === "degree";
  if (expression.kind === "negate") return hasDegree(expression.operand);
  if (expression.kind === "binary") return hasDegree(expression.left) || hasDegree(expression.right);
  return false;
}
