/**
 * Differences of two two-digit numbers, which may be negative.
 *
 * @module
 */
import type { ArithmeticTask } from "./task.ts";

/** Questions such as `38-64`. */
export const subtraction: ArithmeticTask = {
  name: "arith-sub",
  law: "a-b, a and b uniform on 11..99",
  operands: [{ low: 11, high: 99 }, { low: 11, high: 99 }],
  rowsSha256: "7fd055d074ddf963b30c435b02f8c8bce9f4d18ae36f331cb5a3bcb43aacd651",
  question: ([a, b]) => `${a}-${b}`,
  answer: ([a, b]) => a - b,
};
