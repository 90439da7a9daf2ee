import { assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { mustRun, type ProgramOutput } from "../../src/tensorflow/programs.ts";

const asking = { program: "tool", args: [], purpose: "do it", fix: "fix it" };
const answering = (output: ProgramOutput | undefined) => () => Promise.resolve(output);

Deno.test("what a program that succeeds printed is returned", async () => {
  assertEquals(await mustRun(answering({ code: 0, stdout: "yes\n", stderr: "noise" }), asking), "yes\n");
});

Deno.test("a program that is missing, fails, or fails without a word is one line with what to do", async () => {
  for (
    const [output, message] of [
      [undefined, "Cannot do it: found no program tool; fix it"],
      [
        { code: 3, stdout: "", stderr: "a\nfatal error: b\nc\n" },
        "Cannot do it: tool ended with 3: fatal error: b; fix it",
      ],
      [{ code: 3, stdout: "last\n\n", stderr: "\n" }, "Cannot do it: tool ended with 3: last; fix it"],
      [{ code: 3, stdout: "", stderr: "" }, "Cannot do it: tool ended with 3: it said nothing; fix it"],
    ] as const
  ) {
    const error = await assertRejects(() => mustRun(answering(output), asking), BenchError);
    assertEquals(error.message, message);
  }
});
