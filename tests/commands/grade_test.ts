import { assertEquals, assertRejects } from "@std/assert";
import type { GradeArguments } from "../../src/commands/descriptions/results.ts";
import { run } from "../../src/commands/grade.ts";
import { parsePairs } from "../../src/commands/pairs.ts";
import { BenchError, UsageError } from "../../src/errors.ts";

/** Lines that the command prints for a file of these lines. */
async function graded(lines: readonly string[], flags: GradeArguments["flags"] = {}): Promise<unknown[]> {
  const input = await Deno.makeTempFile({ suffix: ".jsonl" });
  const printed: string[] = [];
  const log = console.log;
  try {
    await Deno.writeTextFile(input, lines.map((line) => `${line}\n`).join(""));
    console.log = (text: string) => void printed.push(text);
    assertEquals(await run({ positionals: [], flags: { input, ...flags } }), 0);
  } finally {
    console.log = log;
    await Deno.remove(input);
  }
  return printed.join("\n").split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("each pair gets one verdict, in the same order", async () => {
  const pairs = [
    { gold: "\\frac{1}{2}", pred: "x = 0.5" },
    { gold: "5", pred: "so \\boxed{6}" },
    { gold: "5", pred: "nobody knows what the answer could be" },
    { gold: 7, pred: 7 },
  ];
  assertEquals(await graded(pairs.map((pair) => JSON.stringify(pair))), [
    { equal: true, extracted: "x = 0.5", reason: "same-value" },
    { equal: false, extracted: "6", reason: "different" },
    { equal: false, extracted: null, reason: "no-answer" },
    { equal: true, extracted: "7", reason: "same-value" },
  ]);
});

Deno.test("letters are graded by their own rule", async () => {
  const pairs = [{ gold: "B", pred: '{"answer": "B"}' }, { gold: "B", pred: "The answer is C." }];
  assertEquals(await graded(pairs.map((pair) => JSON.stringify(pair)), { kind: "multiple-choice" }), [
    { equal: true, extracted: "B", reason: "same-text" },
    { equal: false, extracted: "C", reason: "different" },
  ]);
});

Deno.test("a text without a program is graded without running one, and may have a question", async () => {
  const pair = { gold: "check(f)", pred: "```python\nx", question: "def f():\n" };
  assertEquals(await graded([JSON.stringify(pair)], { kind: "python-function" }), [
    { equal: false, extracted: null, reason: "no-answer" },
  ]);
  assertEquals(parsePairs(JSON.stringify(pair), "x"), [pair]);
});

Deno.test("programs are run in WebAssembly with their checks, side by side", async () => {
  const program = (body: string) => ({ gold: "assert half(6) == 3", pred: `\`\`\`python\n${body}\n\`\`\`` });
  const pairs = [
    program("def half(x):\n    return x / 2"),
    program("def half(x):\n    return x * 2"),
    program("import sys\nsys.exit(0)"),
  ];
  const verdicts = await graded(pairs.map((pair) => JSON.stringify(pair)), { kind: "python-tests" });
  assertEquals(verdicts.map((verdict) => ({ ...verdict as object, extracted: undefined })), [
    { equal: true, extracted: undefined, reason: "passed" },
    { equal: false, extracted: undefined, reason: "failed", detail: "AssertionError" },
    { equal: false, extracted: undefined, reason: "failed", detail: "SystemExit: 0" },
  ]);
});

Deno.test("no line gives no verdict", async () => assertEquals(await graded([]), []));

Deno.test("the released rule can be asked for", async () => {
  const line = JSON.stringify({ gold: "\\frac{1}{4}", pred: "\\boxed{0.25}" });
  assertEquals(await graded([line], { grader: "release-string" }), [
    { equal: false, extracted: "0.25", reason: "different" },
  ]);
});

Deno.test("a line may have the question that was asked", async () => {
  const pair = { gold: "60", pred: "\\boxed{60\\%}" };
  const asked = { ...pair, question: "What percentage of the eggs is brown?" };
  assertEquals(await graded([pair, asked].map((line) => JSON.stringify(line))), [
    { equal: false, extracted: "60\\%", reason: "different" },
    { equal: true, extracted: "60\\%", reason: "same-value" },
  ]);
});

Deno.test("against another grader only the pairs on which they differ are printed", async () => {
  const pairs = [
    { gold: "\\frac{1}{4}", pred: "\\boxed{0.25}" },
    { gold: "5", pred: "\\boxed{5}" },
  ];
  const error = console.error;
  const said: string[] = [];
  console.error = (text: string) => void said.push(text);
  try {
    assertEquals(await graded(pairs.map((line) => JSON.stringify(line)), { against: ["release-string"] }), [
      { line: 1, symbolic: true, "release-string": false, gold: "\\frac{1}{4}", pred: "\\boxed{0.25}" },
    ]);
  } finally {
    console.error = error;
  }
  assertEquals(said, [
    "2 pairs: symbolic calls 2 right, 1 alone; release-string calls 1 right, 0 alone; they differ on 1",
  ]);
});

Deno.test("no input is wrong usage", async () => {
  await assertRejects(() => run({ positionals: [], flags: {} }), UsageError, "--input FILE");
  await assertRejects(() => run({ positionals: [], flags: { input: "no/such/file" } }), BenchError, "no/such/file");
});
