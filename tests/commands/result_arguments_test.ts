import { assertEquals, assertThrows } from "@std/assert";
import { expandFolders, readSide, resultsFolder } from "../../src/commands/result_arguments.ts";
import { BenchError } from "../../src/errors.ts";
import { exampleResult } from "../result/example.ts";
import { inFolder } from "./captured.ts";
import { writeResult } from "../../src/result/store.ts";

Deno.test("a folder stands for its files by name, a folder of results for its v1", () =>
  inFolder((folder) => {
    for (const name of ["b.jsonl", "a.json", "c.txt"]) Deno.writeTextFileSync(`${folder}/${name}`, "");
    assertEquals(expandFolders([`${folder}/`, "x.json"]), [`${folder}/a.json`, `${folder}/b.jsonl`, "x.json"]);
    Deno.mkdirSync(`${folder}/results/v1`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/results/leaderboard.json`, "");
    Deno.writeTextFileSync(`${folder}/results/v1/c.json`, "");
    assertEquals(expandFolders([`${folder}/results`]), [`${folder}/results/v1/c.json`]);
    assertThrows(() => readSide(`${folder}/none.json`), BenchError, "no such file");
  }));

Deno.test("a side is a file, several with commas, a folder of results or one that holds v1", () =>
  inFolder((folder) => {
    const { arm } = exampleResult();
    const paths = [1, 2].map((seed) => writeResult(`${folder}/v1`, exampleResult({ arm: { ...arm, seed } })).path);
    for (const side of [paths.join(","), `${folder}/v1`, folder]) {
      assertEquals(readSide(side).map(({ result }) => result.arm.seed).toSorted(), [1, 2]);
    }
    Deno.mkdirSync(`${folder}/empty`);
    assertThrows(() => readSide(`${folder}/empty`), BenchError, "no result file");
    assertThrows(() => expandFolders([`${folder}/empty`]), BenchError, "no .json");
  }));

Deno.test("results are written to v2, and read from v1 too", () =>
  inFolder((folder) => {
    assertEquals([resultsFolder(undefined), resultsFolder("x")], ["results/v2", "x/v2"]);
    for (const version of ["v1", "v2"]) {
      Deno.mkdirSync(`${folder}/both/${version}`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/both/${version}/own.json`, "");
    }
    assertEquals(expandFolders([`${folder}/both`]), [`${folder}/both/v1/own.json`, `${folder}/both/v2/own.json`]);
  }));
