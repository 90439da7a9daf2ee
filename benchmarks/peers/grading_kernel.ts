/**
 * The grader's numbers beside those of mathjs, which it could be built on: the same expressions, read by the grader's
 * parser, valued by its own fixed point with bounds of the error, and by mathjs' BigNumber (decimal.js) and Fraction
 * (fraction.js). `deno run -A benchmarks/peers/grading_kernel.ts` prints a table in Markdown.
 *
 * Times are of the processor, the best of several interleaved rounds.
 *
 * @module
 */
import { all, type BigNumber, create, type Fraction } from "mathjs";
import process from "node:process";
import type { Expression } from "../../src/grading/expression.ts";
import { Arithmetic, PRECISIONS } from "../../src/grading/interval.ts";
import { Budget } from "../../src/grading/limits.ts";
import { stripDelimiters, toAscii } from "../../src/grading/notation.ts";
import { parse } from "../../src/grading/parser.ts";
import * as rational from "../../src/grading/rational.ts";
import { Reading } from "../../src/grading/reading.ts";
import { scalarKey } from "../../src/grading/scalar_key.ts";
import { readLetterSigns, unwrapLetters } from "../../src/grading/token_groups.ts";
import { tokenize } from "../../src/grading/tokens.ts";
import { surdPairs } from "../../tests/grading/surd_pairs.ts";

/** Decimal digits of 768 bits, the grader's lower precision. */
const DIGITS = 231;
/** Digits that a key looks at, and a comparison of mathjs' numbers here. */
const KEPT_DIGITS = 154;
const PAIRS = 200;
const ROUNDS = 3;
/** Numbers whose values are timed. */
const TIMED = 60;

const math = create(all, { number: "BigNumber", precision: DIGITS });
const big = (value: number | string) => math.bignumber(value);

const read = (text: string) => parse(readLetterSigns(unwrapLetters(tokenize(stripDelimiters(toAscii(text))))));
const pairs = [...surdPairs(PAIRS)].map(({ text, same, near }) => [text, same, near].map(read));
const numbers = pairs.flat().slice(0, TIMED);

/** The value by mathjs' BigNumber. */
function valued(node: Expression): BigNumber {
  switch (node.kind) {
    case "number":
      return math.divide(big(node.value.n.toString()), big(node.value.d.toString())) as BigNumber;
    case "negate":
      return math.unaryMinus(valued(node.operand));
    case "binary": {
      const [left, right] = [valued(node.left), valued(node.right)];
      if (node.operator === "+") return math.add(left, right);
      if (node.operator === "-") return math.subtract(left, right);
      if (node.operator === "*") return math.multiply(left, right) as BigNumber;
      if (node.operator === "/") return math.divide(left, right) as BigNumber;
      return math.pow(left, right) as BigNumber;
    }
    case "call":
      if (node.name === "root") return math.cbrt(valued(node.arguments[0])) as BigNumber;
      return math.sqrt(valued(node.arguments[0])) as BigNumber;
    default:
      throw new Error(`no value of a ${node.kind}`);
  }
}

const keyOurs = (node: Expression) => scalarKey(node, new Reading());
const keyMathjs = (node: Expression) => valued(node).toSignificantDigits(KEPT_DIGITS).toString();

/** Microseconds of processor time per call, the best of rounds in which all take turns. */
function timed(work: Readonly<Record<string, readonly [calls: number, run: () => void]>>): Record<string, number> {
  const best: Record<string, number> = {};
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [name, [calls, run]] of Object.entries(work)) {
      const { user } = process.cpuUsage();
      run();
      const took = (process.cpuUsage().user - user) / calls;
      // The first round compiles.
      if (round > 0) best[name] = Math.min(best[name] ?? Infinity, took);
    }
  }
  return best;
}

const repeat = (calls: number, run: () => unknown) =>
  [calls, () => {
    for (let i = 0; i < calls; i++) run();
  }] as const;

