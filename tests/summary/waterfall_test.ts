import { assertAlmostEquals, assertEquals } from "@std/assert";
import { summarize } from "../../src/summary/summary.ts";
import { waterfalls } from "../../src/summary/waterfall.ts";
import { madeUpResults } from "../report/made_up_results.ts";
import { attributedResults } from "./attributed.ts";

const [summary] = summarize(attributedResults({ problems: 5, samples: 7 }));
const found = waterfalls(summary);
const namesOf = (label: string) =>
  found.find(({ arm }) => arm.label === label)!.steps.map(({ name, difference: { arm, reference } }) =>
    `${name}: ${arm} - ${reference}`
  );

Deno.test("a method goes from the untrained model without a filter to itself under the matched decoding", () => {
  assertEquals(namesOf("soft-thinking-grpo.matched"), [
    "filter: base.matched - base.tokens-unfiltered",
    "softness: base.soft-thinking-noiseless - base.matched",
    "noise: base.soft-thinking - base.soft-thinking-noiseless",
    "training: soft-thinking-grpo.soft-thinking - base.soft-thinking",
    "back to tokens: soft-thinking-grpo.matched - soft-thinking-grpo.soft-thinking",
  ]);
  assertEquals(namesOf("discrete-grpo.matched"), [
    "filter: base.matched - base.tokens-unfiltered",
    "training: discrete-grpo.matched - base.matched",
  ]);
  // Its own decoding differs from tokens in more than softness, and there is none without noise.
  assertEquals(namesOf("soft-tokens-grpo.matched"), [
    "filter: base.matched - base.tokens-unfiltered",
    "soft decoding: base.noisy-embedding - base.matched",
    "training: soft-tokens-grpo.noisy-embedding - base.noisy-embedding",
    "back to tokens: soft-tokens-grpo.matched - soft-tokens-grpo.noisy-embedding",
  ]);
  assertEquals(found.length, 6);
});

Deno.test("each step starts where the one before ended, and its difference leads from one to the other", () => {
  for (const { start, arm, steps } of found) {
    const valueOf = (row: typeof arm) => row.average.get("Pass@1")!.value;
    assertEquals([steps[0].from, steps.at(-1)!.to], [valueOf(start), valueOf(arm)]);
    steps.forEach(({ from, to, difference }, i) => {
      if (i > 0) assertEquals(from, steps[i - 1].to);
      assertAlmostEquals(to - from, difference.value, 1e-12);
    });
  }
});

Deno.test("a step that the table has is the table's, with the same interval", () => {
  const [row] = summary.attribution.filter(({ question }) => question === "noise");
  const [step] = found.flatMap(({ steps }) => steps).filter(({ name }) => name === "noise");
  assertEquals(step.difference, row.differences.find(({ metric }) => metric.name === "Pass@1")!);
});

Deno.test("without a matched decoding there is none", () => {
  assertEquals(waterfalls(summarize(madeUpResults())[0]), []);
});
