import { assertEquals } from "@std/assert";
import { subtraction } from "../../../src/datasets/arithmetic/sub.ts";

Deno.test("arith-sub asks 38-64 and knows that it is -26", () => {
  assertEquals(subtraction.question([38, 64]), "38-64");
  assertEquals(subtraction.answer([38, 64]), -26);
});
