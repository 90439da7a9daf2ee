import { assert, assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { ResultReader } from "../../src/result/reader.ts";
import { readJsonFile, writeResult } from "../../src/result/store.ts";
import { inFolder } from "../commands/captured.ts";
import { exampleResult } from "./example.ts";

Deno.test("a file is checked", () =>
  inFolder((folder) => {
    const { path } = writeResult(folder, exampleResult());
    assertEquals(new ResultReader().read(path, readJsonFile(path)), { path, result: exampleResult() });
    for (const value of [{ ...exampleResult(), likeMatched: 7 }, null, 3, {}]) {
      assertThrows(() => new ResultReader().read("a.json", { value, sha256: "" }), BenchError, "a.json");
    }
  }));

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
