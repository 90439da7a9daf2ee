import { assert, assertEquals } from "@std/assert";
import { canonicalAnswer, equivalent, grade } from "../../src/grading/grade.ts";
import { readGolds } from "./gold_sets.ts";

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
