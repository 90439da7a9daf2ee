/**
 * What the signs =, <, ≤, ≠, ∈ between values mean for an answer: a label that falls off, an equation, a range.
 *
 * @module
 */
import { binary, type Expression, integer, isCollection, mapChildren, variablesOf } from "./expression.ts";
import { type Budget, UndefinedValue, Unreadable, Unresolved } from "./limits.ts";
import { parse } from "./parser.ts";
import { bound, complement, formatSet, intersection, pointSet, ray, type RealSet, union } from "./real_set.ts";
import { ratioKey, realValue, scalarKey } from "./scalar_key.ts";
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
  /** Says only of what kind a parameter is. */
  readonly condition?: boolean;
  /** The numbers that an inequality allows. */
  readonly range?: RealSet;
  /** The expression, where it is one without a relation. */
  readonly expression?: Expression;
}

const RELATIONS: ReadonlySet<string> = new Set(["=", "<", ">", "≤", "≥", "≠", "≈", "∈"]);

/** Letters that usually name coordinates or unknowns of a curve: `y = 2x` is a line, not the value 2x of y. */
const COORDINATES: ReadonlySet<string> = new Set(["x", "y", "z", "r", "t", "theta"]);
/** Letters that usually name an unknown, whose value may depend on parameters: `x = 3a`. */
const UNKNOWNS: ReadonlySet<string> = new Set(["x", "y", "z", "t", "u", "v", "w", "s"]);

/**
 * Meaning of the tokens of one item.
 *
 * @throws {Unreadable} if they are not mathematics
 * @throws {UndefinedValue} if a value does not exist
 */
