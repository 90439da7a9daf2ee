import { assertEquals } from "@std/assert";
import { longProduct } from "../../../src/datasets/arithmetic/prod3.ts";

Deno.test("arith-prod3 asks 47*384 and knows that it is 18048", () => {
  assertEquals(longProduct.question([47, 384]), "47*384");
  assertEquals(longProduct.answer([47, 384]), 18048);
});
