import { assertEquals } from "@std/assert";
import { addition } from "../../../src/datasets/arithmetic/add.ts";

Deno.test("arith-add asks 47+38 and knows that it is 85", () => {
  assertEquals(addition.question([47, 38]), "47+38");
  assertEquals(addition.answer([47, 38]), 85);
});
