/** Seeded random answers: a value written in two ways, and texts that are none. */
import { RandomSequence } from "../../src/random/streams.ts";

/** Draws from a seeded sequence. */
export class Generator {
  readonly #sequence: RandomSequence;

  constructor(...name: readonly (string | number)[]) {
    this.#sequence = new RandomSequence("grading", ...name);
  }

  /** An integer in [0, bound). */
  below(bound: number): number {
    return this.#sequence.word() % bound;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  /** An answer of any kind, nested at most so deep. */
  answer(depth = 2): string {
    const value = () => this.value(depth);
    switch (this.below(9)) {
      case 0:
        return `(${value()}, ${value()})`;
      case 1:
        return `\\{${value()}, ${value()}\\}`;
      case 2:
        return `[${this.below(9)}, ${10 + this.below(9)})`;
      case 3:
        return `x = ${value()}`;
      case 4:
        return `\\begin{pmatrix} ${value()} \\\\ ${value()} \\end{pmatrix}`;
      case 5:
        return `${value()}, ${value()}`;
      default:
        return value();
    }
  }

  /** A real constant made of small numbers, with its value in double precision. */
  constant(depth: number): { text: string; value: number } {
    const small = 1 + this.below(6);
    if (depth === 0) return this.pick([{ text: String(small), value: small }, { text: `-${small}`, value: -small }]);
    const [a, b] = [this.constant(depth - 1), this.constant(depth - 1)];
    switch (this.below(6)) {
      case 0:
        return { text: `\\frac{${a.text}}{${b.text}}`, value: a.value / b.value };
      case 1:
        return { text: `${a.text}+(${b.text})`, value: a.value + b.value };
      case 2:
        return { text: `${a.text}-(${b.text})`, value: a.value - b.value };
      case 3:
        return { text: `(${a.text})\\cdot(${b.text})`, value: a.value * b.value };
      case 4:
        return { text: `\\sqrt{|${a.text}|}`, value: Math.sqrt(Math.abs(a.value)) };
      default:
        return { text: `(${a.text})^{2}`, value: a.value ** 2 };
    }
  }

  /** A number or a function of x. */
  value(depth: number): string {
    const small = String(1 + this.below(12));
    if (depth === 0) return this.pick([small, `-${small}`, "\\pi", "x", `\\sqrt{${small}}`, "0.5", "i"]);
    const [a, b] = [this.value(depth - 1), this.value(depth - 1)];
    switch (this.below(7)) {
      case 0:
        return `\\frac{${a}}{${b}}`;
      case 1:
        return `${a}+${b}`;
      case 2:
        return `(${a})(${b})`;
      case 3:
        return `(${a})^{${1 + this.below(3)}}`;
      case 4:
        return `\\sqrt{${a}}`;
      case 5:
        return `${a}-(${b})`;
      default:
        return small;
    }
  }
}

/** Ways to write the same answer that differ in nothing but looks. */
export const COSMETIC: readonly (readonly [name: string, change: (answer: string) => string])[] = [
  ["spaces around it", (answer) => `  ${answer} \n`],
  ["dollars", (answer) => `$${answer}$`],
  ["double dollars", (answer) => `$$${answer}$$`],
  ["round LaTeX delimiters", (answer) => `\\(${answer}\\)`],
  ["square LaTeX delimiters", (answer) => `\\[${answer}\\]`],
  ["a box", (answer) => `\\boxed{${answer}}`],
  [
    "\\left and \\right",
    (answer) => answer.replace(/(?<!\\)([([])/g, "\\left$1").replace(/(?<!\\)([)\]])/g, "\\right$1"),
  ],
  ["\\dfrac", (answer) => answer.replaceAll("\\frac", "\\dfrac")],
  ["\\tfrac", (answer) => answer.replaceAll("\\frac", "\\tfrac")],
  ["spaces around operators", (answer) => answer.replace(/([+=()]|,(?!\\!|\d{3}))/g, " $1 ")],
  ["thin spaces", (answer) => answer.replaceAll("+", "\\,+\\;")],
  ["braces around powers' bases", (answer) => answer.replace(/(?<![a-zA-Z\\])x(?![a-zA-Z])/g, "{x}")],
  ["\\displaystyle", (answer) => `\\displaystyle ${answer}`],
  ["a full stop", (answer) => `${answer}.`],
];
