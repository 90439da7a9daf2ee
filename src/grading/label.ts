/**
 * Labels: what a value is called before the sign =.
 *
 * @module
 */
import { children, type Expression, isCollection, variablesOf } from "./expression.ts";
import { Unreadable } from "./limits.ts";
import { parse } from "./parser.ts";
import { formulasOf } from "./question.ts";
import type { Reading } from "./reading.ts";
import { structureKey } from "./structure_key.ts";
import { splitAt } from "./token_groups.ts";
import type { Token } from "./tokens.ts";

/** A name before a value. */
export interface Label {
  readonly name: string;
  /** `variable`: one letter; `function`: `f(x)`; `variables`: `(x, y)`; `quantity`: words, sides, angles, ratios. */
  readonly kind: "variable" | "function" | "variables" | "quantity";
}

/** The label that tokens are, if they are one. */
export function labelOf(tokens: readonly Token[]): Label | undefined {
  const name = tokens.map((token) => token.text).join("");
  const [first] = tokens;
  if (tokens.some((token) => token.type === "word" || token.text === "∠" || token.type === "accent")) {
    return tokens.some(({ text }) => text === "+") ? undefined : { name, kind: "quantity" };
  }
  // Alone before a value, e is an eccentricity.
  if (first.type === "letter" && first.text !== "pi" && (first.text !== "e" || tokens.length === 1)) {
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

/** Letters that usually name coordinates or unknowns of a curve: `y = 2x` is a line, not the value 2x of y. */
const COORDINATES: ReadonlySet<string> = new Set(["x", "y", "z", "r", "t", "theta"]);
/** Letters that usually name an unknown, whose value may depend on parameters: `x = 3a`. */
const UNKNOWNS: ReadonlySet<string> = new Set(["x", "y", "z", "t", "u", "v", "w", "s"]);

/** Whether a label before this value says only what the value is called. */
export function fallsOff(label: Label, value: Expression): boolean {
  if (isCollection(value)) return label.kind !== "variables" || value.kind === "tuple" || value.kind === "set";
  const names = variablesOf(value);
  if (names.size === 0 || label.kind === "function") return label.kind !== "variables";
  if (label.kind === "variables" || names.has(label.name)) return false;
  if (label.kind === "quantity" || /^[A-Z]/.test(label.name)) return true;
  return UNKNOWNS.has(label.name) && [...names].every((name) => !COORDINATES.has(name) && !UNKNOWNS.has(name));
}

/**
 * The name of the quantity that a left side is; undefined where it may be an unknown's equation, as `2x` of `2x = 8`.
 * A left side names a quantity if it is one letter, angle, function value and the like, or made of two of them at least;
 * or if the question asks for just this expression.
 *
 * @param ofZero whether the right side is 0: then `2x - y` may be a line, unless the question asks for it
 */
export function quantityName(tokens: readonly Token[], ofZero: boolean, reading: Reading): string | undefined {
  const known = labelOf(tokens);
  if (known) return known.name;
  const name = tokens.map(({ text }) => text).join("");
  const terms = splitAt(tokens, RATIO).parts;
  let expressions: Expression[];
  try {
    expressions = terms.map((term) => parse(withNames(term)));
  } catch (error) {
    // Beyond the grammar, as `P(A|B)`, and so no polynomial; numbers alone are no name.
    if (error instanceof Unreadable) return !ofZero && tokens.some(isNaming) ? name : undefined;
    throw error;
  }
  const quantities = new Set<string>();
  for (const expression of expressions) collectQuantities(expression, quantities);
  // Numbers whose value is beyond the limits, as in other bases: the sides cannot be seen to differ.
  if (quantities.size === 0 && tokens.length > 1) return name;
  const [only] = expressions;
  const itself = quantities.size === 1 && expressions.length === 1 && quantities.has(structureKey(only));
  const several = quantities.size > 1 && !(ofZero && [...quantities].some((quantity) => COORDINATES.has(quantity)));
  if (itself || several) return name;
  const asked = reading.question !== undefined && quantities.size > 0 && expressions.length === 1 &&
    formulasOf(reading.question).has(structureKey(parse(tokens)));
  return asked ? name : undefined;
}

const RATIO: ReadonlySet<string> = new Set([":"]);

function isNaming({ type, text }: Token): boolean {
  return type !== "number" && !/^[-+*/^_(){}[\]|,.:!%']$/.test(text);
}

/** Neighbouring capitals are one name, of a side, triangle or number, and so is a function's value as `p(3)`. */
function withNames(tokens: readonly Token[]): Token[] {
  const out: Token[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const [token, last] = [tokens[at], out.at(-1)];
    const end = token.type === "letter" ? applicationEnd(tokens, at) : at;
    if (end > at) {
      const text = tokens.slice(at, end).map((part) => part.text).join("");
      out.push({ ...token, text, end: tokens[end - 1].end });
      at = end - 1;
    } else if (
      token.type === "letter" && last?.type === "letter" && /^[A-Z]$/.test(token.text) && /^[A-Z]+$/.test(last.text)
    ) {
      out[out.length - 1] = { ...last, text: last.text + token.text, end: token.end };
    } else out.push(token);
  }
  return out;
}

/** The end of `p(3)`, `f(anything)` or `f^{-1}(anything)`; `at` itself where the letter is no function. */
function applicationEnd(tokens: readonly Token[], at: number): number {
  const texts = tokens.slice(at + 1, at + 6).map(({ text }) => text).join("");
  const open = at + (texts.startsWith("^{-1}") ? 6 : 1);
  if (tokens[open]?.text !== "(") return at;
  const close = closingBracket(tokens, open);
  const inside = tokens.slice(open + 1, close);
  const number = inside.every(({ type, text }) => type === "number" || text === "-");
  return close > open && (FUNCTION_LETTERS.has(tokens[at].text) || number) ? close + 1 : at;
}

/** Letters that usually name functions. */
const FUNCTION_LETTERS: ReadonlySet<string> = new Set(["f", "g", "h"]);

function closingBracket(tokens: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < tokens.length; at++) {
    if (tokens[at].text === "(") depth++;
    else if (tokens[at].text === ")" && --depth === 0) return at;
  }
  return -1;
}

/** Functions whose values are quantities of their own: |z|, ⌊x⌋, cos A. */
const OF_QUANTITIES: ReadonlySet<string> = new Set(
  "abs floor ceil sin cos tan cot sec csc gcd lcm min max".split(" "),
);

/** The quantities that an expression is made of: variables, and values such as cos A. */
function collectQuantities(node: Expression, found: Set<string>): void {
  if (node.kind === "variable") found.add(node.name);
  else if (node.kind === "call" && OF_QUANTITIES.has(node.name)) {
    if (variablesOf(node).size > 0) found.add(structureKey(node));
  } else if (node.kind === "series") found.add(structureKey(node));
  else for (const child of children(node)) collectQuantities(child, found);
}
