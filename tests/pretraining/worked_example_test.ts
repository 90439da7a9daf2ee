import { assert, assertEquals } from "@std/assert";
import { drawOperands } from "../../src/datasets/arithmetic/task.ts";
import { completionText, workedExample } from "../../src/pretraining/worked_example.ts";
import { TEACHINGS } from "../../src/pretraining/ways.ts";
import { RandomSequence } from "../../src/random/streams.ts";

/** Share of right examples by family, from a trial of the recipe in PyTorch before this code was written. */
const RIGHT: Record<string, number> = {
  "arith-add": 0.63,
  "arith-sub": 0.63,
  "arith-twomul": 0.36,
  "arith-prod": 0.36,
  "arith-prod3": 0.38,
};

for (const teaching of TEACHINGS) {
  Deno.test(`${teaching.task.name}: as many examples are hasty and as many right as the recipe says`, () => {
    const random = new RandomSequence("test", teaching.task.name);
    const draws = 20_000;
    let hasty = 0, right = 0;
    for (let i = 0; i < draws; i++) {
      const operands = drawOperands(teaching.task, random);
      const { question, thought, answer } = workedExample(teaching, operands, random);
      if (thought === question) hasty++;
      if (answer === teaching.task.answer(operands)) right++;
    }
    // Standard deviation of a share .0035; the reference has two digits. A valid way may look like the question (11+9).
    assert(Math.abs(hasty / draws - teaching.hastyShare) < 0.02, `hasty ${hasty / draws}`);
    assert(Math.abs(right / draws - RIGHT[teaching.task.name]) < 0.02, `right ${right / draws}`);
  });
}

Deno.test("a completion is thought, end of thinking, boxed answer, end", () => {
  assertEquals(
    completionText({ question: "47+38", thought: "70+15", answer: 85 }),
    "70+15</think>\\boxed{85}<eot>",
  );
});
