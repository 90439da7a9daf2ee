/**
 * Text of an answer -> tokens: numbers, letters, words, functions and symbols, whether written in LaTeX or plainly.
 *
 * @module
 */
import { MAX_DEPTH, MAX_TOKENS, Unreadable } from "./limits.ts";
import { type Numeral, numeral } from "./numeral.ts";
import { isKnownUnit, isUnitLetter } from "./units.ts";
import {
  ACCENTS,
  DROPPED,
  FUNCTIONS,
  GREEK,
  IGNORED,
  MATH_FONTS,
  MATRICES,
  OF_SEVERAL,
  PAIRS,
  PLAIN_GREEK,
  QUANTITIES,
  ROWS,
  SHORT_WORDS,
  SPACING,
  SYMBOLS,
  TEXT_FONTS,
} from "./vocabulary.ts";

/** What stands before a token: nothing, a space, or a spacing command such as `\,`. */
export type Gap = "none" | "space" | "thin";

/** One token; `start` and `end` are its place in the text. */
export interface Token {
  readonly type: "number" | "letter" | "word" | "function" | "accent" | "environment" | "symbol";
  /** Digits as written, a variable's name, a function's name, or the symbol itself in Unicode. */
  readonly text: string;
  readonly gap: Gap;
  readonly start: number;
  readonly end: number;
  /** Only of a number. */
  readonly numeral?: Numeral;
}

/** Letters that are read as the argument of a function they are written together with; `cost` is a word. */
const SPLIT_OFF = "xyzn";

/** Symbols that a unit may follow. */
const VALUE_ENDS: ReadonlySet<string> = new Set([")", "]", "}", "|}", "|", "%", "°", "!"]);

const ONE_CHARACTER = "+-*/^_(){}[]|,;:=<>!%'&$";
const CODE_CHARACTERS = '"`#@?\0';

/**
 * Tokens of a text.
 *
 * @throws {Unreadable} if a character or command is not of mathematics, or there are too many
 */
export function tokenize(text: string): Token[] {
  const out: Token[] = [];
  new Scanner(text, out).scan(0, text.length, false, 0);
  return out;
}

class Scanner {
  #gap: Gap = "none";
  #matrix: boolean | undefined;
  /** Environments of aligned rows that are open. */
  #rows = 0;

  constructor(readonly text: string, readonly out: Token[]) {}

  scan(start: number, end: number, inText: boolean, depth: number): void {
    if (depth > MAX_DEPTH) throw new Unreadable("nested too deeply");
    let at = start;
    while (at < end) at = this.#next(at, end, inText, depth);
  }

  #push(type: Token["type"], text: string, start: number, end: number, value?: Numeral): void {
    if (this.out.length >= MAX_TOKENS) throw new Unreadable("too many tokens");
    const token = { type, text, gap: this.#gap, start, end };
    this.out.push(value ? { ...token, numeral: value } : token);
    this.#gap = "none";
  }

