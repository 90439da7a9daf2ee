import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { applyErrata, damagedQuestions } from "../../src/datasets/errata.ts";

const problems = [
  { id: "s/0000", question: "a \frac{1}{2} and \frac{3}{5}", answer: "480" },
  { id: "s/0001", question: "b", answer: "480" },
];

Deno.test("an erratum replaces its text everywhere in its row's field, and nowhere else", () => {
  const corrected = applyErrata(problems, [
    { id: "s/0000", field: "question", published: "\frac", correct: "\\frac", evidence: "" },
    { id: "s/0000", field: "answer", published: "480", correct: "197", evidence: "" },
  ]);
  assertEquals(corrected, [{ id: "s/0000", question: "a \\frac{1}{2} and \\frac{3}{5}", answer: "197" }, problems[1]]);
  assertEquals(problems[0].answer, "480");
});

Deno.test("an erratum whose text is not there is an error, since the rows are not the published ones", () => {
  const erratum = { id: "s/0001", field: "question", published: "c", correct: "d", evidence: "" } as const;
  assertThrows(
    () => applyErrata(problems, [erratum]),
    BenchError,
    'Cannot correct "c" in s/0001: found question without',
  );
  assertThrows(() => applyErrata(problems, [{ ...erratum, id: "s/0009" }]), BenchError, "no such row");
});

Deno.test("damage is found where a control character ate a command, or a dollar is left alone", () => {
  const damaged = (question: string, options = {}) => damagedQuestions([{ id: "x", question, answer: "1" }], options);
  assertEquals(damaged("5 \times 5, \triangle DEF"), [{
    id: "x",
    fault: "2 x tab in place of a backslash and a letter",
  }]);
  assertEquals(damaged("\frac{1}{2}").length, 1);
  assertEquals(damaged("\right) \begin").length, 2);
  assertEquals(damaged("$a$ and $b"), [{ id: "x", fault: "an odd number of $ (3)" }]);
  assertEquals(damaged("caf\ufffd").length, 1);
  // Indentation, table columns, Windows lines, prices and escaped dollars are no damage.
  assertEquals(damaged("{\n\treturn 2;\n}\r\na\tequal\tperimeter costs \\$5"), []);
  assertEquals(damaged("eggs for $2 each", { currency: true }), []);
});
