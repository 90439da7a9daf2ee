/**
 * The grader against an evaluator that was not written here: mathjs computes plain expressions of our own, and its
 * number must equal the expression for the grader, and one beside it must not.
 */
import { assert, assertFalse } from "@std/assert";
import { evaluate } from "mathjs";
import { equivalent } from "../../src/grading/grade.ts";
import { RandomSequence } from "../../src/random/streams.ts";

const EXPRESSIONS = 300;
/** Operations with numbers small enough that a double holds 12 right digits of the value. */
const OPERATORS = ["+", "-", "*", "/"];
const FUNCTIONS = ["sqrt", "sin", "cos", "exp", ""];

function expression(random: RandomSequence, depth: number): string {
  if (depth === 0) return String(1 + random.integer(9));
  const left = expression(random, depth - 1);
  const right = expression(random, random.integer(depth));
  const name = FUNCTIONS[random.integer(FUNCTIONS.length)];
  // A root or an exponential of something unbounded would leave the range in which 12 digits mean anything.
  const argument = String(1 + random.integer(5));
  const wrapped = name === "" ? left : `${name}(${argument})`;
  return `(${wrapped}${OPERATORS[random.integer(OPERATORS.length)]}${right})`;
}

Deno.test("plain expressions equal the number that mathjs computes for them, and not one that differs in the 9th digit", () => {
  const random = new RandomSequence("grader against mathjs");
  let compared = 0;
  while (compared < EXPRESSIONS) {
    const text = expression(random, 3);
    const value = evaluate(text);
    if (!Number.isFinite(value) || Math.abs(value) < 1e-3 || Math.abs(value) > 1e6) continue;
    compared++;
    assert(equivalent(text, value.toPrecision(14)), `${text} = ${value}`);
    assertFalse(equivalent(text, (value * (1 + 1e-8)).toPrecision(14)), `${text} beside ${value}`);
  }
});