  #next(at: number, end: number, inText: boolean, depth: number): number {
    const char = this.text[at];
    if (char === " " || char === "\n" || char === "\t" || char === "\r") {
      if (this.#gap === "none") this.#gap = "space";
      return at + 1;
    }
    if (char === "~") {
      this.#gap = "thin";
      return at + 1;
    }
    if (
      isDigit(char) ||
      (char === "." && (isDigit(this.text[at + 1]) || REPEATING.test(this.text.slice(at + 1, at + 60))))
    ) {
      return this.#number(at, end);
    }
    if (isLetter(char)) return this.#letters(at, end, inText);
    if (char === "\\") return this.#command(at, end, depth);
    // The point of an abbreviation: `sq. ft.`
    if (char === "." && this.#gap === "none" && this.out.at(-1)?.type === "word") return at + 1;
    if (CODE_CHARACTERS.includes(char) || (char === "$" && this.text[at + 1] === "{")) {
      throw new Unreadable(`character ${JSON.stringify(char)}`);
    }
    const pair = this.text.slice(at, Math.min(at + 2, end));
    const operator = PAIRS.get(pair);
    if (operator !== undefined) {
      if (operator === "") throw new Unreadable(`operator ${pair}`);
      this.#push("symbol", operator, at, at + 2);
      return at + 2;
    }
    if (this.text.startsWith("+/-", at)) {
      this.#push("symbol", "±", at, at + 3);
      return at + 3;
    }
    if (this.text.startsWith("{,}", at)) {
      this.#push("symbol", ",", at, at + 3);
      return at + 3;
    }
    if (char === "&" && this.#rows > 0) return at + 1;
    if (ONE_CHARACTER.includes(char)) {
      this.#push("symbol", char === "$" ? "currency" : char, at, at + 1);
      return at + 1;
    }
    if (char === "¢") {
      this.#push("word", "cent", at, at + 1);
      return at + 1;
    }
    if ("£€¥₹".includes(char)) {
      this.#push("symbol", "currency", at, at + 1);
      return at + 1;
    }
    throw new Unreadable(`character ${JSON.stringify(char)}`);
  }

  #number(start: number, end: number): number {
    let at = this.#digits(start, end);
    const whole = this.text.slice(start, at);
    let decimals = "";
    let repeating = "";
    if (this.text[at] === "." && at < end) {
      const from = at + 1;
      at = this.#digits(from, end);
      decimals = this.text.slice(from, at);
      const cycle = REPEATING.exec(this.text.slice(at, Math.min(at + 60, end)));
      if (cycle && (cycle[4] === undefined || decimals === "")) {
        repeating = cycle[1] ?? cycle[2] ?? cycle[3] ?? cycle[4];
        at += cycle[0].length;
      } else if (decimals === "" && at < end && !/[\s,;)\]}$\\]/.test(this.text[at])) {
        throw new Unreadable("a point that is not of a number");
      } else if (this.text[at] === "." && at < end) throw new Unreadable("two points in a number");
    }
    let exponent = 0;
    const scientific = /^[eE]([+-]?\d{1,5})(?![\d.a-zA-Z])/.exec(this.text.slice(at, Math.min(at + 10, end)));
    if (scientific && repeating === "") {
      exponent = Number(scientific[1]);
      at += scientific[0].length;
    } else if (
      whole === "0" && at < end && at === start + 1 && /[xXbBoO]/.test(this.text[at]) &&
      isAlphanumeric(this.text[at + 1])
    ) {
      throw new Unreadable("a number of a programming language");
    }
    this.#push("number", this.text.slice(start, at), start, at, numeral(whole || "0", decimals, repeating, exponent));
    return at;
  }

  #digits(start: number, end: number): number {
    let at = start;
    while (at < end && isDigit(this.text[at])) at++;
    return at;
  }

  #letters(start: number, end: number, inText: boolean): number {
    let at = start;
    while (at < end && isLetter(this.text[at])) at++;
    const run = this.text.slice(start, at);
    const previous = this.out.at(-1);
    const afterNumber = previous?.type === "number";
    if (run === "and" || run === "or") this.#push("symbol", run, start, at);
    else if (run.length === 1) {
      this.#push(this.#isUnitLetter(run, inText) ? "word" : "letter", run, start, at);
    } else if (run === "infinity") {
      this.#push("symbol", "∞", start, at);
    } else if (run === "sqrt") this.#push("symbol", "sqrt", start, at);
    else if (run === "pi" || run === "Pi") this.#push("letter", "pi", start, at);
    else if (run === "log" && /^(2|10)\(/.test(this.text.slice(at, at + 3))) {
      this.#push("function", "log", start, at);
      this.#push("symbol", "_", at, at);
    } else if (FUNCTIONS.has(run)) this.#push("function", FUNCTIONS.get(run) ?? run, start, at);
    else if (OF_SEVERAL.has(run) && BRACKET.test(this.text.slice(at, at + 20))) {
      this.#push("function", run, start, at);
    } else if (PLAIN_GREEK.has(run)) this.#push("letter", run, start, at);
    else if (!inText && this.#splitFunction(run, start)) return at;
    else if (this.#isWord(run, inText, afterNumber)) this.#push("word", run, start, at);
    else for (let i = start; i < at; i++) this.#push("letter", this.text[i], i, i + 1);
    if (isDigit(this.text[at]) && at < end && this.out.at(-1)?.type === "letter") throw new Unreadable("an identifier");
    return at;
  }

  /** Whether one letter is a unit: in text after a value, in mathematics after a space, or below the stroke of `km/h`. */
  #isUnitLetter(letter: string, inText: boolean): boolean {
    const [before, previous] = [this.out.at(-2), this.out.at(-1)];
    if (previous === undefined) return false;
    const afterWord = previous.type === "word";
    if (inText && letter === "a") return afterWord;
    if (!isUnitLetter(letter)) return false;
    if (previous.text === "/" && before?.type === "word") return true;
    if (!inText) return previous.type === "number" && this.#gap === "space";
    return afterWord || previous.type === "number" || VALUE_ENDS.has(previous.text);
  }

  /** `sinx` and `ipi`, which are often written in one. */
  #splitFunction(run: string, start: number): boolean {
    const name = run.slice(0, -1);
    if (FUNCTIONS.has(name) && SPLIT_OFF.includes(run.slice(-1))) {
      this.#push("function", FUNCTIONS.get(name) ?? name, start, start + name.length);
      this.#push("letter", run.slice(-1), start + name.length, start + run.length);
      return true;
    }
    if (run.length === 3 && run.endsWith("pi")) {
      this.#push("letter", run[0], start, start + 1);
      this.#push("letter", "pi", start + 1, start + 3);
      return true;
    }
    return false;
  }

  #isWord(run: string, inText: boolean, afterNumber: boolean): boolean {
    if (afterNumber && /^[AP]M$/.test(run)) return true;
    if (/^[A-Z]+$/.test(run) && (run.length === 2 || isAlphabetic(run))) return false;
    if (inText) return true;
    // A name such as `Al`, where it is all there is.
    if (/^[A-Z][a-z]$/.test(run) && this.text.trim() === run) return true;
    if (isKnownUnit(run) && (afterNumber || this.#gap !== "none")) return true;
    if (run.length === 2) return SHORT_WORDS.has(run.toLowerCase());
    if (afterNumber && this.#gap === "none") return false;
    return !isAlphabetic(run);
  }

  #command(start: number, end: number, depth: number): number {
    const next = this.text[start + 1];
    let at = start + 1;
    while (at < end && isLetter(this.text[at])) at++;
    const name = this.text.slice(start + 1, at);
    if (name === "") return this.#controlSymbol(next, start, end);
    if (IGNORED.has(name)) return this.text[at] === "." && name !== "rm" ? at + 1 : at;
    if (SPACING.has(name)) {
      this.#gap = "thin";
      return name === "hspace" ? this.#group(at, end).after : at;
    }
    if (DROPPED.has(name)) return this.#group(at, end).after;
    if (QUANTITIES.has(name)) return this.#quantity(name, at, end, depth);
    if (TEXT_FONTS.has(name) || MATH_FONTS.has(name)) return this.#font(name, at, end, depth);
    if (name === "mathbb" || name === "Bbb") return this.#blackboard(start, at, end);
    if (name === "begin" || name === "end") return this.#environment(name, start, at, end);
    if (ACCENTS.has(name)) {
      this.#push("accent", name, start, at);
      return at;
    }
    const symbol = SYMBOLS.get(name);
    if (symbol !== undefined) this.#push("symbol", symbol, start, at);
    else if (name === "cents" || name === "cent") this.#push("word", "cent", start, at);
    else if (name === "pi") this.#push("letter", "pi", start, at);
    else if (FUNCTIONS.has(name)) this.#push("function", FUNCTIONS.get(name) ?? name, start, at);
    else if (OF_SEVERAL.has(name)) this.#push("function", name, start, at);
    else if (GREEK.has(name)) this.#push("letter", name, start, at);
    else throw new Unreadable(`command \\${name.slice(0, 20)}`);
    return at;
  }

  #controlSymbol(next: string | undefined, start: number, end: number): number {
    // A spacing command `\ ` whose space was trimmed away.
    if (next === undefined || start + 1 >= end) return end;
    if (next === "\\" && this.#rows > 0) {
      // A row that goes on with a relation continues the chain above it.
      if (!/^\s*&?\s*(?:=|<|>|\\le|\\ge|\\approx|\\end)/.test(this.text.slice(start + 2, start + 40))) {
        this.#push("symbol", ",", start, start + 2);
      }
      return start + 2;
    }
    if (next === "\\") {
      // A row of a matrix ends, or a text was escaped twice.
      if (isLetter(this.text[start + 2]) && !this.#hasMatrix()) return start + 1;
      this.#push("symbol", "\\\\", start, start + 2);
    } else if (",!;: >\n".includes(next)) this.#gap = "thin";
    else if (next === "{") this.#push("symbol", "{|", start, start + 2);
    else if (next === "}") this.#push("symbol", "|}", start, start + 2);
    else if (next === "$") this.#push("symbol", "currency", start, start + 2);
    else if (next === "%") this.#push("symbol", "%", start, start + 2);
    else throw new Unreadable(`command \\${next}`);
    return start + 2;
  }

  #hasMatrix(): boolean {
    return this.#matrix ??= this.text.includes("\\begin");
  }

  /** Bounds of a braced group after `at`, or of the one character there. */
  #group(at: number, end: number): { from: number; to: number; after: number } {
    while (at < end && this.text[at] === " ") at++;
    if (this.text[at] !== "{") return { from: at, to: Math.min(at + 1, end), after: Math.min(at + 1, end) };
    let depth = 0;
    for (let i = at; i < end; i++) {
      if (this.text[i] === "\\") i++;
      else if (this.text[i] === "{") depth++;
      else if (this.text[i] === "}" && --depth === 0) return { from: at + 1, to: i, after: i + 1 };
    }
    throw new Unreadable("a group that does not end");
  }

  #font(name: string, at: number, end: number, depth: number): number {
    if (name === "operatorname" && this.text[at] === "*") at++;
    if (name === "framebox" && this.text[at] === "[") at = this.text.indexOf("]", at) + 1 || at;
    const { from, to, after } = this.#group(at, end);
    const content = this.text.slice(from, to).trim();
    if (MATH_FONTS.has(name)) {
      const letters = /^[a-zA-Z]+$/.test(content);
      if (letters && content.length > 1 && (name === "mathrm" || name === "operatorname" || name === "mathit")) {
        this.scan(from, to, true, depth + 1);
      } else if (letters && content.length === 1) {
        const unit = name === "mathrm" && this.#isUnitLetter(content, true);
        this.#push(unit ? "word" : "letter", content, from, to);
      } else if (name === "mathrm" && /^~?\s?[a-zA-Z][a-zA-Z/^{}\d\s]*$/.test(content)) {
        this.scan(from, to, true, depth + 1);
      } else {
        this.#push("symbol", "{", from, from);
        this.scan(from, to, false, depth + 1);
        this.#push("symbol", "}", to, to);
      }
      return after;
    }
    this.#space();
    this.scan(from, to, true, depth + 1);
    this.#space();
    return after;
  }

  #space(): void {
    if (this.#gap === "none") this.#gap = "space";
  }

  /** `\\num{1500}`, `\\SI{1500}{m}`: a number, and a unit in text or as commands. */
  #quantity(name: string, at: number, end: number, depth: number): number {
    if (this.text[at] === "[") at = this.text.indexOf("]", at) + 1 || at;
    const number = this.#group(at, end);
    if (name !== "si" && name !== "unit") this.scan(number.from, number.to, false, depth + 1);
    if (name === "num") return number.after;
    const unit = name === "si" || name === "unit" ? number : this.#group(number.after, end);
    let prefix = "";
    for (const { 0: text, index } of this.text.slice(unit.from, unit.to).matchAll(OF_UNITS)) {
      const start = unit.from + index;
      this.#space();
      if (PREFIXES.has(text)) prefix = text;
      else if (text === "/") this.#push("symbol", "/", start, start + 1);
      else if (text.startsWith("^")) this.scan(start, start + text.length, true, depth + 1);
      else if (text === "squared" || text === "cubed") {
        const power = text === "squared" ? "2" : "3";
        this.#push("symbol", "^", start, start);
        this.#push("number", power, start, start, numeral(power));
      } else {
        this.#push("word", prefix + text, start, start + text.length);
        prefix = "";
      }
    }
    return unit.after;
  }

  #blackboard(start: number, at: number, end: number): number {
    const { from, to, after } = this.#group(at, end);
    const name = this.text.slice(from, to).trim();
    if (name === "R") this.#push("symbol", "ℝ", start, after);
    else if (/^[A-Z]$/.test(name)) this.#push("letter", `blackboard ${name}`, start, after);
    else throw new Unreadable("a blackboard letter");
    return after;
  }

  #environment(which: string, start: number, at: number, end: number): number {
    const { from, to, after } = this.#group(at, end);
    const name = this.text.slice(from, to).replace("*", "");
    if (ROWS.has(name)) {
      this.#rows += which === "begin" ? 1 : -1;
      return after;
    }
    if (!MATRICES.has(name)) throw new Unreadable(`environment ${name.slice(0, 20)}`);
    this.#push("environment", `${which} ${name === "vmatrix" ? "determinant" : "matrix"}`, start, after);
    return which === "begin" && name === "array" ? this.#group(after, end).after : after;
  }
}

