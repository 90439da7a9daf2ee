import { assertEquals } from "@std/assert";
import { lastBoxed, mathTrain } from "../../src/datasets/math_train.ts";

const cases: [string, string | undefined][] = [
  ["so \\boxed{5}.", "5"],
  ["\\boxed{1}, no, \\boxed{\\frac{1}{2}}", "\\frac{1}{2}"],
  ["\\boxed{\\{1,2\\}}", "\\{1,2\\}"],
  ["\\boxed 7.", "7"],
  ["\\fbox{(A)}", "(A)"],
  ["\\boxed{never closed", undefined],
  ["nothing", undefined],
];

Deno.test("the answer of a MATH solution is what its last box holds", () => {
  for (const [solution, answer] of cases) assertEquals(lastBoxed(solution), answer, solution);
});

Deno.test("MATH rows give problem and boxed answer", async () => {
  const line = JSON.stringify({ problem: "p", level: "Level 1", solution: "It is $\\boxed{\\text{red}}$." });
  assertEquals(await mathTrain.files[0].read(new TextEncoder().encode(line)), [{
    question: "p",
    answer: "\\text{red}",
  }]);
});
