import { assertEquals, assertMatch } from "@std/assert";
import { recipeOf } from "../../src/tensorflow/recipe.ts";

Deno.test("each device and source has a recipe of its own, the same at every call", () => {
  const recipes = (["cpu", "cuda"] as const).flatMap((device) =>
    (["wheel", "official", "installed"] as const).map((source) => recipeOf({ device, source }))
  );
  assertEquals(new Set(recipes).size, 6);
  recipes.forEach((recipe) => assertMatch(recipe, /^[0-9a-f]{64}$/));
  assertEquals(recipeOf({ device: "cpu", source: "wheel" }), recipes[0]);
});
