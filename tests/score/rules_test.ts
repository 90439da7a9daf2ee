import { assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import type { Sample } from "../../src/evaluation/sample.ts";
import { OTHER_RULES } from "../../src/metrics/pass_estimator_name.ts";
import { averageByRule, needsOrder, passAtByRule, ruleNote, samplesInOrder } from "../../src/score/rules.ts";

const PROBLEMS = [{ id: "a", n: 5, c: 1 }, { id: "b", n: 7, c: 7 }];
const ORDERS = new Map([
  ["a", [false, false, false, true, false]],
  ["b", Array.from({ length: 7 }, () => true)],
]);

Deno.test("means over problems by each rule, up to the fewest samples", () => {
  const { "first-k": first, blocks, bootstrap } = passAtByRule(PROBLEMS, OTHER_RULES, ORDERS, [1, 2, 5, 7]);
  assertEquals([first, blocks], [{ "1": 0.5, "2": 0.5, "5": 1 }, { "1": 0.6, "2": 0.75, "5": 1 }]);
  assertAlmostEquals(bootstrap!["2"], (1 - 0.8 ** 2 + 1) / 2, 1e-12);
  assertEquals(Object.keys(passAtByRule(PROBLEMS, ["bootstrap"], ORDERS).bootstrap!), ["1", "2", "4", "5"]);
});

Deno.test("without the order of samples, rules that need it are absent", () => {
  assertEquals(Object.keys(passAtByRule(PROBLEMS, OTHER_RULES)), ["bootstrap"]);
  assertEquals(Object.keys(passAtByRule(PROBLEMS, OTHER_RULES, new Map([["a", ORDERS.get("a")!]]))), ["bootstrap"]);
  assertEquals(OTHER_RULES.filter(needsOrder), ["first-k", "blocks", "verl-best"]);
});

Deno.test("averages are of the rules and k that every dataset has", () => {
  const one = { "bootstrap": { "1": 0.2, "2": 0.4 }, "blocks": { "1": 0.3 } };
  assertEquals(averageByRule([one, { "bootstrap": { "2": 0.5, "3": 0.7 } }]), { "bootstrap": { "2": 0.45 } });
  assertEquals(averageByRule([]), {});
});

Deno.test("samples are put into their order, problem by problem", () => {
  const sample = (problem: string, sample: number, correct: boolean) => ({ problem, sample, correct }) as Sample;
  const orders = samplesInOrder([
    sample("a", 2, true),
    sample("b", 0, true),
    sample("a", 0, false),
    sample("a", 1, true),
  ]);
  assertEquals([...orders], [["a", [false, true, true]], ["b", [true]]]);
});

Deno.test("a note says that the rule is not the unbiased one", () => {
  assertStringIncludes(ruleNote("bootstrap"), "bootstrap: the chance that k samples drawn with replacement");
  assertStringIncludes(ruleNote("bootstrap"), "not the unbiased pass@k.");
});
