import { assertEquals } from "@std/assert";
import { domainOf, isProgramming, PROBLEM_KINDS } from "../../src/datasets/problem_kind.ts";

Deno.test("mathematics stands alone, and programs are what has to be run", () => {
  assertEquals(domainOf(), "mathematics");
  assertEquals(PROBLEM_KINDS.filter((kind) => domainOf(kind) === "mathematics"), ["mathematics"]);
  assertEquals(PROBLEM_KINDS.filter(isProgramming), ["python-function", "python-tests"]);
  assertEquals(isProgramming(undefined), false);
});
