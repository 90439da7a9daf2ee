import { assertAlmostEquals, assertEquals } from "@std/assert";
import { AnswerFactor } from "../../src/metrics/answer_factor.ts";
import { Circle } from "../../src/metrics/circle.ts";

/** Of one to three samples. */
const DRAWS = { least: 1, chances: Float64Array.of(0.5, 0.125, 0.375) };

Deno.test("a factor holds fewer votes whole, as many by the weight of a tie, and those again in ε where they win", () => {
  const circle = new Circle(5);
  const right = new AnswerFactor(circle, DRAWS, true);
  const wrong = new AnswerFactor(circle, DRAWS, false);
  // At 1 there are chances alone: of one vote, two, more.
  for (const [votes, below, tie] of [[1, 0, 0.5], [2, 0.5, 0.125], [4, 1, 0]]) {
    for (const factor of [right, wrong]) {
      factor.lead(votes);
      factor.weigh(0.25);
      assertEquals([...factor.value.slice(0, 4)], [below + tie / 4, 0, factor === right ? tie : 0, 0]);
    }
  }
});

Deno.test("a factor is a polynomial with its chances for coefficients", () => {
  const circle = new Circle(7);
  const factor = new AnswerFactor(circle, DRAWS, true);
  factor.lead(3);
  factor.weigh(0.5);
  const part = (from: number) =>
    Float64Array.from({ length: 2 * circle.count }, (_, i) => factor.value[2 * i - i % 2 + from]);
  const coefficients = (from: number) => [0, 1, 2, 3, 4].map((power) => circle.coefficient(part(from), power));
  coefficients(0).forEach((found, power) => assertAlmostEquals(found, [0, 0.5, 0.125, 0.1875, 0][power], 1e-15));
  coefficients(2).forEach((found, power) => assertAlmostEquals(found, [0, 0, 0, 0.375, 0][power], 1e-15));
});
