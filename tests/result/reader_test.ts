import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { CheckedFiles } from "../../src/result/checked_files.ts";
import { ResultReader } from "../../src/result/reader.ts";
import { readJsonFile, writeResult } from "../../src/result/store.ts";
import { inFolder } from "../commands/captured.ts";
import { exampleResult } from "./example.ts";

const tampered = () => ({ ...exampleResult(), likeMatched: 7 });

Deno.test("a file is checked once, and then known by its bytes", () =>
  inFolder((folder) => {
    const { path } = writeResult(folder, exampleResult());
    const checked = new CheckedFiles();
    const file = readJsonFile(path);
    assertEquals(new ResultReader(checked).read(path, file), { path, result: exampleResult() });
    assert(checked.has(file.sha256));
    // Whatever these bytes hold is believed: that is why nobody else may write the list.
    const { result } = new ResultReader(checked).read(path, { ...file, value: tampered() });
    assertEquals(result.likeMatched, 7);
    assertThrows(() => new ResultReader(checked).read(path, { value: tampered(), sha256: "other" }), BenchError, path);
    assertThrows(() => new ResultReader().read(path, { ...file, value: tampered() }), BenchError, path);
  }));

Deno.test("what is not valid is not known, nor what has to be completed", () => {
  const checked = new CheckedFiles();
  const reader = new ResultReader(checked);
  for (const value of [tampered(), null, 3, {}]) {
    assertThrows(() => reader.read("a.json", { value, sha256: "a" }), BenchError, "a.json");
  }
  const { intervals: _, ...earlier } = exampleResult();
  assertEquals(reader.read("b.json", { value: earlier, sha256: "b" }).result, exampleResult());
  assertEquals([checked.has("a"), checked.has("b")], [false, false]);
});

Deno.test("equal votes are one object, and different ones stay apart", () => {
  const reader = new ResultReader();
  const votesOf = () =>
    reader.read("a.json", { value: structuredClone(exampleResult()), sha256: "" }).result.datasets
      .flatMap(({ problems }) => problems.flatMap(({ votes = [] }) => votes));
  const [first, second] = [votesOf(), votesOf()];
  const expected = exampleResult().datasets.flatMap(({ problems }) => problems.flatMap(({ votes = [] }) => votes));
  assertEquals([first, second], [expected, expected]);
  first.forEach((vote, i) => assert(vote === second[i]));
  assertEquals(new Set(first).size, new Set(expected.map((vote) => JSON.stringify(vote))).size);
});
