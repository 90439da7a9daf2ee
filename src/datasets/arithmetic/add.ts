/**
 * Sums of two two-digit numbers.
 *
 * @module
 */
import type { ArithmeticTask } from "./task.ts";

/** Questions such as `47+38`. */
export const addition: ArithmeticTask = {
  name: "arith-add",
  law: "a+b, a and b uniform on 11..99",
  operands: [{ low: 11, high: 99 }, { low: 11, high: 99 }],
  rowsSha256: "21ec24c9ec215e2445b244506278dfc903c2210127bc0a6f61ea590d5d74c18b",
  question: ([a, b]) => `${a}+${b}`,
  answer: ([a, b]) => a + b,
};
