import { assertEquals, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { ablationsAlone, candidates, readCandidates } from "../../src/result/candidates.ts";
import { writeResult } from "../../src/result/store.ts";
import { inFolder } from "../commands/captured.ts";
import { exampleCounts, exampleResult } from "./example.ts";

const file = (
  name: string,
  value: unknown = exampleResult({ experiment: { ...exampleCounts().experiment, name } }),
) => ({
  path: `${name}.json`,
  value,
});
/** What no check would pass. */
const broken = (name: string) => file(name, { experiment: { name } });

Deno.test("what its experiment's name leaves out is not checked, all else is", () => {
  const paths = (...[files, options]: Parameters<typeof candidates>) => {
    const { results, leftOut } = candidates(files, options);
    return [...results.map(({ path }) => path), ...leftOut.map(({ reason }) => reason)];
  };
  assertEquals(paths([file("example"), broken("ablation-a")]), ["example.json", "ablation"]);
  assertEquals(paths([file("example"), file("ablation-a"), broken("ablation-b")], { ablations: ["ablation-a"] }), [
    "example.json",
    "ablation-a.json",
    "ablation",
  ]);
  assertEquals(paths([broken("example"), file("ablation-a")], { experiments: ["ablation-a"] }), [
    "ablation-a.json",
    "another experiment",
  ]);
  assertEquals(paths([file("ablation-a"), file("ablation-b")]), ["ablation-a.json", "ablation-b.json"]);
  assertThrows(() => candidates([broken("example")]), BenchError, "of example.json");
  for (const value of [null, 3, {}, { experiment: 3 }]) {
    assertThrows(() => candidates([file("x", value)]), BenchError, "x.json");
  }
});

Deno.test("ablations are alone where nothing else is beside them", () => {
  assertEquals(ablationsAlone([broken("ablation-a"), broken("ablation-a")]), ["ablation-a"]);
  assertEquals(ablationsAlone([broken("ablation-a"), broken("example")]), []);
  assertEquals(ablationsAlone([broken("ablation-a"), file("x", {})]), []);
});

Deno.test("a folder's candidates come from all of its places", () =>
  inFolder((folder) => {
    const { arm } = exampleCounts();
    const seeded = (seed: number, status: "completed" | "smoke") => exampleResult({ arm: { ...arm, seed }, status });
    writeResult(`${folder}/v2`, seeded(1, "completed"));
    writeResult(`${folder}/smoke/v2`, seeded(2, "smoke"));
    assertEquals(readCandidates(folder).results.map(({ result }) => result.arm.seed), [1, 2]);
    assertEquals(readCandidates(`${folder}/absent`).results, []);
  }));
