import { assertEquals } from "@std/assert";
import { ARITHMETIC_TASKS } from "../../../src/datasets/arithmetic/tasks.ts";

Deno.test("five families, from easy to hard, under names that say what they are", () => {
  assertEquals(
    ARITHMETIC_TASKS.map(({ name }) => name),
    ["arith-add", "arith-sub", "arith-twomul", "arith-prod", "arith-prod3"],
  );
});
