import { assert, assertEquals, assertFalse } from "@std/assert";
import { canonicalAnswer, equivalent } from "../../src/grading/grade.ts";
import { surdPairs } from "./surd_pairs.ts";

const PAIRS = 500;

Deno.test("algebraic numbers in two random spellings are equal, and have one key", () => {
  for (const { text, same } of surdPairs(PAIRS)) {
    assertEquals(canonicalAnswer(text), canonicalAnswer(same), `${text} and ${same}`);
    assert(equivalent(text, same), `${text} and ${same}`);
  }
});

Deno.test("algebraic numbers that are near each other are different", () => {
  for (const { text, near } of surdPairs(PAIRS)) {
    assertFalse(equivalent(text, near), `${text} and ${near}`);
  }
});
