import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { powerReport, powerText } from "../../src/compare/power.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts, exampleProblem } from "../result/example.ts";

function side(shift: number, seed = 1) {
  const counts = exampleCounts();
  const datasets = ["a", "b"].map((name) => ({
    name,
    version: "1",
    sha256: null,
    coverage: { scored: 31, of: null },
    problems: Array.from({ length: 31 }, (_, i) => exampleProblem(`${name}/${i}`, 7, 1 + (i + shift * (i % 3)) % 6)),
  }));
  return { path: `${seed}.json`, result: completeResult({ ...counts, datasets, arm: { ...counts.arm, seed } }) };
}

Deno.test("each dataset and their mean are planned, and more is needed to see less", () => {
  const [coarse, fine] = [10, 2].map((detect) => powerReport([side(0)], [side(1)], { detect }));
  assertEquals(coarse.map(({ dataset }) => dataset), ["a", "b", null]);
  const mean = coarse[2];
  assertEquals(mean.size, { problems: 62, samples: 7, seeds: 1 });
  // Two alike datasets of equal size: the mean is one dataset of twice the size.
  assertAlmostEquals(mean.detectable, coarse[0].detectable / Math.SQRT2, 0.1 * coarse[0].detectable);
  assertEquals(fine[0].needed.problems! > coarse[0].needed.problems!, true);
  assertEquals(mean.needed.seeds, null);
  assertStringIncludes(powerText(coarse, { colour: false }), "to see 10 points of Pass@1 in 80 of 100 cases");
});

Deno.test("the spread of several seeds is part of the noise", () => {
  const report = powerReport([side(0, 1), side(1, 2)], [side(0, 1), side(2, 2)], {});
  assertEquals(report[2].size.seeds, 2);
  assertEquals(report[2].noise.seeds > 0, true);
});

Deno.test("what cannot be planned is refused", () => {
  assertThrows(() => powerReport([side(0)], [side(0)], { detect: 0 }), UsageError, "0 points");
  assertThrows(() => powerReport([side(0)], [side(0)], { power: 1 }), UsageError, "power of 1");
});
