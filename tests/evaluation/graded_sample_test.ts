import { assertEquals } from "@std/assert";
import { gradedSample } from "../../src/evaluation/graded_sample.ts";

const problem = { id: "p", question: "2 + 3", answer: "5" };
const drawn = { sample: 3, seed: 7, text: "five", tokens: 11, finish: "length" } as const;

Deno.test("a text without a verdict's extras has none of their keys, and the rest as it was drawn", async () => {
  const grade = () => ({ equal: false, reason: "no-answer" } as const);
  assertEquals(await gradedSample(grade, problem, drawn), {
    problem: "p",
    sample: 3,
    seed: 7,
    text: "five",
    answer: null,
    canonical: null,
    correct: false,
    reason: "no-answer",
    tokens: 11,
    finish: "length",
  });
});

Deno.test("what a server told of a sample is kept with it", async () => {
  const grade = () => Promise.resolve({ equal: true, reason: "same-value", extracted: "5", canonical: "5" } as const);
  const server = { seed: 13, promptTokens: 17 };
  const { answer, correct, server: kept } = await gradedSample(grade, problem, { ...drawn, server });
  assertEquals([answer, correct, kept], ["5", true, server]);
});
