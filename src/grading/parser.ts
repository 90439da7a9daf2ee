/**
 * Tokens of one value -> expression. Precedence is that of school mathematics: a product without a sign binds like one
 * with it, from left to right (`1/2x` is x/2), a power binds tighter than a minus before it, and a function without
 * brackets takes the product that follows it (`sin 2x`).
 *
 * @module
 */
import { binary, call, type Expression, type FunctionName, integer, isCollection } from "./expression.ts";
import { MAX_DEPTH, Unreadable } from "./limits.ts";
import { numeral } from "./numeral.ts";
import { structureKey } from "./structure_key.ts";
import { TokenCursor } from "./token_cursor.ts";
import type { Token } from "./tokens.ts";
import { OF_SEVERAL } from "./vocabulary.ts";

const MAX_BASE = 36;

/**
 * The expression that all tokens make up.
 *
 * @throws {Unreadable} if they make up none
 */
export function parse(tokens: readonly Token[]): Expression {
  const parser = new Parser(tokens);
  const expression = parser.stacked();
  if (!parser.atEnd()) throw new Unreadable("something is left over");
  return expression;
}

class Parser extends TokenCursor {
  #depth = 0;
  /** How many bars |…| are open, so that the next one closes. */
  #bars = 0;

  /** `3 \\over 7` and `5 \\choose 2`, which split all that stands in their group, or a combination. */
  stacked(): Expression {
    const upper = this.combination();
    if (this.take("over")) return binary("/", upper, this.combination());
    if (this.take("choose")) return call("binomial", upper, this.combination());
    return upper;
  }

  /** Unions, intersections and differences of sets. */
  combination(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new Unreadable("nested too deeply");
    let left = this.#sum();
    while (this.is("∪") || this.is("∩") || this.is("∖")) {
      const operator = this.peek()?.text as "∪" | "∩" | "∖";
      this.skip();
      left = { kind: "combine", operator, left, right: this.#sum() };
    }
    this.#depth--;
    return left;
  }

  #sum(): Expression {
    let left: Expression;
    const sign = this.#sign();
    if (sign === "±" || sign === "∓") left = { kind: "choice", sign, right: this.#product() };
    else {
      const first = this.#product();
      left = sign === "-" ? negated(first) : first;
    }
    while (true) {
      if (this.is("+") || this.is("-")) {
        const operator = this.peek()?.text as "+" | "-";
        this.skip();
        left = binary(operator, left, this.#signedProduct());
      } else if (this.is("±") || this.is("∓")) {
        const choice = this.peek()?.text as "±" | "∓";
        this.skip();
        left = { kind: "choice", sign: choice, left, right: this.#product() };
      } else return left;
    }
  }

  #sign(): "+" | "-" | "±" | "∓" | undefined {
    for (const sign of ["+", "-", "±", "∓"] as const) if (this.take(sign)) return sign;
    return undefined;
  }

  /** `3 + -4`, as people write it. */
  #signedProduct(): Expression {
    if (this.take("-")) return negated(this.#product());
    return this.#product();
  }

  #product(): Expression {
    let left = this.#power();
    while (true) {
      if (this.is("*") || this.is("/")) {
        const operator = this.peek()?.text as "*" | "/";
        this.skip();
        const negative = this.take("-");
        const right = this.#power();
        left = quotientInPercent(operator, left, right, !negative && this.is("%", -1)) ??
          binary(operator, left, negative ? negated(right) : right);
      } else if (this.#startsFactor() || this.#isPowerBesidePower(left)) left = binary("*", left, this.#power());
      else return left;
    }
  }

  /** Whether the next token begins a factor that is multiplied without a sign. */
  #startsFactor(): boolean {
    const token = this.peek();
    if (!token) return false;
    if (token.type === "letter" || token.type === "function" || token.type === "accent") return true;
    if (token.type === "environment") return token.text.startsWith("begin");
    if (token.type !== "symbol") return false;
    if (token.text === "|") return this.#bars === 0;
    // `[` after a value is an index of a programming language, not a factor, save before a sum as in `2[x + 1]`.
    if (token.text === "[") return this.peek(-1)?.type === "number" && !this.is("]", 2);
    return token.text === "(" || token.text === "{" || token.text === "frac" || token.text === "sqrt" ||
      token.text === "binom" || token.text === "⌊" || token.text === "⌈" || token.text === "∞" || token.text === "ℝ";
  }

  /** `2^3 5^2`: numbers side by side are factors where both are powers. */
  #isPowerBesidePower(left: Expression): boolean {
    const last = left.kind === "binary" && left.operator === "*" ? left.right : left;
    return last.kind === "binary" && last.operator === "^" && this.peek()?.type === "number" && this.is("^", 1);
  }

