import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { parsePairs, readPairs } from "../../src/commands/pairs.ts";
import { loadDataset } from "../../src/datasets/registry.ts";
import { BenchError } from "../../src/errors.ts";

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
      '{"pred":"1","gold":"1","question":null}',
      '{"problem":"gsm8k/0001"}',
    ]
  ) {
    assertThrows(() => parsePairs(`${good}\n${bad}\n${good}\n`, "pairs.jsonl"), BenchError, "pairs.jsonl:2");
  }
  assertEquals(parsePairs(`${good}\n`, "pairs.jsonl").length, 1);
  assertEquals(parsePairs(`\uFEFF${good}\n`, "pairs.jsonl"), parsePairs(good, "pairs.jsonl"));
  assertEquals(parsePairs(`${good}\r\n${good}`, "pairs.jsonl").length, 2);
});

Deno.test("a sample takes gold and question from its dataset", async () => {
  const [{ id, question, answer }] = (await loadDataset("arith-add")).problems;
  const sample = { arm: "base", problem: id, sample: 0, text: "</think>\\boxed{7}", correct: true };
  assertEquals(await readPairs(JSON.stringify(sample), "samples.jsonl"), [
    { gold: answer, pred: sample.text, question },
  ]);
  const unknown = JSON.stringify({ ...sample, problem: "arith-add/none" });
  await assertRejects(
    () => readPairs(`${JSON.stringify(sample)}\n${unknown}`, "samples.jsonl"),
    BenchError,
    'samples.jsonl:2: there is no problem "arith-add/none"',
  );
});
