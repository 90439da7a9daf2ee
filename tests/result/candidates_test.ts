import { assertEquals, assertThrows } from "@std/assert";
import { putBadEntries } from "../commands/bad_entries.ts";
import { BenchError } from "../../src/errors.ts";
import { ablationsAlone, type CandidateOptions, candidates, readCandidates } from "../../src/result/candidates.ts";
import type { SkippedFile } from "../../src/result/skipped.ts";
import { writeResult } from "../../src/result/store.ts";
import { inFolder } from "../commands/captured.ts";
import { exampleCounts, exampleResult } from "./example.ts";

const named = (name: string) => exampleResult({ experiment: { ...exampleCounts().experiment, name } });
/** What no check would pass. */
const broken = (name: string) => ({ experiment: { name } });

/** Writes results and others, and gives a function that reads those of some names. */
function written(folder: string, values: Readonly<Record<string, unknown>>) {
  for (const [name, value] of Object.entries(values)) {
    Deno.writeTextFileSync(`${folder}/${name}.json`, JSON.stringify(value));
  }
  return (names: readonly string[], options: CandidateOptions = {}) =>
    candidates([{ paths: names.map((name) => `${folder}/${name}.json`) }], options);
}

Deno.test("what its experiment's name leaves out is not checked, all else is", () =>
  inFolder((folder) => {
    const read = written(folder, {
      example: named("example"),
      "ablation-a": named("ablation-a"),
      "ablation-b": named("ablation-b"),
      "broken-a": broken("ablation-a"),
      "broken-example": broken("example"),
    });
    const found = (...args: Parameters<typeof read>) => {
      const { results, leftOut } = read(...args);
      return [...results.map(({ path }) => path.slice(folder.length + 1)), ...leftOut.map(({ reason }) => reason)];
    };
    assertEquals(found(["example", "broken-a"]), ["example.json", "ablation"]);
    assertEquals(found(["broken-a", "example", "ablation-b"], { ablations: ["ablation-b"] }), [
      "example.json",
      "ablation-b.json",
      "ablation",
    ]);
    assertEquals(found(["broken-example", "ablation-a"], { experiments: ["ablation-a"] }), [
      "ablation-a.json",
      "another experiment",
    ]);
    assertEquals(found(["ablation-b", "ablation-a"]), ["ablation-b.json", "ablation-a.json"]);
    assertThrows(() => read(["broken-example"]), BenchError, "broken-example.json");
    assertThrows(() => read(["broken-a"]), BenchError, "broken-a.json");
  }));

Deno.test("a file that names no experiment is no result", () =>
  inFolder((folder) => {
    const values = { null: null, number: 3, empty: {}, other: { experiment: 3 } };
    const read = written(folder, values);
    for (const name of Object.keys(values)) assertThrows(() => read([name]), BenchError, `${name}.json`);
  }));

Deno.test("ablations are alone where nothing else is beside them", () =>
  inFolder((folder) => {
    const read = written(folder, { example: named("example"), a: named("ablation-a"), b: named("ablation-b") });
    assertEquals(ablationsAlone(read(["a", "b", "a"])), ["ablation-a", "ablation-b"]);
    assertEquals(ablationsAlone(read(["a", "example"])), []);
    assertEquals(ablationsAlone(read([])), []);
  }));

Deno.test("a folder's candidates come from all of its places, without what is no result", () =>
  inFolder((folder) => {
    const { arm } = exampleCounts();
    const seeded = (seed: number, status: "completed" | "smoke") => exampleResult({ arm: { ...arm, seed }, status });
    writeResult(`${folder}/smoke/v2`, seeded(2, "smoke"));
    writeResult(`${folder}/v2`, seeded(1, "completed"));
    const seeds = (skipped: SkippedFile[] = []) =>
      readCandidates(folder, { onSkipped: (file) => skipped.push(file) }).results.map(({ result }) => result.arm.seed);
    assertEquals(seeds(), [1, 2]);
    assertEquals(readCandidates(`${folder}/absent`).results, []);
    const bad = putBadEntries(`${folder}/v2`);
    const skipped: SkippedFile[] = [];
    assertEquals(seeds(skipped), [1, 2]);
    assertEquals(skipped.map(({ path }) => path.slice(`${folder}/v2/`.length)).toSorted(), bad.toSorted());
    assertThrows(() => readCandidates(folder), BenchError, "0-");
  }));
