import { assertEquals } from "@std/assert";
import { chosenLetter, gradeChoice } from "../../src/grading/chosen_letter.ts";

Deno.test("a letter is read where it is the answer", () => {
  const cases: [string, string | undefined][] = [
    // The field that the prompt asks for, in all that models make of it.
    ['"answer": "C"', "C"],
    ['```json\n{\n  "answer": "B"\n}\n```', "B"],
    ['{"reasoning": "A is wrong", "answer": "d"}', "D"],
    ['"answer": "A. 28"', "A"],
    ['"answer": "(D)"', "D"],
    ['"answer": C', "C"],
    ['"answer": "A"\nOn reflection:\n"answer": "B"', "B"],
    // A box, as training on mathematics leaves it.
    ["\\boxed{C}", "C"],
    ["so $\\boxed{\\text{B}}$.", "B"],
    ["\\boxed{\\textbf{(D)}}", "D"],
    ["\\boxed{b}", "B"],
    ["first \\boxed{A}, no: \\boxed{C}", "C"],
    ["\\boxed{A. 4\\pi}", "A"],
    // In words.
    ["The answer is C.", "C"],
    ["The final answer is (B)", "B"],
    ["**Answer:** D", "D"],
    ["Answer: **A**", "A"],
    ["The correct answer is option B, since A fails.", "B"],
    ["The correct option is D", "D"],
    ["the answer is A because light is fast", "A"],
    ["ANSWER: C", "C"],
    // Alone.
    ["B", "B"],
    ["(C)", "C"],
    ["**D**", "D"],
    ["It follows from momentum.\n\nA", "A"],
    ["C. 68", "C"],
    // The surer place wins over a later one.
    ['{"answer": "B"}\nThe answer is C', "B"],
    ["\\boxed{D}. The answer is A", "D"],
    // None.
    ["", undefined],
    ["The answer is a matter of taste", undefined],
    ["The answer is A matter of taste", undefined],
    ["The answer is Beryllium", undefined],
    ["The answer is 42", undefined],
    ["I choose nothing", undefined],
    ['"answer": "E"', undefined],
    ['"answer": "A or B"', undefined],
    ["\\boxed{A, C}", undefined],
    ["The answer is A/B", undefined],
    ["Vitamins A and D are oily, A' is not B'", undefined],
  ];
  for (const [text, letter] of cases) assertEquals(chosenLetter(text), letter, text);
});

Deno.test("a thought is no answer", () => {
  assertEquals(chosenLetter('the answer is A</think>"answer": "B"'), "B");
  assertEquals(chosenLetter("the answer is A</think>hm"), undefined);
  assertEquals(chosenLetter("the answer is A", { thinking: true }), undefined);
});

Deno.test("letters are votes, and right or wrong", () => {
  assertEquals(gradeChoice("\\boxed{b}", "B"), { equal: true, extracted: "B", canonical: "B", reason: "same-text" });
  assertEquals(gradeChoice("\\boxed{c}", "B"), { equal: false, extracted: "C", canonical: "C", reason: "different" });
  assertEquals(gradeChoice("hm", "B"), { equal: false, reason: "no-answer" });
});

Deno.test("reading a letter is linear in a text that repeats what begins an answer", () => {
  for (
    const piece of ['"answer": "', "answer is ((((((((((((", "\\boxed{\\text{ ", "((((((((((((((((", "answer is A or "]
  ) {
    // Quadratic work on a million signs would not end within a test's patience.
    chosenLetter(piece.repeat(Math.ceil(1e6 / piece.length)));
  }
});
