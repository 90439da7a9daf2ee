/**
 * Products of two two-digit numbers.
 *
 * @module
 */
import type { ArithmeticTask } from "./task.ts";

/** Questions such as `47*38`. */
export const product: ArithmeticTask = {
  name: "arith-prod",
  law: "a*b, a and b uniform on 12..99",
  operands: [{ low: 12, high: 99 }, { low: 12, high: 99 }],
  rowsSha256: "614282015a3277c0869c578f8e85f83e8549402c3afbd82a01c73ba1d26fdff3",
  question: ([a, b]) => `${a}*${b}`,
  answer: ([a, b]) => a * b,
};
