import { assertAlmostEquals, assertEquals } from "@std/assert";
import { quadratureOfDegree } from "../../src/metrics/gauss_legendre.ts";

const ROUNDING = 1e-14;

Deno.test("a rule integrates every power up to its degree, and not the next one that is even in all", () => {
  for (const degree of [0, 1, 2, 5, 31, 131, 509]) {
    const rule = quadratureOfDegree(degree);
    assertEquals(rule.length, Math.floor(degree / 2) + 1);
    const integral = (power: number) => rule.reduce((sum, { place, weight }) => sum + weight * place ** power, 0);
    for (const power of [0, Math.floor(degree / 3), degree]) {
      assertAlmostEquals(integral(power), 1 / (power + 1), ROUNDING);
    }
  }
  const beyond = quadratureOfDegree(3).reduce((sum, { place, weight }) => sum + weight * place ** 4, 0);
  // By hand: the rule of two nodes misses ∫ y⁴ = 1/5 by (2!)⁴ / (5 · (4!)³) · 4! = 1/180.
  assertAlmostEquals(1 / 5 - beyond, 1 / 180, ROUNDING);
});

Deno.test("nodes lie within (0, 1), in falling order, and mirror each other", () => {
  const rule = quadratureOfDegree(12);
  assertEquals(rule.length, 7);
  rule.forEach(({ place, weight }, i) => {
    assertEquals(place > (rule[i + 1]?.place ?? 0) && place < 1 && weight > 0, true);
    assertAlmostEquals(place + rule[6 - i].place, 1, ROUNDING);
  });
});
