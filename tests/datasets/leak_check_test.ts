import { assertEquals } from "@std/assert";
import { dataset } from "../../src/datasets/dataset.ts";
import { findLeaks } from "../../src/datasets/leak_check.ts";

const TEXT =
  "A farmer owns 17 cows and 23 sheep and sells 5 of the cows at the market on Friday. How many animals remain?";

function held(...questions: string[]) {
  const problems = questions.map((question, i) => ({ id: `held/${i}`, question, answer: "1" }));
  return dataset({ name: "held", version: "1", licence: "", source: "", problems });
}

function training(...questions: string[]) {
  return questions.map((question, i) => ({ id: `t/${i}`, question, answer: "1" }));
}

Deno.test("a copy is found through case, spacing and punctuation", () => {
  const report = findLeaks(training("unrelated", TEXT.toUpperCase().replace(" 17", "\n$17$")), [held("other", TEXT)]);
  assertEquals(report, {
    trainingProblems: 2,
    sharedWithEvaluation: 1,
    leaks: [{ training: "t/1", dataset: "held", evaluation: "held/1", by: "question", similarity: 1 }],
  });
});

Deno.test("a copy reworded at one end is found by shingles, with the share that is left", () => {
  const reworded = TEXT.replace("How many animals remain?", "Count what is left.");
  const { leaks, sharedWithEvaluation } = findLeaks(training(reworded), [held(TEXT)]);
  // 23 words give 16 shingles of 8; those of the first 19 words, 12, are shared, and the reworded text also has 16.
  assertEquals(sharedWithEvaluation, 1);
  assertEquals(leaks, [{
    training: "t/0",
    dataset: "held",
    evaluation: "held/0",
    by: "shingles",
    similarity: 12 / 16,
  }]);
});

Deno.test("an extract is found, whichever of the two is the longer", () => {
  const longer = `${TEXT} Explain every step of your reasoning in a full sentence, then give the number as a digit.`;
  assertEquals(findLeaks(training(longer), [held(TEXT)]).leaks[0].similarity, 1);
  assertEquals(findLeaks(training(TEXT), [held(longer)]).leaks[0].similarity, 1);
});

Deno.test("problems that share a phrase, and short ones that differ, are no leak", () => {
  const other =
    "A farmer owns 17 cows and 23 sheep. If each cow eats 3 bales a week, how many bales last all cows a year?";
  assertEquals(findLeaks(training(other, "38-64"), [held(TEXT, "38*64")]).leaks, []);
});

Deno.test("an equal id is a leak, and an evaluation problem seen twice counts once", () => {
  const twice = [...training("x", "x"), { id: "held/0", question: "y", answer: "1" }];
  const { leaks, sharedWithEvaluation } = findLeaks(twice, [held("x")]);
  assertEquals(leaks.map(({ by }) => by), ["question", "question", "id"]);
  assertEquals(sharedWithEvaluation, 1);
});
