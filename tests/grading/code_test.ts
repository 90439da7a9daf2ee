import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Problem } from "../../src/datasets/problem.ts";
import { BenchError } from "../../src/errors.ts";
import { checkedProgram, gradeCode } from "../../src/grading/code.ts";
import { recordingExecutor } from "../fixtures/recording_executor.ts";

const FUNCTION: Problem = {
  id: "f/0",
  question: 'def double(x):\n    """Twice x."""\n',
  answer: "def check(candidate):\n    assert candidate(3) == 6\n\ncheck(double)",
  kind: "python-function",
};
const TESTED: Problem = { id: "t/0", question: "Write half.", answer: "assert half(6) == 3", kind: "python-tests" };

Deno.test("a function follows its head, as body or as a whole, and its test stands apart from both", () => {
  const program = checkedProgram(FUNCTION, "    return 2 * x\n", "answer");
  assertEquals(program, {
    code: 'def double(x):\n    """Twice x."""\n    return 2 * x\n\n',
    tests: "def check(candidate):\n    assert candidate(3) == 6\n\ncheck(double)\n",
  });
  assertEquals(checkedProgram(FUNCTION, "    return 2 * x\n", "release"), program);
});

Deno.test("a program for a text has tests, and as released it is led by imports", () => {
  const code = "def half(x):\n    return x / 2\n";
  const tests = "assert half(6) == 3\n";
  assertEquals(checkedProgram(TESTED, code, "answer"), { code: `${code}\n`, tests });
  const released = checkedProgram(TESTED, code, "release");
  assertEquals(released.tests, tests);
  assert(released.code.endsWith(`\n${code}\n`) && released.code.startsWith("import math\n"), released.code);
});

Deno.test("the outcome of a program is the verdict, with its reason in one line and no vote", async () => {
  const text = "```python\ndef half(x):\n    return x / 2\n```";
  const outcomes = [
    { outcome: "passed" },
    { outcome: "failed", reason: "AssertionError: 3.0\n  in line 4" },
    { outcome: "timed-out", reason: "after 10 s" },
    { outcome: "out-of-memory" },
  ] as const;
  const { executor, runs } = recordingExecutor((i) => outcomes[i]);
  const verdicts = [];
  for (const _ of outcomes) verdicts.push(await gradeCode(text, TESTED, { executor: () => executor, rule: "answer" }));
  const extracted = "def half(x):\n    return x / 2\n";
  assertEquals(verdicts, [
    { equal: true, extracted, reason: "passed", program: "passed" },
    { equal: false, extracted, reason: "failed", program: "failed", detail: "AssertionError: 3.0" },
    { equal: false, extracted, reason: "timed-out", program: "timed-out", detail: "after 10 s" },
    { equal: false, extracted, reason: "out-of-memory", program: "out-of-memory" },
  ]);
  assertEquals(runs[0], { program: { code: `${extracted}\n`, tests: "assert half(6) == 3\n" }, seconds: 10 });
});

Deno.test("a function has the three seconds of HumanEval's own evaluation", async () => {
  const { executor, runs } = recordingExecutor(() => ({ outcome: "passed" }));
  await gradeCode("```python\n    return 2 * x\n```", FUNCTION, { executor: () => executor, rule: "answer" });
  assertEquals(runs.map(({ seconds }) => seconds), [3]);
});

Deno.test("what holds no program is wrong, and nothing is run", async () => {
  const { executor, runs } = recordingExecutor(() => ({ outcome: "passed" }));
  const verdict = await gradeCode("def half(x): return x / 2", TESTED, { executor: () => executor, rule: "answer" });
  assertEquals([verdict, runs], [{ equal: false, reason: "no-answer", program: "none" }, []]);
});

Deno.test("an executor that cannot run at all stops the work; one fault on one program is a grader error", async () => {
  const text = "```python\nx = 1\n```";
  const failing = (error: Error) => ({ run: () => Promise.reject(error), close: () => Promise.resolve() });
  await assertRejects(
    () => gradeCode(text, TESTED, { executor: () => failing(new BenchError("no interpreter")), rule: "answer" }),
    BenchError,
    "no interpreter",
  );
  const { equal, reason, graderError } = await gradeCode(text, TESTED, {
    executor: () => failing(new TypeError("odd")),
    rule: "answer",
  });
  assertEquals([equal, reason, graderError], [false, "grader-error", "TypeError: odd"]);
});
