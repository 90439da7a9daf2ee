import { assertEquals } from "@std/assert";
import { ARITHMETIC_TASKS, GENERATED_TASKS } from "../../../src/datasets/arithmetic/tasks.ts";

Deno.test("five families, from easy to hard, under names that say what they are", () => {
  assertEquals(
    ARITHMETIC_TASKS.map(({ name }) => name),
    ["arith-add", "arith-sub", "arith-twomul", "arith-prod", "arith-prod3"],
  );
});

Deno.test("one more family by name, which the embedded model's training does not draw from", () => {
  assertEquals(GENERATED_TASKS.filter((task) => !ARITHMETIC_TASKS.includes(task)).map(({ name }) => name), [
    "sums-one-digit",
  ]);
});
