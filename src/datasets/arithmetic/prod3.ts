/**
 * Products of a two-digit and a three-digit number.
 *
 * @module
 */
import type { ArithmeticTask } from "./task.ts";

/** Questions such as `47*384`. */
export const longProduct: ArithmeticTask = {
  name: "arith-prod3",
  law: "a*b, a uniform on 12..99, b on 112..999",
  operands: [{ low: 12, high: 99 }, { low: 112, high: 999 }],
  rowsSha256: "6e03d7c1e5c2034325b22178b37c3cf87713a372c20966944217a1e9571eee7c",
  question: ([a, b]) => `${a}*${b}`,
  answer: ([a, b]) => a * b,
};
