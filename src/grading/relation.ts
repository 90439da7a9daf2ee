/**
 * What the signs =, <, ≤, ≠, ∈ between values mean for an answer: a label that falls off, an equation, a range.
 *
 * @module
 */
import { congruence } from "./congruence.ts";
import { binary, type Expression, isCollection, variablesOf } from "./expression.ts";
import { readInequality } from "./inequality.ts";
import { fallsOff, labelOf, quantityName } from "./label.ts";
import { Unreadable, Unresolved } from "./limits.ts";
import { linearRoot } from "./linear_root.ts";
import { parse } from "./parser.ts";
import type { Reading } from "./reading.ts";
import type { RealSet } from "./real_set.ts";
import { ratioKey, scalarKey } from "./scalar_key.ts";
import { structureKey } from "./structure_key.ts";
import { splitAt } from "./token_groups.ts";
import type { Token } from "./tokens.ts";
import { listKey, valueKeys } from "./value_key.ts";

/** What one item of an answer comes to. */
export interface Meaning {
  /** Keys of its values. */
  readonly keys: readonly string[];
  /** Name that was put before the value, as in `x = 5`. */
  readonly label?: string;
  /** The item is an equation that is yet to be solved for its label. */
  readonly unsolved?: boolean;
  /** What it stands for beside an answer that is no equation: the right side, under the name of the left one. */
  readonly standsFor?: { readonly key: string; readonly label?: string };
  /** A time of the day, which equals a ratio but not another time. */
  readonly unit?: string;
  /** Says only of what kind a parameter is. */
  readonly condition?: boolean;
  /** The numbers that an inequality allows. */
  readonly range?: RealSet;
  /** The expression, where it is one without a relation. */
  readonly expression?: Expression;
}

const RELATIONS: ReadonlySet<string> = new Set(["=", "<", ">", "≤", "≥", "≠", "≈", "∈"]);

/**
 * Meaning of the tokens of one item.
 *
 * @throws {Unreadable} if they are not mathematics
 * @throws {UndefinedValue} if a value does not exist
 */
export function readItem(tokens: readonly Token[], reading: Reading): Meaning {
  const builder = setBuilder(tokens);
  if (builder) return readItem(builder, reading);
  const congruent = congruence(tokens, reading);
  if (congruent) return congruent;
  const { parts, separators } = splitAt(tokens, RELATIONS);
  // `≈ 3.14` alone is what it is near to.
  if (separators[0] === "≈" && parts[0].length === 0) return readItem(tokens.slice(1), reading);
  if (parts.some((part) => part.length === 0)) throw new Unreadable("a side of a relation is missing");
  if (separators.length === 0) return readValue(tokens, reading);
  const approximately = separators.indexOf("≈");
  if (approximately > 0) {
    return readRelation(parts.slice(0, approximately + 1), separators.slice(0, approximately), reading);
  }
  if (approximately === 0) {
    if (!labelOf(parts[0])) return readValue(parts[0], reading);
    return readRelation(parts.slice(0, 2), ["="], reading);
  }
  return readRelation(parts, separators, reading);
}

/** The condition of `{x | x > 2}` and `{x ∈ ℝ : x > 2}`. */
function setBuilder(tokens: readonly Token[]): readonly Token[] | undefined {
  if (tokens[0].text !== "{|" || tokens[tokens.length - 1].text !== "|}" || tokens[1].type !== "letter") {
    return undefined;
  }
  const inside = tokens.slice(1, -1);
  const real = inside[1]?.text === "∈" && inside[2]?.text === "ℝ";
  const bar = inside[real ? 3 : 1];
  return bar?.text === "|" || bar?.text === ":" ? inside.slice(real ? 4 : 2) : undefined;
}

function readRelation(parts: readonly (readonly Token[])[], separators: readonly string[], reading: Reading): Meaning {
  if (separators.length === 0) return readValue(parts[0], reading);
  if (separators.every((sign) => sign === "=")) return readEquation(parts, reading);
  if (separators.length === 1 && separators[0] === "∈") {
    const label = labelOf(parts[0]);
    if (!label) throw new Unreadable("membership of a value");
    const name = label.kind === "variable" && parts[1].length === 1 ? parts[1][0].text : "";
    const condition = name.startsWith("blackboard ");
    return { keys: valueKeys(parse(parts[1]), reading), label: label.name, ...(condition && { condition }) };
  }
  return readInequality(parts.map(parse), separators, reading);
}

/** A value, or a ratio such as `7:32`. */
function readValue(tokens: readonly Token[], reading: Reading): Meaning {
  const { parts } = splitAt(tokens, RATIO);
  if (parts.length === 1) {
    const expression = withoutPointName(parse(tokens));
    return { keys: valueKeys(expression, reading), expression };
  }
  const terms = parts.map(parse);
  if (terms.some(isCollection)) throw new Unreadable("a ratio of collections");
  if (parts.length === 2) {
    const time = `${parts[0][0].text}:${parts[1][0].text}`;
    // `7:05` is no ratio; `6:10` may be one.
    if (isTimeOfDay(parts[0], parts[1]) && parts[1][0].text.startsWith("0")) return { keys: [time] };
    return {
      keys: valueKeys(binary("/", terms[0], terms[1]), reading),
      ...(isTimeOfDay(parts[0], parts[1]) && { unit: `time ${time}` }),
    };
  }
  const scaled = terms.map((term) => scalarKey(binary("/", term, terms[0]), reading));
  return { keys: [scaled.join(":")] };
}

