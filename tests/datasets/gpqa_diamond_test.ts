import { assert, assertEquals, assertThrows } from "@std/assert";
import { choiceRow, gpqaDiamond } from "../../src/datasets/gpqa_diamond.ts";
import { BenchError } from "../../src/errors.ts";
import { testEvaluationSet } from "./mirror.ts";

testEvaluationSet(gpqaDiamond);

const LETTERS = ["A", "B", "C", "D"];

/** A row as published, with these options in this order. */
function published(stem: string, options: readonly string[], right: string) {
  const choices = Object.fromEntries(options.map((option, i) => [LETTERS[i], option]));
  const listed = options.map((option, i) => `${LETTERS[i]}. ${option}`).join("\n");
  return {
    prompt: [{ from: "user", value: `${stem}\n\n${listed}` }],
    final_answer: LETTERS[options.indexOf(right)],
    choices,
  };
}

/** What a row's letter says. */
function rightOption({ question, answer }: { question: string; answer: string }): string {
  return question.split("\n").findLast((line) => line.startsWith(`${answer}. `))!.slice("A. ".length);
}

Deno.test("options are the published ones, and the letter is that of the right one", () => {
  const options = ["2 m", "3 m", "5 m", "7 m"];
  for (const right of options) {
    const row = choiceRow(published("How long is a rope?\nA. in metres", options, right));
    const [stem, listed] = row.question.split("\n\n");
    assertEquals(stem, "How long is a rope?\nA. in metres");
    assertEquals(listed.split("\n").map((line) => line.slice(0, 3)), LETTERS.map((letter) => `${letter}. `));
    assertEquals(listed.split("\n").map((line) => line.slice(3)).toSorted(), options);
    assertEquals(rightOption(row), right);
  }
});

Deno.test("the order is of the question: no file decides it, and it is fixed", () => {
  const options = ["w", "x", "y", "z"];
  const first = choiceRow(published("Which letter?", options, "y"));
  assertEquals(choiceRow(published("Which letter?", options.toReversed(), "y")), first);
  assertEquals(first, { question: "Which letter?\n\nA. z\nB. x\nC. y\nD. w", answer: "C" });
});

Deno.test("over many questions each letter is as often right as another", () => {
  const questions = 600;
  const counts = new Map(LETTERS.map((letter) => [letter, 0]));
  for (let i = 0; i < questions; i++) {
    const { answer } = choiceRow(published(`Question ${i}`, ["p", "q", "r", "s"], "p"));
    counts.set(answer, counts.get(answer)! + 1);
  }
  // Each count is binomial: 150 with a deviation of 10.6; five deviations leave one chance in a million.
  for (const [letter, count] of counts) assert(Math.abs(count - 150) < 53, `${letter}: ${count}`);
});

Deno.test("a row that is not as it must be is refused without showing what it asks", () => {
  const good = published("Secret words", ["1", "2", "3", "4"], "3");
  for (
    const row of [
      { ...good, final_answer: "E" },
      { ...good, choices: { A: "1", B: "2", C: "3" } },
      { ...good, prompt: [] },
      { ...good, prompt: [{ value: "Secret words without options" }] },
    ]
  ) {
    const { message } = assertThrows(() => choiceRow(row), BenchError);
    assert(!message.includes("Secret"), message);
  }
});
