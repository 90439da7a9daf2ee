import { assert, assertEquals } from "@std/assert";
import { humaneval } from "../../src/datasets/humaneval.ts";
import { mirrorTest, testEvaluationSet } from "./mirror.ts";

testEvaluationSet(humaneval);

mirrorTest(humaneval, "a question is the head of a function, the answer a test that is called", (rows) => {
  for (const { id, question, answer, kind } of rows) {
    assertEquals(kind, "python-function");
    const name = /\ncheck\((\w+)\)$/.exec(answer)?.[1];
    assert(name !== undefined && answer.includes("def check(candidate):"), id);
    assert(question.includes(`def ${name}(`) && question.endsWith("\n"), id);
  }
});

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

Deno.test("both published forms of a made-up task are the same row", async () => {
  const task = {
    task_id: "T/0",
    prompt: "def two():\n",
    entry_point: "two",
    test: "def check(c):\n    assert c() == 2\n",
  };
  const { prompt, ...final_answer } = task;
  const packed = new Blob([encode(task)]).stream().pipeThrough(new CompressionStream("gzip"));
  const [array, lines] = humaneval.files;
  const expected = [{ question: "def two():\n", answer: "def check(c):\n    assert c() == 2\n\ncheck(two)" }];
  assertEquals(await array.read(encode([{ prompt: [{ value: prompt }], final_answer }])), expected);
  assertEquals(await lines.read(new Uint8Array(await new Response(packed).arrayBuffer())), expected);
});
