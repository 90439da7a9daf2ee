import { assertEquals } from "@std/assert";
import { codeOf } from "../../src/grading/code_block.ts";

const block = (code: string) => "```python\n" + code + "\n```";

Deno.test("the last block is the program, by both rules", () => {
  const text = `First\n${block("x = 1")}\nbetter:\n${block("x = 2\ny = 3")}\nas asked.`;
  assertEquals([codeOf(text, "answer"), codeOf(text, "release")], ["x = 2\ny = 3\n", "x = 2\ny = 3\n"]);
  assertEquals(codeOf(block(""), "answer"), "\n");
});

Deno.test("the answer's rule takes no thought, no half block, no fence inside a line", () => {
  const cases: [string, string | undefined, string | undefined][] = [
    [`${block("x = 1")}</think>done`, undefined, "x = 1\n"],
    [`hm</think>${block("x = 1")}`, "x = 1\n", "x = 1\n"],
    [`hm</think>\n${block("x = 1")}`, "x = 1\n", "x = 1\n"],
    ["```python\nx = 1", undefined, undefined],
    ["```python\nx = 1```", undefined, "x = 1"],
    ["use ```python\nx = 1\n```", undefined, "x = 1\n"],
    [`${block("x = 1")}\nand ` + "```python\nx = 2```", "x = 1\n", "x = 2"],
    // Backticks inside a program end it as released.
    [block("x = '```'"), "x = '```'\n", "x = '"],
    // Another language, or none.
    ["```\nx = 1\n```", undefined, undefined],
    ["```py\nx = 1\n```", undefined, undefined],
    ["```text\n```python\nx = 1\n```", "x = 1\n", "x = 1\n"],
    [`${block("x = 1")}\n` + "```text\n1\n```", "x = 1\n", "x = 1\n"],
    ["no code", undefined, undefined],
    ["", undefined, undefined],
  ];
  for (const [text, answer, release] of cases) {
    assertEquals([codeOf(text, "answer"), codeOf(text, "release")], [answer, release], text);
  }
});

Deno.test("where the prompt has opened the thinking, nothing before its end counts for the answer's rule", () => {
  const text = block("x = 1");
  assertEquals(codeOf(text, "answer", { thinking: true }), undefined);
  assertEquals(codeOf(text, "release", { thinking: true }), "x = 1\n");
});
