import { assertEquals } from "@std/assert";
import { armLooks } from "../../../src/report/palette.ts";
import { comparedArms } from "../../../src/report/sections/rows.ts";
import { summarize } from "../../../src/summary/summary.ts";
import { attributedResults } from "../../summary/attributed.ts";
import { madeUpResults } from "../made_up_results.ts";

Deno.test("rows of the matched decoding are called by their models, and stand alone", () => {
  const [summary] = summarize(attributedResults({ problems: 3, samples: 4 }));
  const rows = comparedArms(summary, armLooks(summary.arms));
  assertEquals(rows.map(({ arm, look }) => [arm.label, look.label]), [
    ["base.matched", "untrained"],
    ...["discrete-grpo", "lepo", "soft-thinking-grpo-hard", "soft-thinking-grpo-release", "soft-thinking-grpo"]
      .concat("soft-tokens-grpo").map((name) => [`${name}.matched`, name]),
  ]);
});

Deno.test("without a matched decoding every row stands under its label", () => {
  const [summary] = summarize(madeUpResults({ seeds: [1] }));
  const rows = comparedArms(summary, armLooks(summary.arms));
  assertEquals(rows.map(({ look }) => look.label), summary.arms.map(({ label }) => label));
});
