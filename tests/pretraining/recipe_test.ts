import { assertAlmostEquals } from "@std/assert";
import { learningRate, TINY_RECIPE } from "../../src/pretraining/recipe.ts";

Deno.test("the learning rate rises over 100 updates and falls along a cosine to a twentieth", () => {
  // 2e-3 min(1, (s+1)/100) (.05 + .95 (1 + cos πs/2100)/2), worked out in Python.
  const expected: [number, number][] = [[0, 2e-5], [49, 9.9872438e-04], [99, 1.9896001e-03], [700, 1.5250000e-03], [
    2099,
    1.0000106e-04,
  ]];
  for (const [step, rate] of expected) assertAlmostEquals(learningRate(TINY_RECIPE, step), rate, rate * 1e-6);
});
