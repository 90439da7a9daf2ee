import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { armLooks } from "../../../src/report/palette.ts";
import type { SampleSet } from "../../../src/report/sample_sets.ts";
import { sampleSection } from "../../../src/report/sections/samples.ts";
import type { Sample } from "../../../src/evaluation/sample.ts";
import { contentSha256 } from "../../../src/result/serialize.ts";
import { summarize } from "../../../src/summary/summary.ts";
import { attributedResults } from "../../summary/attributed.ts";
import { all, parse } from "../document.ts";
import { madeUpSampleSets } from "../made_up_results.ts";

const results = attributedResults({ problems: 3, samples: 4, seeds: [1] });
const [summary] = summarize(results);
const looks = armLooks(summary.arms);
const sample: Sample = {
  problem: "add/0000",
  sample: 3,
  seed: 1,
  text: "30+10",
  answer: "1/2",
  canonical: "0.5",
  correct: false,
  reason: "different",
  tokens: 5,
  finish: "length",
};
const setOf = (own: Sample, result = results[0]): SampleSet => ({
  result: contentSha256(result),
  arm: result.arm.label,
  seed: 1,
  dataset: "add",
  problems: [{ id: "add/0000", question: "a < b?", gold: "40", sample: own, correct: 0, total: 5 }],
});
const page = (...sets: SampleSet[]) => parse(String(sampleSection(summary, looks, sets, "s")));

Deno.test("a lane says how its sample was graded and why, what was read and how it ended", () => {
  const document = page(setOf(sample));
  const [lane] = all(document, ".lane");
  assertStringIncludes(
    lane.textContent.replace(/\s+/g, " "),
    "✗ cut off 1/2, read as 0.5 (different) 5 tokens · 0 of 5 samples right",
  );
  assertEquals(lane.getAttribute("data-verdict"), "cut off");
  const [problem] = all(document, ".problem");
  assertStringIncludes(problem.textContent, "a < b?");
  assertStringIncludes(problem.textContent, "Reference answer: 40");
});

Deno.test("a missing answer, a failed grader and a thought that was not kept are named", () => {
  const laneOf = (own: Partial<Sample>) => all(page(setOf({ ...sample, ...own })), ".lane")[0].textContent;
  assertStringIncludes(laneOf({ answer: null, canonical: null }), "no answer found");
  assertStringIncludes(laneOf({ graderError: "too deep" }), "the grader failed: too deep");
  assertStringIncludes(laneOf({}), "its thought was not kept");
  assertStringIncludes(laneOf({ recorded: [] }), "no thought");
  assertEquals(all(page(setOf({ ...sample, correct: true })), ".lane")[0].getAttribute("data-verdict"), "right");
});

Deno.test("every arm has a lane of each problem, in the order of the tables, the same problems for all", () => {
  const document = page(...madeUpSampleSets(results.toReversed()));
  const problems = all(document, ".problem");
  assertEquals(problems.length, 3);
  for (const problem of problems) {
    assertEquals(
      all(problem, ".lane").map((lane) => lane.getAttribute("data-arm")),
      summary.arms.map(({ label }) => label),
    );
    assertEquals(all(problem, ".lane .strip").length, summary.arms.length);
    assertEquals(all(problem, ".numbers table").length, summary.arms.length);
  }
  const own = all(problems[0], '.lane[data-groups~="own"]').map((lane) => lane.getAttribute("data-arm"));
  assertEquals(own, [
    "base.matched",
    "discrete-grpo.matched",
    "lepo.latent-prefix",
    "soft-thinking-grpo-hard.hard-thoughts",
    "soft-thinking-grpo-release.soft-thinking-release",
    "soft-thinking-grpo.soft-thinking",
    "soft-tokens-grpo.noisy-embedding",
  ]);
});

Deno.test("a long text is cut in its middle, and says by how much", () => {
  const [text] = all(page(setOf({ ...sample, text: `a${"b".repeat(9998)}c` })), "pre").map((node) => node.textContent);
  assert(text.startsWith("ab") && text.endsWith("bc"));
  assertStringIncludes(text, "… 4000 characters are not shown …");
});

Deno.test("of thoughts that are too long for a page the first steps are shown, and the rest is counted", () => {
  const step = { token: "x", entropy: 0, seen: [["x", 1, 1, null]] } as const;
  const recorded = Array.from({ length: 16_003 }, () => step);
  const document = page(setOf({ ...sample, recorded }));
  assertEquals(all(document, ".strip li").length, 16_000);
  assertStringIncludes(all(document, ".numbers")[0].textContent, "3 further steps are not shown.");
});

Deno.test("without samples there is no section", () => assertEquals(sampleSection(summary, looks, [], "s"), undefined));
