import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { buildLeaderboard } from "../../src/leaderboard/leaderboard.ts";
import { leaderboardBlock, leaderboardMarkdown, replaceBlock } from "../../src/leaderboard/markdown.ts";
import { exampleResult } from "../result/example.ts";

const leaderboard = buildLeaderboard([{ path: "results/v1/one.json", result: exampleResult() }], "results");

Deno.test("the page shows values with intervals, shares, the command and the files", () => {
  const page = leaderboardMarkdown(leaderboard);
  const { value } = exampleResult().average.passAt["1"];
  assertStringIncludes(page, `**${(100 * value).toFixed(1)}** (`);
  assertStringIncludes(page, "soft-thinking-grpo-paper *(one seed)*");
  assertStringIncludes(page, "`deno task bench --verify results/v1/one.json`");
  assertStringIncludes(page, `(weights ${exampleResult().model.sha256!.slice(0, 8)})`);
  assertStringIncludes(page, "[v1/one.json](v1/one.json)");
  assertStringIncludes(page, "| Pass@7 | arith-add (5 of 200) | arith-sub | mean |");
});

Deno.test("the block of the README has no imported rows", () => {
  assertStringIncludes(leaderboardBlock(leaderboard), "arm, mean over datasets");
  const imported = exampleResult({ status: "imported", source: "paper" });
  const other = buildLeaderboard([{ path: "results/v1/two.json", result: imported }], "results");
  assertEquals(leaderboardBlock(other).startsWith("No completed run"), true);
});

Deno.test("names in a result cannot leave their cell, their code span or the block, and the block settles", () => {
  const name = "tiny` <!-- leaderboard:end --> `";
  const hostile = exampleResult();
  const datasets = hostile.datasets.map((dataset, i) => ({ ...dataset, name: `<img src=x>|[a](b)\x1b[2J${i}` }));
  const result = { ...hostile, experiment: { ...hostile.experiment, name }, datasets };
  const built = buildLeaderboard([{ path: "results/v1/a` <!-- leaderboard:end -->.json", result }], "results");
  const block = leaderboardBlock(built);
  for (const text of [block, leaderboardMarkdown(built)]) {
    assert(!text.includes("<img") || text.includes("\\<img"), text);
    assert(!text.includes("\x1b") && !text.includes("<!-- leaderboard:end -->"), text);
  }
  const document = "<!-- leaderboard:start -->\n<!-- leaderboard:end -->\n";
  const once = replaceBlock(document, block, "README.md")!;
  assertEquals(replaceBlock(once, block, "README.md"), once);
});

Deno.test("only what is between the markers is replaced", () => {
  const [start, end] = ["<!-- leaderboard:start -->", "<!-- leaderboard:end -->"];
  const document = `# Title\n\n${start}\nold\n${end}\n\nrest\n`;
  const replaced = replaceBlock(document, "new", "README.md")!;
  assertEquals(
    replaced,
    `# Title\n\n${start}\n<!-- deno-fmt-ignore-start -->\n\nnew\n\n<!-- deno-fmt-ignore-end -->\n${end}\n\nrest\n`,
  );
  assertEquals(replaceBlock(replaced, "new", "README.md"), replaced);
  assertEquals(replaceBlock("no markers", "new", "README.md"), undefined);
  assertThrows(() => replaceBlock(`${end} ${start}`, "new", "README.md"), BenchError, "README.md");
});
