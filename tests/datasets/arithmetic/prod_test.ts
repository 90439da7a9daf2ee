import { assertEquals } from "@std/assert";
import { product } from "../../../src/datasets/arithmetic/prod.ts";

Deno.test("arith-prod asks 47*38 and knows that it is 1786", () => {
  assertEquals(product.question([47, 38]), "47*38");
  assertEquals(product.answer([47, 38]), 1786);
});
