import { assertAlmostEquals } from "@std/assert";
import { pretrainingRate, TINY_RECIPE } from "../../src/pretraining/recipe.ts";

Deno.test("the learning rate rises over 100 updates and falls along a cosine to a twentieth", () => {
  // 2e-3 min(1, (s+1)/100) (.05 + .95 (1 + cos πs/2050)/2), worked out in Python.
  const expected: [number, number][] = [[0, 2e-5], [49, 9.9866142e-04], [99, 1.9890875e-03], [1025, 1.05e-03], [
    2049,
    1.0000112e-04,
  ]];
  for (const [step, rate] of expected) assertAlmostEquals(pretrainingRate(TINY_RECIPE, step), rate, rate * 1e-6);
});
