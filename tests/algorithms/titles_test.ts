import { assertMatch } from "@std/assert";
import { ALGORITHM_PRESETS } from "../../src/algorithms/registry.ts";
import { ALGORITHM_TITLES } from "../../src/algorithms/titles.ts";

Deno.test("every algorithm has a title with its authors, the first of whom its file names", () => {
  for (const name of Object.keys(ALGORITHM_PRESETS)) {
    assertMatch(ALGORITHM_TITLES[name] ?? "", /, [A-Z][a-z]+ et al\.$/);
    const [, author] = /, (\w+) et al/.exec(ALGORITHM_TITLES[name])!;
    assertMatch(
      Deno.readTextFileSync(`src/algorithms/${name.replaceAll("-", "_")}.ts`).slice(0, 400),
      new RegExp(author),
    );
  }
});
