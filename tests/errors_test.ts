import { assert, assertEquals } from "@std/assert";
import { BenchError, nearestName, UsageError } from "../src/errors.ts";

Deno.test("a wrong request is a failure too, and each knows its name", () => {
  const error = new UsageError("unknown flag");
  assert(error instanceof BenchError && error instanceof Error);
  assertEquals([error.name, new BenchError("").name], ["UsageError", "BenchError"]);
});

Deno.test("the nearest name is the one with the fewest edits", () => {
  const known = ["discrete-grpo", "soft-tokens-grpo", "soft-thinking-grpo"];
  assertEquals(nearestName("soft-tokens-gpro", known), "soft-tokens-grpo");
  assertEquals(nearestName("discret-grpo", known), "discrete-grpo");
  assertEquals(nearestName("soft-thinking-gprpo", known), "soft-thinking-grpo");
});

Deno.test("two edits, or a third of the letters, are near; more is not", () => {
  assertEquals(nearestName("abcd", ["abxy"]), "abxy");
  assertEquals(nearestName("abcd", ["axyz"]), undefined);
  assertEquals(nearestName("abcdefghi", ["abcdefxyz"]), "abcdefxyz");
  assertEquals(nearestName("anything", []), undefined);
});

Deno.test("an abbreviation stands for the only name that begins so", () => {
  assertEquals(nearestName("coef", ["estimator", "coefficient"].values()), "coefficient");
  assertEquals(nearestName("sequence", ["sequence-mean", "sequence-product"]), undefined);
});
