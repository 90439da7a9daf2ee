import { assertEquals } from "@std/assert";
import { extractAnswer } from "../../src/grading/extraction.ts";

const raw = String.raw;

const TABLE: readonly (readonly [text: string, extracted: string | undefined])[] = [
  [raw`\boxed{5}`, "5"],
  [raw`\boxed{\frac{a}{b}}`, raw`\frac{a}{b}`],
  [raw`\boxed{1} then \boxed{2}`, "2"],
  [raw`\boxed{1}, \boxed{2}`, "1, 2"],
  [raw`\boxed{1} and \boxed{2}`, "1, 2"],
  [raw`$\boxed{1}$, $\boxed{2}$ and $\boxed{3}$`, "1, 2, 3"],
  [raw`\boxed{1} \text{ and } \boxed{2}`, "1, 2"],
  [raw`\boxed{\boxed{5}}`, "5"],
  [raw`\boxed{\{1,2\}}`, raw`\{1,2\}`],
  [raw`\fbox{5}`, "5"],
  [raw`\boxed 5`, "5"],
  [raw`\boxedx 5 or 7 or so but not 8`, "8"],
  [raw`so \boxed it is 5 in total`, "5 in total"],
  [raw`\boxed{5}. I put it in \boxed{} as requested.`, "5"],
  [raw`\boxed{5}. (It is in \boxed as asked.)`, "5"],
  [raw`\boxed{`, undefined],
  [raw`\boxed{}`, undefined],
  [raw`\boxed{1} \boxed{2`, undefined],
  ["The answer is 5.", "5"],
  ["the final answer is 5, the answer is 6", "5"],
  ["The answer is 5. The answer is 6.", "6"],
  ["The answer is $x+1$ as we have seen in the text above.", "$x+1$"],
  ["So we add them up and find that it is 12 in total", "12 in total"],
  ["So we add them up and find that it is -3.5", "-3.5"],
  [raw`So we add them up and find that it is \frac{3}{4}`, raw`\frac{3}{4}`],
  ["So we add them up and find that nothing is there", undefined],
  ["x = 5", "x = 5"],
  ["Evelyn", "Evelyn"],
  ["5 cm", "5 cm"],
  ["", undefined],
  ["<think>5", undefined],
  ["<think>5</think>", undefined],
  ["<think>5</think>6", "6"],
  [raw`5</think>\boxed{6}`, "6"],
  [raw`</think>5</think>\boxed{6}`, "6"],
];

Deno.test("the final answer is found where the policy says", () => {
  for (const [text, extracted] of TABLE) assertEquals(extractAnswer(text), extracted, text);
});

Deno.test("where the prompt has opened the thinking, a text that never closes it holds no answer", () => {
  assertEquals(extractAnswer(raw`\boxed{5}`, { thinking: true }), undefined);
  assertEquals(extractAnswer(raw`</think>\boxed{5}`, { thinking: true }), "5");
});

Deno.test("where only a box counts, nothing else does", () => {
  assertEquals(extractAnswer("The answer is 5", { boxed: true }), undefined);
  assertEquals(extractAnswer("5", { boxed: true }), undefined);
  assertEquals(extractAnswer(raw`The answer is \boxed{5}`, { boxed: true }), "5");
});
