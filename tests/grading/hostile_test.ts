import { assert, assertEquals, assertFalse } from "@std/assert";
import { canonicalAnswer, equivalent, grade } from "../../src/grading/grade.ts";
import * as hostile from "./hostile.ts";

const GOLDS = ["42", "\\frac{1}{2}", "x^2+1", "(0,9)", "\\text{east}"];

for (const [kind, predictions] of Object.entries(hostile)) {
  Deno.test(`hostile input of kind ${kind.toLowerCase()} is graded false, without a failure`, () => {
    for (const prediction of predictions) {
      for (const text of [prediction, `\\boxed{${prediction}}`, `The answer is ${prediction}`]) {
        for (const gold of text === prediction ? GOLDS : GOLDS.slice(0, 1)) {
          const { equal, graderError } = grade(text, gold);
          assertEquals(
            [equal, graderError],
            [false, undefined],
            `${text.slice(0, 60)} (${text.length}) against ${gold}`,
          );
        }
      }
    }
  });
}

Deno.test("what has no value equals nothing, itself included", () => {
  for (const text of hostile.VALUELESS) {
    assertEquals(canonicalAnswer(text), undefined, text);
    for (const other of hostile.VALUELESS) assertFalse(equivalent(text, other), `${text} and ${other}`);
  }
});

Deno.test("a huge number equals itself, and no other", () => {
  assert(equivalent("9^9^9^9", "9^{9^{9^9}}"));
  assertFalse(equivalent("9^9^9^9", "9^9^9^8"));
  const long = "7".repeat(100_000);
  assert(equivalent(long, `+0${long}`));
  assertFalse(equivalent(long, `${long.slice(0, -1)}8`));
});

Deno.test("keys stay short however long the answer is", () => {
  for (const text of Object.values(hostile).flat()) {
    assert((canonicalAnswer(text)?.length ?? 0) < 500, text.slice(0, 60));
  }
});

Deno.test("grading changes nothing outside of itself", () => {
  const before = Object.getOwnPropertyNames(globalThis).sort();
  const objects = [Object.prototype, Array.prototype, Function.prototype].map((it) =>
    Object.getOwnPropertyNames(it).length
  );
  for (const text of hostile.CODE) grade(text, "42");
  assertEquals(Object.getOwnPropertyNames(globalThis).sort(), before);
  const after = [Object.prototype, Array.prototype, Function.prototype].map((it) =>
    Object.getOwnPropertyNames(it).length
  );
  assertEquals(after, objects);
});
