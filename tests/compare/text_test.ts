import { assertEquals, assertStringIncludes } from "@std/assert";
import { compare } from "../../src/compare/compare.ts";
import { comparisonMarkdown, comparisonText } from "../../src/compare/text.ts";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts, exampleProblem } from "../result/example.ts";

function side(c: number, label: string) {
  const counts = exampleCounts();
  const problems = Array.from({ length: 23 }, (_, i) => exampleProblem(`simulated/${i}`, 7, Math.max(0, c - (i % 2))));
  const datasets = [{
    name: "simulated",
    version: "1",
    sha256: null,
    coverage: { scored: problems.length, of: null },
    problems,
  }];
  return [{ path: "x.json", result: completeResult({ ...counts, arm: { ...counts.arm, label }, datasets }) }];
}

const comparison = compare(side(6, "arm"), side(2, "arm|x"));

Deno.test("the text names the verdict, each test and what was worse", () => {
  const text = comparisonText(comparison, { colour: false });
  assertStringIncludes(text, "REGRESSION: ");
  assertStringIncludes(text, "arm → arm|x");
  // 6, 5, 6, … of 7 against 2, 1, 2, …: four sevenths lost.
  assertStringIncludes(text, "−57.1");
  assertEquals(text.split("\n").filter((line) => line.endsWith("worse")).length, 2);
});

Deno.test("the Markdown is a table whose cells cannot break it", () => {
  const lines = comparisonMarkdown(comparison).split("\n");
  assertEquals(lines[0].startsWith("### REGRESSION"), true);
  assertStringIncludes(lines[2], "**arm → arm\\|x**");
  const table = lines.filter((line) => line.startsWith("|"));
  for (const row of table) assertEquals(row.replaceAll("\\|", "").split("|").length, table[0].split("|").length);
});

Deno.test("what did not change is folded up: one line of arms, and tests behind the row of their arm", () => {
  const sides = ["better", "equal", "noisy"].map((label, i) => [side(3, label)[0], side([6, 3, 3][i], label)[0]]);
  // Counts of the third are the same in sum, each other problem's lost.
  const shuffled = {
    ...sides[2][1],
    result: completeResult({
      ...sides[2][1].result,
      datasets: sides[2][1].result.datasets.map((dataset) => ({
        ...dataset,
        problems: dataset.problems.map((problem, i) => exampleProblem(problem.id, 7, 2 + i % 2)),
      })),
    }),
  };
  const gained = compare(sides.map(([base]) => base), [sides[0][1], sides[1][1], shuffled], { detect: 50 });
  assertEquals([gained.verdict, gained.unchanged], ["ok", ["equal"]]);
  const page = comparisonMarkdown(gained);
  assertEquals(page.match(/<details>/g)?.length, 2);
  assertStringIncludes(page, "- every count is the same on both sides: equal");
  assertStringIncludes(page, "| better | 36.");
  // Nothing got worse, so every table of tests is folded.
  assertEquals(page.split("<details>")[0].includes("| simulated |"), false);
  assertEquals(comparisonText(gained, { colour: false }).split("\n").includes("equal"), false);
});

Deno.test("the mark and the sentence about it agree", () => {
  const { verdict, tests, reason } = comparison;
  assertEquals(
    [verdict, reason.includes(`${tests.filter(({ loss }) => loss === "worse").length} of ${tests.length}`)],
    [
      "regression",
      true,
    ],
  );
  assertStringIncludes(comparisonText(comparison, { colour: false }), "worse: p below 0.025, and the interval below");
});
