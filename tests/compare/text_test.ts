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
