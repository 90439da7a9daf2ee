/**
 * One value with the unit, currency, scale or percent sign that stands beside it.
 *
 * @module
 */
import { type Expression, isCollection } from "./expression.ts";
import { Unreadable } from "./limits.ts";
import { numeral } from "./numeral.ts";
import type { Reading } from "./reading.ts";
import { type Meaning, readItem } from "./relation.ts";
import type { Token } from "./tokens.ts";
import { mayBeUnit, mayHaveExponent, PERCENT, saysWhat, SCALES, unitName } from "./units.ts";
import { listKey } from "./value_key.ts";

/** What tokens come to with what stands beside them. */
export interface Quantity extends Meaning {
  /** Key of the N of N%. */
  readonly percent?: string;
}

/** Words before a value that say nothing. */
const LEADING_WORDS: ReadonlySet<string> = new Set(["either", "both", "option", "choice", "answer", "exactly"]);
/** Words before a value that are a minus. */
const NEGATIVE_WORDS: ReadonlySet<string> = new Set(["negative", "minus"]);

/**
 * The value and its unit.
 *
 * @throws {Unreadable} if the tokens are no mathematics
 */
export function readQuantity(tokens: readonly Token[], text: string, reading: Reading): Quantity {
  const money = withoutCurrency(withoutLead(tokens), text);
  if (money.tokens.length === 0) throw new Unreadable("nothing but a currency");
  const { value, words } = withoutUnit(withBase(money.tokens));
  const { sign, rest } = withoutPercent(value, words);
  const [first] = words;
  const scale = first === undefined ? undefined : SCALES.get(first.toLowerCase());
  const scaled = scale !== undefined ? [...value, ...multiplier(scale, value)] : sign ? [...rest, sign] : value;
  const meaning = readItem(scaled, reading);
  const unit = money.unit ?? unitName(words) ?? meaning.unit ??
    (meaning.expression && hasDegree(meaning.expression) ? "degree" : undefined);
  const percent = sign && rest.length > 0 ? listKey(readItem(rest, reading).keys) : undefined;
  return { ...meaning, ...(unit !== undefined && { unit }), ...(percent !== undefined && { percent }) };
}

function withoutLead(tokens: readonly Token[]): readonly Token[] {
  const [first, second] = tokens;
  if (first.type !== "word" || second === undefined) return tokens;
  const word = first.text.toLowerCase();
  if (LEADING_WORDS.has(word)) return tokens.slice(1);
  const negative = NEGATIVE_WORDS.has(word) && (second.type === "number" || second.text === "frac");
  return negative ? [{ ...first, type: "symbol", text: "-" }, ...tokens.slice(1)] : tokens;
}

/** `52 (base 8)` and `52 base eight` as `52_{8}`. */
function withBase(tokens: readonly Token[]): readonly Token[] {
  const bracketed = tokens[tokens.length - 1].text === ")" && tokens[tokens.length - 4]?.text === "(";
  const at = tokens.length - (bracketed ? 3 : 2);
  const word = tokens[at];
  const base = tokens[at + 1];
  const before = tokens[at - (bracketed ? 2 : 1)];
  if (word?.type !== "word" || word.text.toLowerCase() !== "base" || before?.type !== "number") return tokens;
  return [
    ...tokens.slice(0, at - (bracketed ? 1 : 0)),
    { ...word, type: "symbol", text: "_" },
    { ...word, type: "symbol", text: "{" },
    base,
    { ...word, type: "symbol", text: "}" },
  ];
}

/** The percent sign at the end of a value, or the one that a word after it stands for, and the value without it. */
function withoutPercent(
  value: readonly Token[],
  words: readonly string[],
): { sign?: Token; rest: readonly Token[] } {
  const last = value[value.length - 1];
  if (last.text === "%") return { sign: last, rest: value.slice(0, -1) };
  if (words.length === 0 || !PERCENT.has(words[0].toLowerCase())) return { rest: value };
  return { sign: { type: "symbol", text: "%", gap: "none", start: last.end, end: last.end }, rest: value };
}

function multiplier(powerOfTen: number, value: readonly Token[]): Token[] {
  const end = value[value.length - 1].end;
  const base = { gap: "none", start: end, end } as const;
  const digits = `1${"0".repeat(powerOfTen)}`;
  return [
    { ...base, type: "symbol", text: "*" },
    { ...base, type: "number", text: digits, numeral: numeral(digits) },
  ];
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
  const none = { value: tokens, words: [] };
  if (words.length === 0 || words.length > MAX_UNIT_WORDS) return none;
  const last = tokens[at - 1];
  const endsValue = last !== undefined &&
    (last.type === "number" || (last.type === "letter" && !unknown) || ENDS_OF_VALUES.has(last.text));
  if (!endsValue || !saysWhat(words, at === 1 && last.text === "1")) return none;
  return { value: tokens.slice(0, at), words };
}

function isUnitWord(word: string): boolean {
  return mayBeUnit(word) || SCALES.has(word.toLowerCase()) || PERCENT.has(word.toLowerCase());
}

const ENDS_OF_VALUES: ReadonlySet<string> = new Set([")", "}", "]", "|}", "°", "%", "!", "|", "⌋", "⌉", "pi"]);

/** `^2` or `^{2}` after the word of a length, ending at `end`. */
function exponentBefore(tokens: readonly Token[], end: number): { text: string; start: number } | undefined {
  const braced = tokens[end - 1].text === "}";
  const number = tokens[end - (braced ? 2 : 1)];
  const start = end - (braced ? 4 : 2);
  if (start < 1 || number?.type !== "number" || tokens[start].text !== "^") return undefined;
  const word = tokens[start - 1];
  if (word.type !== "word" || !mayHaveExponent(word.text)) return undefined;
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
