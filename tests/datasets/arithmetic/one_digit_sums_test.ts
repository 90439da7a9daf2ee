import { assertEquals } from "@std/assert";
import { heldOut, heldOutQuestions } from "../../../src/datasets/arithmetic/held_out.ts";
import { oneDigitSums } from "../../../src/datasets/arithmetic/one_digit_sums.ts";
import { rowsSha256 } from "../../../src/datasets/problem.ts";
import { arithmeticSource, trainingProblems } from "../../../src/datasets/training_source.ts";

/** The two digits of a question and its answer, read from the text by nothing that wrote it. */
function digitsOf(question: string): [number, number] {
  const [, a, b] = /^What is (\d) \+ (\d)\?$/.exec(question)!;
  return [Number(a), Number(b)];
}

const pairOf = (question: string) => digitsOf(question).sort().join("+");

Deno.test("sums-one-digit asks What is 7 + 8? and knows that it is 15", () => {
  assertEquals(oneDigitSums.question([7, 8]), "What is 7 + 8?");
  assertEquals(oneDigitSums.answer([7, 8]), 15);
});

Deno.test("24 different pairs of digits are held out, each in one order, with their sums", () => {
  const { problems, sha256 } = heldOut(oneDigitSums);
  assertEquals(new Set(problems.map(({ question }) => pairOf(question))).size, 24);
  assertEquals(problems.length, 24);
  for (const { question, answer } of problems) {
    const [a, b] = digitsOf(question);
    assertEquals(Number(answer), a + b, question);
  }
  assertEquals([oneDigitSums.rowsSha256, sha256], [rowsSha256(problems), rowsSha256(problems)]);
});

Deno.test("training draws every pair that is not held out, in both orders, and none that is", () => {
  const held = heldOut(oneDigitSums).problems.map(({ question }) => pairOf(question));
  // Fewer than 60 questions are left: 3,000 draws miss one with a chance of (1 - 1/60)^3000, below 1e-21.
  const source = arithmeticSource({ seed: 5, tasks: [oneDigitSums] });
  const questions = new Set(
    trainingProblems(source, { steps: 300, promptsPerStep: 10 }).map(({ question }) => question),
  );
  const all = Array.from({ length: 100 }, (_, i) => `What is ${Math.floor(i / 10)} + ${i % 10}?`);
  assertEquals([...questions].sort(), all.filter((question) => !held.includes(pairOf(question))));
});

Deno.test("one question stands for both orders of a held-out pair", () => {
  const forbidden = [...heldOutQuestions([oneDigitSums])];
  assertEquals(forbidden.length, 24);
  for (const question of forbidden) {
    const [, a, b] = /(\d)\D*(\d)/.exec(question)!;
    assertEquals(a <= b, true, question);
  }
});
