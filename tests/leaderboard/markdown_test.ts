import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
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
