import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { grade } from "../../src/grading/grade.ts";

Deno.test("a verdict states what was extracted, its key and why", () => {
  assertEquals(grade("so \\boxed{\\frac{2}{4}}", "0.5"), {
    equal: true,
    extracted: "\\frac{2}{4}",
    canonical: "1/2",
    reason: "same-value",
  });
});

Deno.test("reasons tell an absent answer, a valueless one and a contradiction apart", () => {
  const reason = (text: string, gold: string) => grade(text, gold).reason;
  assertEquals(reason("I do not know what the answer might be", "5"), "no-answer");
  assertEquals(reason("\\boxed{1/0}", "5"), "no-value");
  assertEquals(reason("\\boxed{5}", "1/0"), "no-gold-value");
  assertEquals(reason("\\boxed{6}", "5"), "different");
  assertEquals(reason("\\boxed{\\$5}", "5^\\circ"), "different-unit");
  assertEquals(reason("\\boxed{x=5}", "y=5"), "different-label");
  assertEquals(reason("\\boxed{x-5=0}", "5"), "unsolved-equation");
  assertEquals(reason("\\boxed{East}", "\\text{east}"), "same-text");
});

Deno.test("answers of one key are right or wrong together", () => {
  const bare = grade("\\boxed{36}", "36^\\circ");
  const money = grade("\\boxed{\\$36}", "36^\\circ");
  assertEquals([bare.equal, money.equal], [true, false]);
  assertNotEquals(bare.canonical, money.canonical);
});

Deno.test("a prompt that opens the thinking leaves no answer before </think>", () => {
  assertEquals(grade("70+15", "15", { thinking: true }).reason, "no-answer");
  assertEquals(grade("\\boxed{15}", "15", { thinking: true }).equal, false);
  assertEquals(grade("70+15</think>\\boxed{85}", "85", { thinking: true }).equal, true);
});

Deno.test("a failure of the grader is a verdict that says so", () => {
  const broken = { toString: () => "5" } as unknown as string;
  const verdict = grade(broken, "5");
  assertEquals([verdict.equal, verdict.reason], [false, "grader-error"]);
  assertMatch(verdict.graderError ?? "", /TypeError/);
});
