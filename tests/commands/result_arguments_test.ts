import { assertEquals, assertThrows } from "@std/assert";
import { expandFolders, readSides, resultsFolder } from "../../src/commands/result_arguments.ts";
import { Reading } from "../../src/commands/reading.ts";
import { BenchError } from "../../src/errors.ts";
import { exampleResult } from "../result/example.ts";
import { captured, inFolder } from "./captured.ts";
import { writeResult } from "../../src/result/store.ts";

Deno.test("a folder stands for its files by name, a folder of results for its v1", () =>
  inFolder((folder) => {
    for (const name of ["b.jsonl", "a.json", "c.txt", ".d.json"]) Deno.writeTextFileSync(`${folder}/${name}`, "");
    assertEquals(expandFolders([`${folder}/`, "x.json"]), [`${folder}/a.json`, `${folder}/b.jsonl`, "x.json"]);
    Deno.mkdirSync(`${folder}/results/v1`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/results/leaderboard.json`, "");
    Deno.writeTextFileSync(`${folder}/results/v1/c.json`, "");
    assertEquals(expandFolders([`${folder}/results`]), [`${folder}/results/v1/c.json`]);
    assertThrows(() => readSides([`${folder}/none.json`], {}, new Reading()), BenchError, "no such file");
  }));

Deno.test("a side is a file, several with commas, a folder of results or one that holds v1", () =>
  inFolder((folder) => {
    const { arm } = exampleResult();
    Deno.writeTextFileSync(`${folder}/leaderboard.json`, "{}");
    const paths = [1, 2].map((seed) => writeResult(`${folder}/v1`, exampleResult({ arm: { ...arm, seed } })).path);
    for (const side of [paths.join(","), `${folder}/v1`, folder]) {
      assertEquals(readSides([side], {}, new Reading())[0].map(({ result }) => result.arm.seed).toSorted(), [1, 2]);
    }
    Deno.mkdirSync(`${folder}/empty`);
    assertThrows(() => readSides([`${folder}/empty`], {}, new Reading()), BenchError, "no result file");
    assertThrows(() => expandFolders([`${folder}/empty`]), BenchError, "no .json");
  }));

Deno.test("smoke runs lie below the folder of the others, and are a folder of results themselves", () =>
  inFolder((folder) => {
    const { arm } = exampleResult();
    writeResult(`${folder}/v2`, exampleResult({ arm: { ...arm, seed: 1 } }));
    writeResult(`${folder}/smoke/v2`, exampleResult({ arm: { ...arm, seed: 2 }, status: "smoke" }));
    const seeds = (side: string) => readSides([side], {}, new Reading())[0].map(({ result }) => result.arm.seed);
    assertEquals([seeds(folder), seeds(`${folder}/v2`), seeds(`${folder}/smoke`)], [[1, 2], [1], [2]]);
    assertEquals(expandFolders([folder]).length, 2);
  }));

Deno.test("of folders ablations are read where they are named, or where a side holds nothing else", () =>
  inFolder(async (folder) => {
    const { experiment } = exampleResult();
    const write = (place: string, name: string) =>
      writeResult(`${folder}/${place}`, exampleResult({ experiment: { ...experiment, name } }));
    write("both/v2", "example");
    for (const place of ["both/v2", "alone"]) write(place, "ablation-a");
    write("both/v2", "ablation-b");
    const read = async (sides: string[], experiments?: string[]) => {
      let names: string[] = [];
      const { stderr } = await captured(() => {
        const own = readSides(sides.map((side) => `${folder}/${side}`), { experiments }, new Reading());
        names = own.map((results) => results.map(({ result }) => result.experiment.name).toSorted().join(" "));
        return Promise.resolve(0);
      });
      return [...names, stderr.replaceAll(folder, "")];
    };
    assertEquals(await read(["both"]), ["example", "/both: left out 2 (ablation)"]);
    assertEquals(await read(["both", "alone"]), ["ablation-a example", "ablation-a", "/both: left out 1 (ablation)"]);
    assertEquals(await read(["both"], ["ablation-b"]), ["ablation-b", "/both: left out 2 (another experiment)"]);
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
