import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import {
  ALGORITHM_PRESETS,
  ALGORITHM_TITLES,
  type AlgorithmConfig,
  createAlgorithm,
} from "../../src/algorithms/registry.ts";
import { UsageError } from "../../src/errors.ts";

Deno.test("every preset makes the algorithm it is listed under", () => {
  for (const [name, presets] of Object.entries(ALGORITHM_PRESETS)) {
    for (const config of Object.values<AlgorithmConfig>(presets)) {
      assertEquals(createAlgorithm(config, 1).name, name);
    }
  }
});

Deno.test("presets survive JSON, so that a result file can hold them", () => {
  assertEquals(JSON.parse(JSON.stringify(ALGORITHM_PRESETS)), ALGORITHM_PRESETS);
});

Deno.test("an unknown algorithm is refused, with the nearest name", () => {
  const config = { name: "soft-grop" } as unknown as AlgorithmConfig;
  assertThrows(() => createAlgorithm(config, 1), UsageError, "soft-tokens-grpo");
});

Deno.test("every algorithm's title names its authors, the first of whom its file names", () => {
  for (const [name, title] of Object.entries(ALGORITHM_TITLES)) {
    const author = /, (\p{Lu}[\p{L}-]+)( and \p{Lu}[\p{L}-]+| et al\.)?$/u.exec(title)?.[1];
    assert(author, `title of ${name}: found "${title}", expected a few words and ", Surname" or ", Surname et al."`);
    const file = new URL(`../../src/algorithms/${name.replaceAll("-", "_")}.ts`, import.meta.url);
    assertStringIncludes(Deno.readTextFileSync(file).slice(0, 400), author);
  }
});
