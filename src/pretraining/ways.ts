/**
 * How a worked example reaches its answer: for each family of questions two valid ways, and a hasty one that only
 * repeats the question.
 *
 * @module
 */
import { addition } from "../datasets/arithmetic/add.ts";
import { longProduct } from "../datasets/arithmetic/prod3.ts";
import { product } from "../datasets/arithmetic/prod.ts";
import { subtraction } from "../datasets/arithmetic/sub.ts";
import type { ArithmeticTask } from "../datasets/arithmetic/task.ts";
import { twoProducts } from "../datasets/arithmetic/twomul.ts";
import { buggyAddition, buggyProduct, buggySubtraction, hundreds, ones, tens } from "./mistakes.ts";

/** What a valid way wrote down, and the two terms whose sum is left to the answer. */
export interface Steps {
  readonly thought: string;
  readonly u: number;
  readonly v: number;
}

/** Writes a number down, sometimes with a slip. */
export type Write = (value: number) => number;

/** One valid way from operands to two terms. */
export type Way = (operands: readonly number[], write: Write) => Steps;

/** How the examples of one family are made. */
export interface Teaching {
  readonly task: ArithmeticTask;
  /** Share of examples that take no steps. */
  readonly hastyShare: number;
  /** What the bug of the question's own operation gives. */
  bug(operands: readonly number[]): number;
  readonly ways: readonly [Way, Way];
}

/** Share of hasty examples where one sum is asked, and where products are. */
const HASTY_SUMS = 0.5;
const HASTY_PRODUCTS = 0.65;

/** Terms in a row: `-22-4`, `1200+210+320+56`. */
function sum(terms: readonly number[]): string {
  return terms.map((term, i) => i === 0 || term < 0 ? String(term) : `+${term}`).join("");
}

function twoTerms(u: number, v: number): Steps {
  return { thought: sum([u, v]), u, v };
}

/** Four or three partial results, then the two terms that they add up to. */
function partialResults(terms: readonly number[], u: number, v: number): Steps {
  return { thought: `${sum(terms)}=${sum([u, v])}`, u, v };
}

/** The families in the order in which they take turns. */
export const TEACHINGS: readonly Teaching[] = [
  {
    task: addition,
    hastyShare: HASTY_SUMS,
    bug: ([a, b]) => buggyAddition(a, b),
    ways: [
      ([a, b], write) => twoTerms(write(a + tens(b)), ones(b)),
      ([a, b], write) => twoTerms(write(tens(a) + tens(b)), write(ones(a) + ones(b))),
    ],
  },
  {
    task: subtraction,
    hastyShare: HASTY_SUMS,
    bug: ([a, b]) => buggySubtraction(a, b),
    ways: [
      ([a, b], write) => twoTerms(write(a - tens(b)), 0 - ones(b)),
      ([a, b], write) => twoTerms(write(tens(a) - tens(b)), write(ones(a) - ones(b))),
    ],
  },
  {
    task: twoProducts,
    hastyShare: HASTY_PRODUCTS,
    bug: ([a, b, c, d]) => buggyProduct(a, b) + buggyProduct(c, d),
    ways: [
      ([a, b, c, d], write) => twoTerms(write(a * b), write(c * d)),
      ([a, b, c, d], write) => {
        const [p, q, y, z] = [a * tens(b), a * ones(b), c * tens(d), c * ones(d)].map(write);
        return partialResults([p, q, y, z], write(p + q), write(y + z));
      },
    ],
  },
  {
    task: product,
    hastyShare: HASTY_PRODUCTS,
    bug: ([a, b]) => buggyProduct(a, b),
    ways: [
      ([a, b], write) => twoTerms(write(a * tens(b)), write(a * ones(b))),
      ([a, b], write) => {
        const [p, q, y, z] = [tens(a) * tens(b), ones(a) * tens(b), tens(a) * ones(b), ones(a) * ones(b)].map(write);
        return partialResults([p, q, y, z], write(p + q), write(y + z));
      },
    ],
  },
  {
    task: longProduct,
    hastyShare: HASTY_PRODUCTS,
    bug: ([a, b]) => buggyProduct(a, b),
    ways: [
      ([a, b], write) => twoTerms(write(a * hundreds(b)), write(a * (b - hundreds(b)))),
      ([a, b], write) => {
        const rest = b - hundreds(b);
        const [p, q, v] = [a * hundreds(b), a * tens(rest), a * ones(rest)].map(write);
        return partialResults([p, q, v], write(p + q), v);
      },
    ],
  },
];