  /** A value with its postfix signs and exponent. */
  #power(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new Unreadable("nested too deeply");
    let base = this.#postfix(this.#primary());
    if (this.is("^")) {
      if (isCollection(base)) throw new Unreadable("power of a collection");
      this.skip();
      const exponent = this.#exponent();
      base = this.#postfix(exponent ? binary("^", base, exponent) : call("degree", base));
    }
    this.#depth--;
    return base;
  }

  #postfix(value: Expression): Expression {
    let result = value;
    while (true) {
      if (this.take("!")) result = call("factorial", result);
      else if (this.take("%")) result = binary("/", result, integer(100));
      else if (this.take("°")) result = call("degree", result);
      else if (this.is("^") && (this.is("°", 1) || (this.is("{", 1) && this.is("°", 2) && this.is("}", 3)))) {
        this.skip(this.is("°", 1) ? 2 : 4);
        result = call("degree", result);
      } else if (this.is("_") && result.kind === "number") {
        const bracketed = this.is(")", -1) && result.value.d === 1n;
        result = this.#based(bracketed ? result.value.n.toString() : this.peek(-1)?.text ?? "");
      } else return result;
    }
  }

  #based(digits: string): Expression {
    this.skip();
    const subscript = this.#subscript().replace(/^\(?(?:base)?/i, "").replace(/\)$/, "");
    const base = BASES.get(subscript.toLowerCase()) ?? (/^\d{1,2}$/.test(subscript) ? Number(subscript) : 0);
    if (base < 2 || base > MAX_BASE || !/^\d+$/.test(digits)) throw new Unreadable("a base");
    return { kind: "based", digits: digits.replace(/^0+(?=.)/, ""), base };
  }

  /** What stands after `^`; undefined for a degree sign. */
  #exponent(): Expression | undefined {
    if (this.take("°")) return undefined;
    const negative = this.take("-");
    if (!negative) this.take("+");
    const exponent = this.is("{") ? this.#group() : this.#postfix(this.#primary());
    const whole = this.is("^") && !isDegree(this.peek(1)) ? this.#tower(exponent) : exponent;
    return negative ? negated(whole) : whole;
  }

  #tower(base: Expression): Expression {
    this.skip();
    if (++this.#depth > MAX_DEPTH) throw new Unreadable("nested too deeply");
    const exponent = this.#exponent();
    this.#depth--;
    return exponent ? binary("^", base, exponent) : call("degree", base);
  }

  #primary(): Expression {
    const token = this.peek();
    if (!token) throw new Unreadable("a value is missing");
    this.skip();
    if (token.type === "number") return this.#number(token);
    if (token.type === "letter") return this.#letter(token.text);
    if (token.type === "function") return this.#call(token.text as FunctionName);
    if (token.type === "accent") {
      return { kind: "variable", name: `${ACCENT_NAMES.get(token.text) ?? token.text}(${this.#letters()})` };
    }
    if (token.type === "environment") return this.#matrix(token.text);
    if (token.type === "word") throw new Unreadable("a word");
    switch (token.text) {
      case "frac":
        return this.#fraction();
      case "sqrt":
        return this.#root();
      case "binom":
        return call("binomial", this.#argument(), this.#argument());
      case "{":
        this.skip(-1);
        return this.#group();
      case "(":
      case "[":
        return this.#bracket(token.text);
      case "⟨":
        return this.#items("(", (symbol) => symbol === "⟩" ? ")" : undefined);
      case "{|": {
        if (this.take("|}")) return { kind: "set", items: [] };
        const items = this.#list();
        this.expect("|}");
        return { kind: "set", items };
      }
      case "∅":
        return { kind: "set", items: [] };
      case "ℝ":
        return { kind: "reals" };
      case "∞":
        return { kind: "constant", name: "infinity" };
      case "|":
        return this.#absolute();
      case "∑":
        return this.#series("+");
      case "∏":
        return this.#series("*");
      case "⌊":
        return this.#enclosed("floor", "⌋");
      case "⌈":
        return this.#enclosed("ceil", "⌉");
      case "-":
        return negated(this.#power());
      default:
        throw new Unreadable(`${token.text} where a value is expected`);
    }
  }

  #letter(name: string): Expression {
    const prime = this.#primes();
    if (name === "pi" || (name.length === 1 && "ei".includes(name) && prime === "" && !this.is("_"))) {
      return { kind: "constant", name: name as "pi" | "e" | "i" };
    }
    if (APPLIED.has(name) && this.take("(")) {
      const parts = this.#list().map(structureKey);
      this.expect(")");
      return { kind: "variable", name: `${name}${prime}(${parts.join(",")})` };
    }
    if (!this.take("_")) return { kind: "variable", name: name + prime };
    return { kind: "variable", name: `${name}_${this.#subscript()}${prime}${this.#primes()}` };
  }

  #primes(): string {
    let primes = "";
    while (this.take("'")) primes += "'";
    return primes;
  }

  /** Text of a subscript. */
  #subscript(): string {
    if (!this.take("{")) {
      const token = this.peek();
      if (!token || (token.type !== "number" && token.type !== "letter" && token.type !== "word")) {
        throw new Unreadable("a subscript is missing");
      }
      this.skip();
      return token.text;
    }
    let text = "";
    for (let depth = 1; depth > 0;) {
      const token = this.peek();
      if (!token) throw new Unreadable("a subscript that does not end");
      this.skip();
      if (token.type === "symbol" && token.text === "{") depth++;
      else if (token.type === "symbol" && token.text === "}") depth--;
      else text += token.text;
    }
    return text;
  }

  /** Letters under an accent. */
  #letters(): string {
    const braced = this.take("{");
    let text = "";
    while (this.peek()?.type === "letter" || this.peek()?.type === "word") {
      text += this.peek()?.text;
      this.skip();
      if (!braced) break;
    }
    if (braced) this.expect("}");
    if (text === "") throw new Unreadable("an accent over nothing");
    return text;
  }

  /** A number, with the fraction of a mixed number after it. */
  #number(token: Token): Expression {
    if (!token.numeral) throw new Unreadable("not a number");
    const { value, approximate } = token.numeral;
    const whole: Expression = { kind: "number", value, approximate };
    if (value.d !== 1n || token.text.includes(".")) return whole;
    const part = this.#mixedPart();
    if (!part) {
      // `2^3 5^2` is a product.
      const factor = this.is("^", -2) && this.is("^", 1);
      if (this.peek()?.type === "number" && !factor) throw new Unreadable("two numbers side by side");
      return whole;
    }
    return binary("+", whole, part);
  }

  /** A proper fraction of plain numbers at this place: `\frac{4}{5}`, `\frac45`, ` 1/2`. */
  #mixedPart(): Expression | undefined {
    let n: bigint | undefined;
    let d: bigint | undefined;
    if (this.is("frac")) {
      const start = this.mark();
      this.skip();
      n = this.#plainArgument();
      d = n === undefined ? undefined : this.#plainArgument();
      if (n === undefined || d === undefined || n >= d || n === 0n) {
        this.reset(start);
        return undefined;
      }
    } else {
      const [first, slash, second] = [this.peek(), this.peek(1), this.peek(2)];
      if (first?.type !== "number" || first.gap === "none" || slash?.text !== "/" || second?.type !== "number") return;
      n = plainInteger(first);
      d = plainInteger(second);
      if (n === undefined || d === undefined || n >= d || n === 0n) return undefined;
      this.skip(3);
    }
    return binary("/", integer(n), integer(d));
  }

  #plainArgument(): bigint | undefined {
    if (this.peek()?.type === "number") return plainInteger(this.takeDigit());
    const [open, number, close] = [this.peek(), this.peek(1), this.peek(2)];
    if (open?.text !== "{" || number?.type !== "number" || close?.text !== "}") return undefined;
    this.skip(3);
    return plainInteger(number);
  }

  /** An argument of a command: a group, or one digit, letter or command. */
  #argument(): Expression {
    const token = this.peek();
    if (!token) throw new Unreadable("an argument is missing");
    if (token.type === "symbol" && token.text === "{") return this.#group();
    if (token.type === "number") {
      const digit = this.takeDigit();
      return { kind: "number", value: (digit.numeral ?? numeral("0")).value, approximate: false };
    }
    if (token.type === "letter") {
      this.skip();
      return this.#letter(token.text);
    }
    if (++this.#depth > MAX_DEPTH) throw new Unreadable("nested too deeply");
    const argument = this.#primary();
    this.#depth--;
    return argument;
  }

  #fraction(): Expression {
    const numerator = this.#argument();
    return binary("/", numerator, this.#argument());
  }

  #root(): Expression {
    let order: Expression | undefined;
    if (this.take("[")) {
      order = this.combination();
      this.expect("]");
    }
    const token = this.peek();
    // `\sqrt 13` means the root of 13, though TeX would draw it over the 1 alone.
    let radicand: Expression;
    if (token?.type === "number" && token.numeral) {
      this.skip();
      radicand = { kind: "number", value: token.numeral.value, approximate: token.numeral.approximate };
    } else radicand = this.#argument();
    if (order?.kind === "number" && order.value.n === 2n && order.value.d === 1n) order = undefined;
    return order ? call("root", radicand, order) : call("sqrt", radicand);
  }

  /** `{…}`: a group of LaTeX, or a set in plain notation where commas are in it. */
  #group(): Expression {
    this.expect("{");
    const items = this.#list();
    this.expect("}");
    return items.length === 1 ? items[0] : { kind: "set", items };
  }

  #bracket(open: "(" | "["): Expression {
    return this.#items(open, (symbol) => symbol === ")" || symbol === "]" ? symbol : undefined);
  }

  #items(open: "(" | "[", closing: (symbol: string) => ")" | "]" | undefined): Expression {
    const bars = this.#bars;
    this.#bars = 0;
    const items = this.#list();
    this.#bars = bars;
    const token = this.peek();
    const close = token?.type === "symbol" ? closing(token.text) : undefined;
    if (!close) throw new Unreadable("a bracket that does not close");
    this.skip();
    if (items.length > 1) return { kind: "tuple", open, close, items };
    if ((open === "(") !== (close === ")")) throw new Unreadable("brackets that do not match");
    return items[0];
  }

  #list(): Expression[] {
    const items = [this.stacked()];
    // Some countries separate the ends of an interval by a semicolon.
    while (this.take(",") || this.take(";")) items.push(this.combination());
    return items;
  }

  #absolute(): Expression {
    const bars = this.#bars;
    this.#bars = 1;
    const inside = this.combination();
    this.expect("|");
    this.#bars = bars;
    return inside.kind === "matrix" ? determinant(inside.rows) : call("abs", inside);
  }

  #enclosed(name: FunctionName, close: string): Expression {
    const inside = this.combination();
    this.expect(close);
    return call(name, inside);
  }

  /** The rest of `\\sum_{k=1}^{10} k^2`. */
  #series(operation: "+" | "*"): Expression {
    this.expect("_");
    this.expect("{");
    const index = this.peek();
    if (index?.type !== "letter") throw new Unreadable("a sum without an index");
    this.skip();
    this.expect("=");
    const from = this.combination();
    this.expect("}");
    this.expect("^");
    const to = this.#exponent();
    if (!to) throw new Unreadable("a sum without an end");
    return { kind: "series", operation, index: index.text, from, to, term: this.#product() };
  }

  /** `(12, 18)` or `\\{1, 2\\}` after the name of a function of several numbers. */
  #several(name: FunctionName): Expression {
    const close = this.take("(") ? ")" : this.take("{|") ? "|}" : undefined;
    if (close === undefined) throw new Unreadable("a function of several numbers without brackets");
    const items = this.#list();
    this.expect(close);
    if (items.some(isCollection)) throw new Unreadable("a function of a collection");
    return call(name, ...items);
  }

  #matrix(begin: string): Expression {
    const rows: Expression[][] = [];
    const end = begin.replace("begin", "end");
    let row: Expression[] = [];
    while (true) {
      if (this.peek()?.type === "environment" && this.peek()?.text.startsWith("end")) break;
      row.push(this.combination());
      if (this.take("&")) continue;
      rows.push(row);
      row = [];
      if (!this.take("\\\\")) break;
    }
    if (row.length > 0 || this.peek()?.text !== end) throw new Unreadable("a matrix that does not end");
    this.skip();
    if (rows.length === 0 || rows.some((other) => other.length !== rows[0].length)) {
      throw new Unreadable("rows of different lengths");
    }
    return begin.endsWith("determinant") ? determinant(rows) : { kind: "matrix", rows };
  }

  #call(name: FunctionName): Expression {
    if (OF_SEVERAL.has(name)) return this.#several(name);
    let base: Expression | undefined;
    let power: Expression | undefined;
    while (this.is("_") || this.is("^")) {
      const subscript = this.is("_");
      this.skip();
      if (subscript && name === "log") base = this.#argumentOrNumber();
      else if (subscript) throw new Unreadable("a subscript of a function");
      else power = this.#exponent();
    }
    const argument = this.#functionArgument();
    const inverse = INVERSES.get(name);
    if (inverse && power?.kind === "negate" && power.operand.kind === "number" && power.operand.value.n === 1n) {
      return call(inverse, argument);
    }
    if (power?.kind === "negate") throw new Unreadable("a negative power of a function, which may mean its inverse");
    const applied = name === "log"
      ? call("log", argument, base ?? integer(10))
      : name === "root"
      ? call("root", argument, integer(3))
      : call(name, argument);
    return power ? binary("^", applied, power) : applied;
  }

  #argumentOrNumber(): Expression {
    const token = this.peek();
    if (token?.type !== "number" || !token.numeral) return this.#argument();
    // `\log_28` is drawn as the base 2 of 8, but `log_10(100)` has the base 10.
    const plain = this.is("(", 1) || this.is("{", 1) || this.peek(1)?.gap !== "none";
    if (!plain) return this.#argument();
    this.skip();
    return { kind: "number", value: token.numeral.value, approximate: false };
  }

  /** The argument of a function: what is in brackets, or the product up to the next sign or function. */
  #functionArgument(): Expression {
    if (++this.#depth > MAX_DEPTH) throw new Unreadable("nested too deeply");
    const bracketed = this.is("(") || this.is("[");
    const negative = !bracketed && this.take("-");
    let argument = bracketed || this.peek()?.type === "function" ? this.#postfix(this.#primary()) : this.#power();
    if (!bracketed) {
      while (this.#startsFactor() && this.peek()?.type !== "function" && !this.is("(")) {
        argument = binary("*", argument, this.#power());
      }
    }
    this.#depth--;
    if (isCollection(argument)) throw new Unreadable("a function of a collection");
    return negative ? negated(argument) : argument;
  }
}

