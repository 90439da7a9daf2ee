import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { GradeArguments } from "../../src/commands/descriptions/results.ts";
import { parsePairs, run } from "../../src/commands/grade.ts";
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

Deno.test("a malformed line is an error that names its number", () => {
  const good = '{"gold":"1","pred":"1"}';
  for (
    const bad of [
      "nope",
      "",
      "[]",
      "null",
      '"1"',
      '{"gold":"1"}',
      '{"gold":"1","pred":null}',
      '{"pred":["1"],"gold":"1"}',
    ]
  ) {
    assertThrows(() => parsePairs(`${good}\n${bad}\n${good}\n`, "pairs.jsonl"), BenchError, "pairs.jsonl:2");
  }
  assertEquals(parsePairs(`${good}\n`, "pairs.jsonl").length, 1);
  assertEquals(parsePairs(`\uFEFF${good}\n`, "pairs.jsonl"), parsePairs(good, "pairs.jsonl"));
  assertEquals(parsePairs(`${good}\r\n${good}`, "pairs.jsonl").length, 2);
});

Deno.test("no input is wrong usage", async () => {
  await assertRejects(() => run({ positionals: [], flags: {} }), UsageError, "--input FILE");
  await assertRejects(() => run({ positionals: [], flags: { input: "no/such/file" } }), BenchError, "no/such/file");
});
