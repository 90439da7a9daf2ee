import { assertEquals } from "@std/assert";
import { allowedVariable } from "../../src/commands/allowed_variable.ts";

Deno.test("a variable is told where it is set", () => {
  assertEquals(allowedVariable("PATH"), Deno.env.get("PATH"));
  assertEquals(allowedVariable("SOFT_GRPO_BENCH_NOT_SET"), undefined);
});

Deno.test({
  name: "a variable that may not be looked at is none",
  permissions: { env: ["HOME"] },
  fn: () => assertEquals(allowedVariable("PATH"), undefined),
});