/** Parts of a unit in a command of numbers with units, and the prefixes among them. */
const OF_UNITS = /[a-zA-Z]+|\/|\^\{?-?\d+\}?/g;
const PREFIXES: ReadonlySet<string> = new Set("nano micro milli centi deci deca hecto kilo mega giga".split(" "));

/** A bracket after a name, maybe of a font. */
const BRACKET = /^\}?\s*(?:\\left\s*)?\\?[({]/;

/** Digits that repeat, after the point: `\overline{3}`, `\bar 3`, `\dot{3}`, `(3)`. */
const REPEATING = /^\\(?:overline|bar|dot) ?(?:\{(\d{1,30})\}|(\d))|^\\overline(\d)|^\((\d{1,30})\)/;

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= "0" && char <= "9";
}

function isLetter(char: string | undefined): boolean {
  return char !== undefined && ((char >= "a" && char <= "z") || (char >= "A" && char <= "Z"));
}

function isAlphanumeric(char: string | undefined): boolean {
  return isDigit(char) || isLetter(char);
}

/** Whether letters follow each other in the alphabet, as in `abc` and `xyz`: a product of variables, not a word. */
function isAlphabetic(run: string): boolean {
  for (let i = 1; i < run.length; i++) if (run.charCodeAt(i) !== run.charCodeAt(i - 1) + 1) return false;
  return true;
}