export function readItem(tokens: readonly Token[], budget: Budget): Meaning {
  const builder = setBuilder(tokens);
  if (builder) return readItem(builder, budget);
  const { parts, separators } = splitAt(tokens, RELATIONS);
  // `≈ 3.14` alone is what it is near to.
  if (separators[0] === "≈" && parts[0].length === 0) return readItem(tokens.slice(1), budget);
  if (parts.some((part) => part.length === 0)) throw new Unreadable("a side of a relation is missing");
  if (separators.length === 0) return readValue(tokens, budget);
  const approximately = separators.indexOf("≈");
  if (approximately > 0) {
    return readRelation(parts.slice(0, approximately + 1), separators.slice(0, approximately), budget);
  }
  if (approximately === 0) {
    if (!labelOf(parts[0])) return readValue(parts[0], budget);
    return readRelation(parts.slice(0, 2), ["="], budget);
  }
  return readRelation(parts, separators, budget);
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

function readRelation(parts: readonly (readonly Token[])[], separators: readonly string[], budget: Budget): Meaning {
  if (separators.length === 0) return readValue(parts[0], budget);
  if (separators.every((sign) => sign === "=")) return readEquation(parts, budget);
  if (separators.length === 1 && separators[0] === "∈") {
    const label = labelOf(parts[0]);
    if (!label) throw new Unreadable("membership of a value");
    const name = label.kind === "variable" && parts[1].length === 1 ? parts[1][0].text : "";
    const condition = name.startsWith("blackboard ");
    return { keys: valueKeys(parse(parts[1]), budget), label: label.name, ...(condition && { condition }) };
  }
  return readInequality(parts.map(parse), separators, budget);
}

/** A value, or a ratio such as `7:32`. */
function readValue(tokens: readonly Token[], budget: Budget): Meaning {
  const { parts } = splitAt(tokens, RATIO);
  if (parts.length === 1) {
    const expression = withoutPointName(parse(tokens));
    return { keys: valueKeys(expression, budget), expression };
  }
  const terms = parts.map(parse);
  if (terms.some(isCollection)) throw new Unreadable("a ratio of collections");
  if (parts.length === 2) {
    if (isTimeOfDay(parts[0], parts[1])) return { keys: [`${parts[0][0].text}:${parts[1][0].text}`] };
    return { keys: valueKeys(binary("/", terms[0], terms[1]), budget) };
  }
  const scaled = terms.map((term) => scalarKey(binary("/", term, terms[0]), budget));
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

interface Label {
  readonly name: string;
  /** `variable`: one letter; `function`: `f(x)`; `variables`: `(x, y)`; `quantity`: words, sides, angles, ratios. */
  readonly kind: "variable" | "function" | "variables" | "quantity";
}

/** The label that tokens are, if they are one. */
function labelOf(tokens: readonly Token[]): Label | undefined {
  const name = tokens.map((token) => token.text).join("");
  const [first] = tokens;
  if (tokens.some((token) => token.type === "word" || token.text === "∠" || token.type === "accent")) {
    return { name, kind: "quantity" };
  }
  if (first.type === "letter" && first.text !== "pi" && first.text !== "e") {
    const rest = withoutScripts(tokens.slice(1));
    if (rest.length === 0) return { name, kind: isSequence(tokens) ? "function" : "variable" };
    if (isArguments(rest)) return { name, kind: "function" };
    if (tokens.every(({ type, text }) => type === "letter" && /^[A-Z]$/.test(text))) return { name, kind: "quantity" };
    const ratio = tokens.every((token, i) => i % 2 === 0 ? token.type === "letter" : token.text === ":");
    return ratio && tokens.length % 2 === 1 ? { name, kind: "quantity" } : undefined;
  }
  if (/^\|[A-Z]{2}\|$/.test(name)) return { name, kind: "quantity" };
  return isArguments(tokens) && tokens.length > 3 ? { name: name.slice(1, -1), kind: "variables" } : undefined;
}

/** `a_n`, which is a function of n. */
function isSequence(tokens: readonly Token[]): boolean {
  const index = tokens.slice(tokens[2]?.text === "{" ? 3 : 2);
  return tokens[1]?.text === "_" && index[0]?.type === "letter" && /^[nkmij]$/.test(index[0].text);
}

/** What follows subscripts, primes and the −1 of an inverse function. */
function withoutScripts(tokens: readonly Token[]): readonly Token[] {
  let at = 0;
  while (at < tokens.length) {
    if (tokens[at].text === "'") at++;
    else if (
      tokens[at].text === "_" ||
      (tokens[at].text === "^" && tokens.slice(at + 1, at + 5).map((t) => t.text).join("") === "{-1}")
    ) {
      if (tokens[at + 1]?.text !== "{") at += 2;
      else {
        const close = tokens.findIndex((token, i) => i > at && token.text === "}");
        if (close < 0) return tokens;
        at = close + 1;
      }
    } else break;
  }
  return tokens.slice(at);
}

/** `(x)`, `(3)`, `(x, y)`. */
function isArguments(tokens: readonly Token[]): boolean {
  if (tokens.length < 3 || tokens[0].text !== "(" || tokens[tokens.length - 1].text !== ")") return false;
  const inside = tokens.slice(1, -1);
  // `(a)(b)` begins and ends with a bracket too, but not with a pair of them.
  if (inside.some(({ text }) => text === "(" || text === ")")) return false;
  return splitAt(inside, COMMA).parts.every((part) => {
    const unsigned = part[0]?.text === "-" ? part.slice(1) : part;
    if (unsigned.length === 0 || (unsigned[0].type !== "letter" && unsigned[0].type !== "number")) return false;
    return withoutScripts(unsigned.slice(1)).length === 0;
  });
}

const COMMA: ReadonlySet<string> = new Set([","]);

function readEquation(parts: readonly (readonly Token[])[], budget: Budget): Meaning {
  const label = labelOf(parts[0]);
  if (label) {
    const values = parts.slice(1).map((part) => readValue(part, budget));
    const last = values[values.length - 1];
    const expression = last.expression;
    if (!expression || fallsOff(label, expression)) {
      const key = listKey(last.keys);
      if (values.some((value) => listKey(value.keys) !== key)) throw new Unreadable("sides that differ");
      return { ...last, label: label.name };
    }
  }
  if (parts.length !== 2) throw new Unreadable("a chain of equations");
  const back = labelOf(parts[1]);
  const sides = parts.map(parse);
  if (back?.kind === "variable" && variablesOf(sides[0]).size === 0) {
    return { keys: valueKeys(sides[0], budget), label: back.name };
  }
  if (sides.some(isCollection)) throw new Unreadable("an equation of collections");
  return equation(sides[0], sides[1], budget);
}

/** Whether a label before this value says only what the value is called. */
function fallsOff(label: Label, value: Expression): boolean {
  if (isCollection(value)) return label.kind !== "variables" || value.kind === "tuple" || value.kind === "set";
  const names = variablesOf(value);
  if (names.size === 0 || label.kind === "function") return label.kind !== "variables";
  if (label.kind === "variables" || names.has(label.name)) return false;
  if (label.kind === "quantity" || /^[A-Z]/.test(label.name)) return true;
  return UNKNOWNS.has(label.name) && [...names].every((name) => !COORDINATES.has(name) && !UNKNOWNS.has(name));
}

function equation(left: Expression, right: Expression, budget: Budget): Meaning {
  const names = [...variablesOf(left), ...variablesOf(right)];
  const keys = () => [`${[left, right].map((side) => structureKey(side)).sort().join("=")}`];
  if (names.length === 0) return { keys: [[left, right].map((side) => scalarKey(side, budget)).sort().join("=")] };
  const difference = binary("-", left, right);
  try {
    const root = linearRoot(difference, budget);
    if (root) return { keys: valueKeys(root.value, budget), label: root.name, unsolved: true };
    return { keys: [`0=${ratioKey(difference, false, budget)}`] };
  } catch (error) {
    if (error instanceof Unresolved) return { keys: keys() };
    throw error;
  }
}

interface LinearRoot {
  readonly name: string;
  readonly value: Expression;
  readonly rising: boolean;
}

/** Where an expression that is linear in its one variable is zero. */
function linearRoot(expression: Expression, budget: Budget): LinearRoot | undefined {
  const names = variablesOf(expression);
  if (names.size !== 1) return undefined;
  const [name] = names;
  const at = (value: number) => substitute(expression, name, integer(value));
  try {
    const [zero, one, two] = [at(0), at(1), at(2)];
    const slope = binary("-", one, zero);
    const bend = binary("-", binary("+", two, zero), binary("*", integer(2), one));
    // A line through three points could still be a curve or a step, so that a fourth point decides.
    const far = binary("-", binary("-", substitute(expression, name, FAR), zero), binary("*", FAR, slope));
    if (scalarKey(bend, budget) !== "0" || scalarKey(far, budget) !== "0") return undefined;
    const size = realValue(slope, budget);
    if (size === undefined || scalarKey(slope, budget) === "0") return undefined;
    return { name, value: binary("/", { kind: "negate", operand: zero }, slope), rising: size > 0n };
  } catch (error) {
    if (error instanceof UndefinedValue) return undefined;
    throw error;
  }
}

const FAR = binary("/", integer(-15), integer(2));

function substitute(expression: Expression, name: string, value: Expression): Expression {
  if (expression.kind === "variable" && expression.name === name) return value;
  return mapChildren(expression, (child) => substitute(child, name, value));
}

function readInequality(sides: readonly Expression[], signs: readonly string[], budget: Budget): Meaning {
  if (sides.some(isCollection)) throw new Unreadable("an inequality of collections");
  const names = new Set(sides.flatMap((side) => [...variablesOf(side)]));
  if (names.size === 1) {
    let range: RealSet | undefined;
    for (let i = 0; i < signs.length; i++) {
      const allowed = solve(sides[i], signs[i], sides[i + 1], budget);
      if (!allowed) return { keys: [generalInequality(sides, signs, budget)] };
      range = range ? intersection(range, allowed) : allowed;
    }
    if (range) return { keys: [formatSet(range)], label: [...names][0], range };
  }
  return { keys: [generalInequality(sides, signs, budget)] };
}

/** Numbers for which a relation that is linear in its one variable holds. */
function solve(left: Expression, sign: string, right: Expression, budget: Budget): RealSet | undefined {
  if (isInfinite(left) || isInfinite(right)) return undefined;
  if (isAbsolute(left) && variablesOf(right).size === 0) return solveAbsolute(left.arguments[0], sign, right, budget);
  if (isAbsolute(right) && variablesOf(left).size === 0) {
    return solveAbsolute(right.arguments[0], MIRRORED.get(sign) ?? sign, left, budget);
  }
  const root = linearRoot(binary("-", left, right), budget);
  if (!root) return undefined;
  const end = bound(root.value, budget);
  if (sign === "≠") return complement(pointSet(end));
  if (sign === "=") return pointSet(end);
  const greater = sign === ">" || sign === "≥";
  return ray(end, sign === "≤" || sign === "≥", greater === root.rising);
}

const MIRRORED: ReadonlyMap<string, string> = new Map([["<", ">"], [">", "<"], ["≤", "≥"], ["≥", "≤"]]);

function isAbsolute(side: Expression): side is Extract<Expression, { kind: "call" }> {
  return side.kind === "call" && side.name === "abs";
}

/** `|inside| < size` is -size < inside < size, and `|inside| > size` what lies outside of that. */
function solveAbsolute(inside: Expression, sign: string, size: Expression, budget: Budget): RealSet | undefined {
  const value = realValue(size, budget);
  const below = sign === "<" || sign === "≤";
  if (value === undefined || value <= 0n || (!below && sign !== ">" && sign !== "≥")) return undefined;
  const upper = solve(inside, sign, size, budget);
  const lower = solve(inside, MIRRORED.get(sign) ?? sign, { kind: "negate", operand: size }, budget);
  return upper && lower && (below ? intersection(upper, lower) : union(upper, lower));
}

function isInfinite(expression: Expression): boolean {
  if (expression.kind === "negate") return isInfinite(expression.operand);
  return expression.kind === "constant" && expression.name === "infinity";
}

function generalInequality(sides: readonly Expression[], signs: readonly string[], budget: Budget): string {
  if (signs.length !== 1) return sides.map((side, i) => structureKey(side) + (signs[i] ?? "")).join("");
  const [left, right] = sides;
  const [sign] = signs;
  const greater = sign === ">" || sign === "≥";
  const difference = greater ? binary("-", left, right) : binary("-", right, left);
  const key = ratioKey(difference, sign !== "≠", budget);
  if (sign === "≠") return `0≠${key}`;
  return `0${sign === "≤" || sign === "≥" ? "≤" : "<"}${key}`;
}
