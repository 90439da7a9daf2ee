import { assertEquals } from "@std/assert";
import { twoProducts } from "../../../src/datasets/arithmetic/twomul.ts";

Deno.test("arith-twomul asks 7*38+6*47 and knows that it is 548", () => {
  assertEquals(twoProducts.question([7, 38, 6, 47]), "7*38+6*47");
  assertEquals(twoProducts.answer([7, 38, 6, 47]), 548);
});
