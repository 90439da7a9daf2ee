import { assert, assertEquals } from "@std/assert";
import { canonicalAnswer, equivalent, grade } from "../../src/grading/grade.ts";
import { readGolds, readProblems } from "./gold_sets.ts";

/** Golds that differ as texts and that a mathematician calls equal. */
const REVIEWED = [
  ["\\frac{1}{4}", "\\frac14"],
  ["2 \\sqrt{5}", "2\\sqrt{5}"],
  // A list without brackets has no order: docs/grading.md, rule 15.
  ["1,-2", "-2,1"],
].map((pair) => pair.sort().join(" = ")).sort();

Deno.test("every gold equals itself bare, in dollars and in a box", () => {
  for (const [name, golds] of readGolds() ?? []) {
    for (const gold of golds) {
      for (const prediction of [gold, `$${gold}$`, `\\boxed{${gold}}`, `The answer is $\\boxed{${gold}}$.`]) {
        assert(grade(prediction, gold).equal, `${name}: ${gold} against ${prediction}`);
        assert(grade(prediction, `$${gold}$`).equal, `${name}: $${gold}$ against ${prediction}`);
      }
    }
  }
});

Deno.test("two different golds that are no integers are equal only where a mathematician says so", () => {
  const golds = readGolds();
  if (!golds) return;
  const distinct = [...new Set(golds.get("math500"))].filter((gold) => !/^-?\d+$/.test(gold));
  assertEquals(distinct.length, 174);
  const equal = distinct.flatMap((a) => distinct.filter((b) => a < b && equivalent(a, b)).map((b) => [a, b]));
  assertEquals(equal.map((pair) => pair.sort().join(" = ")).sort(), REVIEWED);
  for (const [a, b] of equal) assert(equivalent(b, a), `${a} and ${b} in the other order`);
});

Deno.test("keys of golds are an equivalence that separates different integers", () => {
  const golds = readGolds();
  if (!golds) return;
  const integers = new Set([...golds.values()].flat().filter((gold) => /^-?\d+$/.test(gold)));
  assertEquals(new Set([...integers].map(canonicalAnswer)).size, new Set([...integers].map(BigInt)).size);
});

/** The last formula that a question asks for: `Find $m+n$.` */
const ASKED =
  /\b(?:find|what is|compute|evaluate|determine|calculate|simplify|value of|what are|expression)(?:,? (?:the )?(?:remainder|value|exact value|sum|product|maximum|minimum|numerical value|smallest possible value|largest possible value|greatest possible value|maximum value|minimum value|ordered pair|least possible value|possible value)?(?: of)?)? ?\$([^$]+)\$/gi;

Deno.test("a whole equation whose left side is what the question asks for is its right side", () => {
  const problems = [...(readProblems() ?? [])].filter(([name]) => name !== "gsm8k").flatMap(([, each]) => each);
  const wrong: string[] = [];
  let asked = 0;
  for (const { question, answer } of problems) {
    const left = [...question.matchAll(ASKED)].at(-1)?.[1].trim().replace(/[.,?]$/, "");
    // A left side that is an equation or a story by itself is none.
    if (left === undefined || /=|\\le|<|>/.test(left) || left.length > 120) continue;
    asked++;
    if (!grade(`\\boxed{${left} = ${answer}}`, answer, { question }).equal) wrong.push(left);
    assert(!grade(`\\boxed{${left} = ${answer}+1}`, answer, { question }).equal, `${left} and one more`);
  }
  // A power in a ring, and one that holds with other brackets alone: as equations between numbers they are wrong.
  if (asked > 0) assertEquals([asked, wrong], [188, ["2\\cdot 3\\cdot 4 \\cdot 5 + 1", "997^{-1}"]]);
});

Deno.test("a percentage is the bare number where the question asks for one", () => {
  const problems = readProblems()?.get("gsm8k");
  if (!problems) return;
  const equal = problems.filter(({ question, answer }) => grade(`\\boxed{${answer}\\%}`, answer, { question }).equal);
  assertEquals(equal.length, 21);
  assert(equal.every(({ question, answer }) => !grade(`\\boxed{${answer}1\\%}`, answer, { question }).equal));
  assert(problems.every(({ answer }) => !grade(`\\boxed{${answer}\\%}`, answer).equal || answer === "0"));
});
