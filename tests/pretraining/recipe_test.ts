import { assertAlmostEquals } from "@std/assert";
import { learningRate, TINY_RECIPE } from "../../src/pretraining/recipe.ts";

Deno.test("the learning rate rises over 100 updates and falls along a cosine to a twentieth", () => {
  // 2e-3 min(1, (s+1)/100) (.05 + .95 (1 + cos πs/1800)/2), worked out in Python.
  const expected: [number, number][] = [[0, 2e-5], [49, 9.982640e-4], [99, 1.9858539e-3], [600, 1.525e-3], [
    1799,
    1.0000145e-4,
  ]];
  for (const [step, rate] of expected) assertAlmostEquals(learningRate(TINY_RECIPE, step), rate, rate * 1e-6);
});
