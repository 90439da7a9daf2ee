import { assert, assertEquals, assertRejects } from "@std/assert";
import { mbpp } from "../../src/datasets/mbpp.ts";
import { BenchError } from "../../src/errors.ts";
import { mirrorTest, testEvaluationSet } from "./mirror.ts";

testEvaluationSet(mbpp);

mirrorTest(mbpp, "a question shows the tests that the answer runs", (rows) => {
  for (const { id, question, answer, kind } of rows) {
    assertEquals(kind, "python-tests");
    const shown = /\n\nTest Cases:\n```python\n([^]*)\n```$/.exec(question);
    assert(shown !== null && answer.endsWith(shown[1]), id);
  }
});

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

Deno.test("both published forms of made-up tasks are the same rows, those of other splits left out", async () => {
  const task = (task_id: number) => ({
    task_id,
    prompt: "Write one.",
    test_imports: ["import math"],
    test_list: ["assert one() == 1", "assert math.isclose(one(), 1)"],
  });
  const { prompt, test_imports, ...rest } = task(11);
  const [array, whole] = mbpp.files;
  const row = {
    question: "Write one.\n\nTest Cases:\n```python\nassert one() == 1\nassert math.isclose(one(), 1)\n```",
    answer: "import math\nassert one() == 1\nassert math.isclose(one(), 1)",
  };
  const published = [{ prompt: [{ value: prompt }], final_answer: { ...rest, test_import: test_imports } }];
  assertEquals(await array.read(encode(published)), [row]);
  assertEquals(await whole.read(encode([2, 11, 510, 511].map(task))), [row, row]);
});

Deno.test("a task without tests is refused", async () => {
  const rows = [{ prompt: [{ value: "Write one." }], final_answer: { test_list: [], test_import: [] } }];
  await assertRejects(() => mbpp.files[0].read(encode(rows)), BenchError, "found nothing as answer");
});
