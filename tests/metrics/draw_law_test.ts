import { assertAlmostEquals, assertEquals } from "@std/assert";
import { type DrawLaw, LOST, remembered, withoutReplacement, withReplacement } from "../../src/metrics/draw_law.ts";

const ROUNDING = 1e-13;

/** The chance of two numbers of draws given that they are all. */
function joint(law: DrawLaw, counts: readonly [number, number], draws: readonly [number, number]): number {
  const [a, b] = counts.map((count, i) => {
    const { least, chances } = law.draws(count);
    return chances[draws[i] - least];
  });
  return a * b / law.allDrawn(counts[0] + counts[1]);
}

Deno.test("without replacement, draws of a known total are hypergeometric", () => {
  // C(7, 2) C(4, 3) / C(11, 5).
  assertAlmostEquals(joint(withoutReplacement(11, 5), [7, 4], [2, 3]), 21 * 4 / 462, ROUNDING);
});

Deno.test("with replacement, draws of a known total are binomial", () => {
  // C(5, 2) (7/11)² (4/11)³.
  assertAlmostEquals(joint(withReplacement(11, 5), [7, 4], [2, 3]), 10 * (7 / 11) ** 2 * (4 / 11) ** 3, ROUNDING);
});

Deno.test("draws keep all of the law but its lost tails", () => {
  for (const law of [withoutReplacement(1021, 509), withReplacement(1021, 509)]) {
    const { least, chances } = law.draws(701);
    // 349 ± 19 with replacement, and nine such deviations.
    assertEquals(least > 178 && least + chances.length < 521, true);
    assertAlmostEquals(chances.reduce((a, b) => a + b), 1, ROUNDING);
    assertEquals(chances[0] > LOST / 10 && chances.at(-1)! > LOST / 10, true);
  }
  assertEquals(withoutReplacement(13, 13).draws(5), { least: 5, chances: Float64Array.of(1) });
});

Deno.test("generating functions are those of the draws", () => {
  for (const law of [withoutReplacement(17, 5), withReplacement(17, 5)]) {
    const { least, chances } = law.draws(3);
    const expected = new Float64Array(2 * law.circle.count);
    chances.forEach((chance, v) => law.circle.addPowers(expected, chance, least + v));
    law.generating(3).forEach((value, i) => assertAlmostEquals(value, expected[i], ROUNDING));
    law.generating(0).forEach((value, i) => assertEquals(value, i % 2 === 0 ? 1 : 0));
  }
  // At a rate of a half that of one sample is 0 at −1.
  const half = withoutReplacement(8, 4).generating(3);
  assertEquals(half.every(Number.isFinite), true);
});

Deno.test("the circle tells a total from all others that have a chance", () => {
  assertEquals(withoutReplacement(11, 5).circle.count, 7);
  for (const k of [3, 100, 509]) {
    const law = withoutReplacement(1021, k);
    const { least, chances } = law.draws(1021);
    // The points are half the parts: a total that is taken for k lies two of them away.
    const reach = Math.max(k - least, least + chances.length - 1 - k);
    assertEquals(2 * law.circle.count > reach, true);
    assertEquals(law.circle.count < 2 * reach, true);
  }
});

Deno.test("what is remembered is computed once", () => {
  const computed: number[] = [];
  const square = remembered((key) => {
    computed.push(key);
    return key * key;
  });
  assertEquals([square(3), square(5), square(3), computed], [9, 25, 9, [3, 5]]);
});
