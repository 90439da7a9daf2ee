/**
 * Sums of two products of a digit and a two-digit number.
 *
 * @module
 */
import type { ArithmeticTask } from "./task.ts";

/** Questions such as `7*38+6*47`. */
export const twoProducts: ArithmeticTask = {
  name: "arith-twomul",
  law: "a*b+c*d, a and c uniform on 2..9, b and d on 12..99",
  operands: [{ low: 2, high: 9 }, { low: 12, high: 99 }, { low: 2, high: 9 }, { low: 12, high: 99 }],
  rowsSha256: "50f41f3aab6e69f0a81ab98855f445a42737e272cd0fac53c971ba4d762848df",
  question: ([a, b, c, d]) => `${a}*${b}+${c}*${d}`,
  answer: ([a, b, c, d]) => a * b + c * d,
};
