import { assertAlmostEquals } from "@std/assert";
import { learningRate, TINY_RECIPE } from "../../src/pretraining/recipe.ts";

Deno.test("the learning rate rises over 100 updates and falls along a cosine to a twentieth", () => {
  // 2e-3 min(1, (s+1)/100) (.05 + .95 (1 + cos πs/2400)/2), worked out in Python.
  const expected: [number, number][] = [[0, 2e-5], [49, 9.990232e-4], [99, 1.9920341e-3], [800, 1.525e-3], [
    2399,
    1.0000081e-4,
  ]];
  for (const [step, rate] of expected) assertAlmostEquals(learningRate(TINY_RECIPE, step), rate, rate * 1e-6);
});