/** The coordinates alone of `A(1, 2)`. */
function withoutPointName(expression: Expression): Expression {
  if (expression.kind !== "binary" || expression.operator !== "*") return expression;
  const { left, right } = expression;
  const named = left.kind === "variable" && /^[A-Z]$/.test(left.name) && right.kind === "tuple" && right.open === "(";
  return named ? right : expression;
}

const RATIO: ReadonlySet<string> = new Set([":"]);

/** `12:30` and `7:05`, which a ratio in lowest terms is never. */
function isTimeOfDay(hours: readonly Token[], minutes: readonly Token[]): boolean {
  if (hours.length !== 1 || minutes.length !== 1) return false;
  if (!/^\d{1,2}$/.test(hours[0].text) || !/^[0-5]\d$/.test(minutes[0].text) || Number(hours[0].text) > 24) {
    return false;
  }
  if (minutes[0].text.startsWith("0")) return true;
  let [a, b] = [Number(hours[0].text), Number(minutes[0].text)];
  while (b !== 0) [a, b] = [b, a % b];
  return a > 1;
}

/** Sides with the sign = between them. */
function readEquation(parts: readonly (readonly Token[])[], reading: Reading): Meaning {
  const plain = parts.map((part) => plainKey(part, reading));
  const [agreed, ...others] = new Set(plain.filter((key) => key !== undefined));
  if (others.length > 0) throw new Unreadable("sides that differ");
  const [left, last] = [parts[0], parts[parts.length - 1]];
  const label = labelOf(left);
  if (label) {
    const value = readValue(last, reading);
    if (!value.expression || fallsOff(label, value.expression)) return { ...value, label: label.name };
  }
  if (agreed !== undefined && plain.every((key) => key !== undefined)) return { keys: [agreed] };
  const back = labelOf(last);
  if (back?.kind === "variable" && plain[0] !== undefined) return { keys: [plain[0]], label: back.name };
  const standsFor = namedValue(left, last, reading) ??
    (plain[0] === undefined ? undefined : namedValue(last, left, reading));
  if (parts.length > 2) {
    if (!standsFor) throw new Unreadable("a chain of equations");
    return { keys: [standsFor.key], ...(standsFor.label !== undefined && { label: standsFor.label }) };
  }
  const identity = sameFunction(left, last, reading);
  if (identity !== undefined) return { keys: [identity] };
  try {
    const own = equation(parse(left), parse(last), reading);
    return standsFor ? { ...own, standsFor } : own;
  } catch (error) {
    if (!(error instanceof Unreadable) || !standsFor) throw error;
    return { keys: [standsFor.key], ...(standsFor.label !== undefined && { label: standsFor.label }) };
  }
}

/** Key of a side without variables; undefined for other sides, and where the value is beyond the limits. */
function plainKey(tokens: readonly Token[], reading: Reading): string | undefined {
  // The eccentricity e, and a name that is another constant elsewhere.
  if (tokens.length === 1 && tokens[0].type === "letter") return undefined;
  try {
    const expression = parse(tokens);
    if (isCollection(expression) || variablesOf(expression).size > 0) return undefined;
    const [key, ...more] = valueKeys(expression, reading);
    return more.length > 0 || (expression.kind !== "number" && key === structureKey(expression)) ? undefined : key;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** The key of both sides, where they are the same function: then an equation says nothing else. */
function sameFunction(left: readonly Token[], right: readonly Token[], reading: Reading): string | undefined {
  try {
    const sides = [left, right].map(parse);
    if (sides.some(isCollection) || variablesOf(sides[0]).size === 0) return undefined;
    const [key, other] = sides.map((side) => scalarKey(side, reading));
    return key === other ? key : undefined;
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** What an equation stands for whose left side names a quantity. */
function namedValue(
  name: readonly Token[],
  value: readonly Token[],
  reading: Reading,
): { key: string; label?: string } | undefined {
  try {
    const right = readValue(value, reading);
    const key = listKey(right.keys);
    const label = quantityName(name, key === "0", reading);
    return label === undefined ? undefined : { key, label };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

function equation(left: Expression, right: Expression, reading: Reading): Meaning {
  if (isCollection(left) || isCollection(right)) throw new Unreadable("an equation of collections");
  const keys = () => [`${[left, right].map((side) => structureKey(side)).sort().join("=")}`];
  if (variablesOf(left).size + variablesOf(right).size === 0) {
    return { keys: [[left, right].map((side) => scalarKey(side, reading)).sort().join("=")] };
  }
  const difference = binary("-", left, right);
  try {
    const root = linearRoot(difference, reading);
    if (root) return { keys: valueKeys(root.value, reading), label: root.name, unsolved: true };
    return { keys: [`0=${ratioKey(difference, false, reading)}`] };
  } catch (error) {
    if (error instanceof Unresolved) return { keys: keys() };
    throw error;
  }
}
