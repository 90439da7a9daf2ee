import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Claim } from "../../src/summary/claims.ts";
import { claimsPage } from "../../src/summary/claims_page.ts";
import { summarize } from "../../src/summary/summary.ts";
import { attributedResults } from "./attributed.ts";

const GAIN: Claim = {
  id: "gain",
  claim: "Training helps.",
  source: "nobody, Table 0",
  printed: "1 against 0",
  arm: "discrete-grpo.matched",
  reference: "base.matched",
  metric: "Pass@1",
  direction: "more",
};
const claims: Claim[] = [
  GAIN,
  { ...GAIN, id: "loss", claim: "Training harms.", direction: "less" },
  { ...GAIN, id: "mixtures", claim: "Mixtures help.", arm: "base.soft-thinking" },
  { ...GAIN, id: "longer", claim: "Training makes longer.", metric: "tokens" },
  { ...GAIN, id: "gone", claim: "Something else helps.", arm: "some_row" },
];

const results = attributedResults({ samples: 32 }).map((result) => ({
  ...result,
  thoughtTokens: 11.25,
  answerTokens: 3.5,
}));
const [summary] = summarize(results);
const page = claimsPage([
  { name: "there", description: "what is there", claims, summary },
  { name: "absent", description: "what is not", claims: [GAIN] },
]);

/** Cells of the line of a claim, in the section of an ablation. */
function cellsOf(section: string, claim: string): string[] {
  const text = page.slice(page.indexOf(`\n## ${section}\n`));
  return text.split("\n").find((line) => line.startsWith(`| ${claim} |`))!.slice(2, -2).split(" | ");
}

Deno.test("the first table counts verdicts, and what has no result", () => {
  assertStringIncludes(page, "| [absent](#absent) | 1 | 0 | 0 | 0 | 1 |");
  const [, ...counts] = page.split("\n").find((line) => line.startsWith("| [there]"))!.slice(2, -2).split(" | ")
    .map(Number);
  const [all, agrees, disagrees, open, missing] = counts;
  assertEquals([all, disagrees, missing], [5, 1, 1]);
  assertEquals(agrees + disagrees + open + missing, all);
});

Deno.test("a claim stands with source, rows, what they differ in, difference, mark, interval and verdict", () => {
  const [, source, printed, rows, differ, metric, here, , verdict] = cellsOf("there", GAIN.claim);
  assertEquals([source, printed, rows, differ, metric], [
    "nobody, Table 0",
    "1 against 0",
    "discrete-grpo.matched − base.matched",
    "training",
    "Pass@1, more",
  ]);
  assert(/^\*\*\+\d+\.\d\*\* [▲△] \(\+\d+\.\d to \+\d+\.\d\)$/.test(here), here);
  assertEquals(verdict, "**agrees**");
  assertEquals(cellsOf("there", "Training harms.").at(-1), "**does not agree**");
  const mixtures = cellsOf("there", "Mixtures help.");
  assertEquals([mixtures[4], mixtures.at(-1)], ["thoughts", "**cannot be told here**"]);
  assertStringIncludes(mixtures[6], "≈");
});

Deno.test("a difference of tokens is in tokens, not in points of a share", () => {
  const here = cellsOf("there", "Training makes longer.")[6];
  const value = Number(/^\*\*([+−]?)([\d.]+)\*\*/.exec(here)![2]);
  // Made-up completions have 15 to 20 tokens: as points of 40 the difference would be 2.5 times as large.
  assert(value > 0 && value < 5, here);
});

Deno.test("what is missing is said to be missing, and how to make it", () => {
  assertEquals(cellsOf("there", "Something else helps.").at(-1), "no some\\_row");
  assertEquals(cellsOf("absent", GAIN.claim).at(-1), "no results yet");
  assertStringIncludes(page, "**No results yet**: `deno task bench:ablations absent` makes them.");
  assertStringIncludes(page, "3 seeds. Run again: `deno task bench:ablations there`.");
});

Deno.test("every row stands below, with its tokens", () => {
  for (const { label } of summary.arms) assertStringIncludes(page, `\n| ${label}<br>`);
  assertStringIncludes(page, " | 11.3 | 3.5 | ");
});
