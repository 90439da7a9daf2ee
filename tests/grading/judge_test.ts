import { assertEquals } from "@std/assert";
import { executorOfGrader, graderOfKinds, judge } from "../../src/grading/judge.ts";
import { recordingExecutor } from "../fixtures/recording_executor.ts";

const grader = { name: "symbolic", boxed: true } as const;

Deno.test("each kind has its judge, and only a program waits for an executor", async () => {
  const { executor, runs } = recordingExecutor(() => ({ outcome: "passed" }));
  let made = 0;
  const judging = { grader, thinking: false, executor: () => (made++, executor) };
  const verdict = (text: string, kind?: "multiple-choice" | "python-tests") =>
    judge(
      text,
      { id: "a", question: "q", answer: kind === "multiple-choice" ? "B" : "2", ...(kind && { kind }) },
      judging,
    );
  const [value, letter] = [verdict("\\boxed{\\frac{4}{2}}"), verdict('"answer": "B"', "multiple-choice")];
  assertEquals([value, letter].map((own) => !(own instanceof Promise) && own.equal), [true, true]);
  assertEquals(made, 0);
  assertEquals((await verdict("```python\nx\n```", "python-tests")).equal, true);
  assertEquals([made, runs.length], [1, 1]);
});

Deno.test("the released rule for code is asked for by the grader's configuration", async () => {
  const { executor } = recordingExecutor(() => ({ outcome: "passed" }));
  const problem = { id: "a", question: "q", answer: "", kind: "python-tests" } as const;
  const equal = async (code: "answer" | "release") =>
    (await judge("```python\nx```", problem, {
      grader: { ...grader, code },
      thinking: false,
      executor: () => executor,
    }))
      .equal;
  assertEquals([await equal("answer"), await equal("release")], [false, true]);
});

Deno.test("who judges is named with what runs programs; several kinds name all", () => {
  assertEquals(graderOfKinds([undefined, "mathematics"], grader, "pyodide"), {
    name: "symbolic-boxed",
    version: "canonical-2",
  });
  assertEquals(graderOfKinds(["multiple-choice", "python-function", "python-tests"], grader, "python"), {
    name: "choice + python",
    version: "choice-1 + checks-1",
  });
  assertEquals(graderOfKinds(["python-tests"], { ...grader, code: "release" }, "pyodide").name, "pyodide-release");
});

Deno.test("the name of a grader tells what ran its programs", () => {
  const names = ["symbolic-boxed", "choice + python", "pyodide-release", "choice + own", "release-string"];
  assertEquals(names.map(executorOfGrader), [undefined, "python", "pyodide", "own", undefined]);
});
