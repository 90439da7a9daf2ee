import { assertAlmostEquals, assertEquals } from "@std/assert";
import { Circle } from "../../src/metrics/circle.ts";

const ROUNDING = 1e-14;

Deno.test("coefficients of a polynomial come back from its values on the circle", () => {
  const coefficients = [3, 0, -2, 5, 7, 1, 11];
  for (const parts of [7, 8, 13]) {
    const circle = new Circle(parts);
    const values = new Float64Array(2 * circle.count);
    coefficients.forEach((coefficient, power) => circle.addPowers(values, coefficient, power));
    coefficients.forEach((coefficient, power) =>
      assertAlmostEquals(circle.coefficient(values, power), coefficient, ROUNDING * parts)
    );
  }
});

Deno.test("powers that differ by the number of parts are taken together", () => {
  const circle = new Circle(5);
  const values = new Float64Array(2 * circle.count);
  circle.addPowers(values, 2, 1);
  circle.addPowers(values, 17, 11);
  assertAlmostEquals(circle.coefficient(values, 1), 19, ROUNDING * 5);
});

Deno.test("points go from 1 halfway round", () => {
  assertEquals([new Circle(1), new Circle(6), new Circle(7)].map(({ count }) => count), [1, 4, 4]);
  assertAlmostEquals(new Circle(6).angle(3), Math.PI, ROUNDING);
});