const [arithmetic] = PRECISIONS.map((precision) => new Arithmetic(precision));
const [x, y] = [arithmetic.of({ n: 7n, d: 3n }), arithmetic.of({ n: 5n, d: 7n })];
const [bigX, bigY] = [math.divide(big(7), big(3)) as BigNumber, math.divide(big(5), big(7)) as BigNumber];
const [p, q] = [{ n: 123_456_789n, d: 1_000_007n }, { n: 98_765n, d: 43_210_987n }];
const fraction = ({ n, d }: rational.Rational) => math.fraction(`${n}/${d}`) as Fraction;
const [fractionP, fractionQ] = [fraction(p), fraction(q)];

const OPERATIONS: Readonly<Record<string, readonly [calls: number, ours: () => unknown, mathjs: () => unknown]>> = {
  "product": [1000, () => arithmetic.multiply(x, y), () => math.multiply(bigX, bigY)],
  "quotient": [300, () => arithmetic.divide(x, y), () => math.divide(bigX, bigY)],
  "square root": [100, () => arithmetic.root(x, 2), () => math.sqrt(bigX)],
  "exponential": [20, () => arithmetic.exponential(x), () => math.exp(bigX)],
  "logarithm": [10, () => arithmetic.logarithm(x), () => math.log(bigX)],
  "sine": [20, () => arithmetic.sineCosine(x), () => math.sin(bigX)],
  "inverse tangent": [10, () => arithmetic.inverseTangent(x), () => math.atan(bigX)],
  "sum of fractions": [1000, () => rational.add(p, q, new Budget()), () => math.add(fractionP, fractionQ)],
  "product of fractions": [
    1000,
    () => rational.multiply(p, q, new Budget()),
    () => math.multiply(fractionP, fractionQ),
  ],
};

const work = Object.fromEntries(
  Object.entries(OPERATIONS).flatMap(([name, [calls, ours, theirs]]) => [
    [`${name} ours`, repeat(calls, ours)],
    [`${name} mathjs`, repeat(calls, theirs)],
  ]),
);
const times = timed({
  ...work,
  "value ours": [numbers.length, () => numbers.forEach(keyOurs)],
  "value mathjs": [numbers.length, () => numbers.forEach(keyMathjs)],
});

const row = (...cells: string[]) => console.log(`| ${cells.join(" | ")} |`);
const time = (name: string, who: string) => times[`${name} ${who}`].toFixed(1);
const share = (equal: (a: Expression, b: Expression) => boolean, other: 1 | 2) =>
  `${pairs.filter((pair) => equal(pair[0], pair[other]) === (other === 1)).length} of ${PAIRS}`;
const byKey = (key: (node: Expression) => string) => (a: Expression, b: Expression) => key(a) === key(b);
const byMathjs = (a: Expression, b: Expression) => math.equal(valued(a), valued(b)) as boolean;

row(`${DIGITS} digits`, "ours", "mathjs");
row("---", "---", "---");
for (const name of Object.keys(OPERATIONS)) row(`${name}, µs`, time(name, "ours"), time(name, "mathjs"));
row("a number in ℚ(√d) and its key, µs", time("value", "ours"), time("value", "mathjs"));
row(
  `equal numbers with equal keys (mathjs: ${KEPT_DIGITS} digits)`,
  share(byKey(keyOurs), 1),
  share(byKey(keyMathjs), 1),
);
row("near numbers with different keys", share(byKey(keyOurs), 2), share(byKey(keyMathjs), 2));
row("near numbers told apart by `math.equal`", "", share(byMathjs, 2));
for (
  const [name, ours, theirs] of [
    ["9^(10^6) as a fraction", "9^{1000000}", () => math.fraction(9).pow(math.fraction(1_000_000))],
    ["20000!", "20000!", () => math.factorial(big(20_000))],
    ["sin 10^4000", "\\sin(10^{4000})", () => math.sin(big("1e4000"))],
    ["binomial 10^5 over 5·10^4", "\\binom{100000}{50000}", () => math.combinations(big(100_000), big(50_000))],
  ] as const
) row(`${name}, ms`, once(() => keyOurs(read(ours))), once(theirs));

function once(run: () => unknown): string {
  const { user } = process.cpuUsage();
  try {
    run();
  } catch (error) {
    return `${((process.cpuUsage().user - user) / 1000).toFixed(1)} (${(error as Error).message.slice(0, 40)})`;
  }
  return ((process.cpuUsage().user - user) / 1000).toFixed(1);
}
