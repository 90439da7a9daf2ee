import { assert, assertEquals } from "@std/assert";
import { isInProject } from "./checkout.ts";
import { MEASURED, testsOf } from "./tests_of.ts";

Deno.test("the test of a source's name comes first, then its neighbours, as far as they are there", () => {
  const there = ["tests/files/write_test.ts", "tests/files", "tests/result", "tests/engine"];
  const testsIn = (path: string) => testsOf(path, (test) => there.includes(test));
  assertEquals(testsIn("src/files/write.ts"), [["tests/files/write_test.ts"], ["tests/files"], ["tests/result"]]);
  assertEquals(testsIn("src/engine/memory.ts"), [["tests/engine"]]);
});

Deno.test("every measured folder has sources, and all tests that are named for it are there", () => {
  for (const folder of MEASURED) {
    assert(isInProject(`src/${folder}`), folder);
    for (const test of testsOf(`src/${folder}/x.ts`, () => true).flat().slice(1)) assert(isInProject(test), test);
  }
});
