import { assert, assertEquals } from "@std/assert";
import { asksForPercentage, formulasOf } from "../../src/grading/question.ts";

const raw = String.raw;

Deno.test("a question asks for a percentage where a request says so without a number before it", () => {
  for (
    const question of [
      "What percentage of the eggs is brown?",
      "There are 5.5 litres. What percent of it is milk?",
      "If 80% of it is used, what percent is left?",
      "What is the chance, expressed as a percentage?",
      raw`Give the chance as a \%.`,
      raw`For which $x$ is 7 equal to $x\%$ of 20?`,
      "How many percent more is it?",
    ]
  ) assert(asksForPercentage(question), question);
  for (
    const question of [
      "What is 20% of 300?",
      raw`What is $20\%$ of 300?`,
      "What is twenty percent of 300?",
      "A coat is 20 percent off. What does it cost?",
      "The percentage is the same. What does it cost?",
      "If the percentage of goats is 30, how many are there?",
      "What does it cost?",
      "",
    ]
  ) assert(!asksForPercentage(question), question);
});

Deno.test("the formulas of a question are found by their structure, an equation not as its left side", () => {
  const [sum] = formulasOf("Find $m+n$.");
  assert(formulasOf(raw`Let \(x\) be 3. Find \[n + m\]`).has(sum));
  assert(formulasOf("What is m + n?").has(sum));
  assert(!formulasOf("We know that $m+n=7$.").has(sum));
  assertEquals(formulasOf("Nothing here."), new Set());
});

Deno.test("long questions are read in linear time", () => {
  assert(!asksForPercentage("what ".repeat(20_000)));
  assert(!asksForPercentage(`what ${"x".repeat(100_000)}`));
  assert(formulasOf("$x$ ".repeat(20_000)).size === 1);
});
