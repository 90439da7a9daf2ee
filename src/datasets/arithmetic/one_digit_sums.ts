/**
 * Sums of two digits, asked in words: within reach of published checkpoints of some hundred million parameters.
 *
 * @module
 */
import type { ArithmeticTask } from "./task.ts";

/**
 * Questions such as `What is 7 + 8?`. There are 100, of 55 pairs of digits: whoever was trained on 7 + 8 was trained on
 * 8 + 7, so that a pair is held out or trained on in both orders. 24 pairs are held out, each in one order.
 */
export const oneDigitSums: ArithmeticTask = {
  name: "sums-one-digit",
  law: "a+b in words, a and b uniform on 0..9, each pair in one order",
  operands: [{ low: 0, high: 9 }, { low: 0, high: 9 }],
  heldOutProblems: 24,
  rowsSha256: "e666460fdf98a76893e2f2c0dad26a8d5d50d863af7f6d35400b0660349d74ca",
  representative: (operands) => [...operands].sort((a, b) => a - b),
  question: ([a, b]) => `What is ${a} + ${b}?`,
  answer: ([a, b]) => a + b,
};
