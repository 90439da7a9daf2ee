import { assertEquals, assertNotEquals } from "@std/assert";
import { noiseStream } from "../../src/random/streams.ts";
import { isValidationStep, validationProblems, validationPurpose } from "../../src/training/validation.ts";

const CONFIG = { every: 5, problems: 3, samples: 2 };
const stepsOf = (steps: number) =>
  Array.from({ length: steps }, (_, i) => i + 1).filter((step) => isValidationStep(CONFIG, step, steps));

Deno.test("the policy is evaluated every so many steps and after the last, which counts once", () => {
  assertEquals(stepsOf(13), [5, 10, 13]);
  assertEquals(stepsOf(10), [5, 10]);
  assertEquals(stepsOf(2), [2]);
});

Deno.test("every evaluation asks the same first problems, all where there are fewer", () => {
  const problems = Array.from({ length: 7 }, (_, i) => ({ id: `p/${i}`, question: "", answer: "" }));
  assertEquals(validationProblems(CONFIG, problems).map(({ id }) => id), ["p/0", "p/1", "p/2"]);
  assertEquals(validationProblems(CONFIG, problems.slice(5)).length, 2);
});

Deno.test("the noise of an evaluation is that of its step alone", () => {
  const draw = (purpose: string) =>
    noiseStream({ seed: 1, purpose, dataset: "d", problem: "p/0", sample: 0 }).at(0).gumbel(0);
  assertEquals(draw(validationPurpose(5)), draw(validationPurpose(5)));
  for (const other of [validationPurpose(10), "rollout/5", "evaluate"]) {
    assertNotEquals(draw(validationPurpose(5)), draw(other));
  }
});