const BASES: ReadonlyMap<string, number> = new Map([
  ["two", 2],
  ["three", 3],
  ["four", 4],
  ["five", 5],
  ["six", 6],
  ["seven", 7],
  ["eight", 8],
  ["nine", 9],
  ["ten", 10],
  ["sixteen", 16],
]);

/** Letters that are functions where a bracket follows: f(x+y) is not f·x + f·y. */
const APPLIED: ReadonlySet<string> = new Set(["f", "g", "h"]);

/** Accents that differ only in length. */
const ACCENT_NAMES: ReadonlyMap<string, string> = new Map([
  ["bar", "overline"],
  ["overrightarrow", "vec"],
  ["widehat", "hat"],
  ["widetilde", "tilde"],
]);

const INVERSES: ReadonlyMap<FunctionName, FunctionName> = new Map([
  ["sin", "arcsin"],
  ["cos", "arccos"],
  ["tan", "arctan"],
]);

function isDegree(token: Token | undefined): boolean {
  return token?.type === "symbol" && token.text === "°";
}

/** `1/4%` is a quarter of a percent, not 1 over 4 %. */
function quotientInPercent(
  operator: string,
  left: Expression,
  right: Expression,
  percent: boolean,
): Expression | undefined {
  if (!percent || operator !== "/" || right.kind !== "binary" || right.operator !== "/") return undefined;
  return binary("/", binary("/", left, right.left), right.right);
}

function negated(operand: Expression): Expression {
  return { kind: "negate", operand };
}

function plainInteger(token: Token): bigint | undefined {
  return /^\d+$/.test(token.text) ? token.numeral?.value.n : undefined;
}

/** Largest order of a determinant that is written out. */
const MAX_DETERMINANT = 3;

function determinant(rows: readonly (readonly Expression[])[]): Expression {
  const size = rows.length;
  if (size > MAX_DETERMINANT || rows.some((row) => row.length !== size)) throw new Unreadable("a determinant");
  if (size === 1) return rows[0][0];
  return rows[0]
    .map((factor, column) => {
      const minor = rows.slice(1).map((row) => row.filter((_, other) => other !== column));
      return binary("*", factor, determinant(minor));
    })
    .reduce((sum, term, column) => binary(column % 2 === 0 ? "+" : "-", sum, term));
}
