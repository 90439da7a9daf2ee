import { assertEquals } from "@std/assert";
import { reward } from "../../src/grading/reward.ts";

const BUTT = { correct: 100, extracted: 10, missing: 0 };

Deno.test("reward pays right, extracted and missing answers as Butt et al. do", () => {
  assertEquals(reward({ equal: true, reason: "same-value", extracted: "4", canonical: "4" }, BUTT), 100);
  assertEquals(reward({ equal: false, reason: "different", extracted: "5", canonical: "5" }, BUTT), 10);
  assertEquals(reward({ equal: false, reason: "no-answer" }, BUTT), 0);
});

Deno.test("reward of a completion that the grader failed on is none", () => {
  const failed = { equal: false, reason: "grader-error", graderError: "too deep" } as const;
  assertEquals(reward(failed, BUTT), undefined);
  assertEquals(reward({ ...failed, extracted: "5" }, BUTT), undefined);
});
