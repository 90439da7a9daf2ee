import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { compareByDataset, type Difference, differenceSign } from "../../src/summary/differences.ts";
import { summarize } from "../../src/summary/summary.ts";
import { MADE_UP_ARMS, madeUpResults } from "../report/made_up_results.ts";

const [summary] = summarize(madeUpResults({ problems: 13 }));

Deno.test("every trained arm meets its base and the discretely trained arm; untrained arms meet the discrete one", () => {
  const pairs = new Set(summary.differences.map(({ arm, reference }) => `${arm} - ${reference}`));
  assertEquals([...pairs], [
    "base-soft-thinking - base-discrete",
    "discrete-grpo - base-discrete",
    "soft-thinking-grpo-paper - base-soft-thinking",
    "soft-thinking-grpo-paper - discrete-grpo",
    "soft-thinking-grpo-release - base-soft-thinking",
    "soft-thinking-grpo-release - discrete-grpo",
    "soft-tokens-grpo - base-discrete",
    "soft-tokens-grpo - discrete-grpo",
  ]);
  assertEquals(summary.differences.length, pairs.size * summary.metrics.length);
});

Deno.test("a difference is arm minus reference, and corrected p-values are no smaller than plain ones", () => {
  for (const { arm, reference, metric, value, p, pAdjusted } of summary.differences) {
    const average = (label: string) =>
      summary.arms.find((candidate) => candidate.label === label)!.average.get(metric.name)!.value;
    assertAlmostEquals(value, average(arm) - average(reference), 1e-12);
    assert(pAdjusted >= p && pAdjusted <= 1);
  }
});

Deno.test("an arm that is far better is better", () => {
  const own = summary.differences.find((d) => d.arm === "discrete-grpo" && d.metric.name === "Pass@1")!;
  assert(own.certainty !== "none" && own.value > 0);
});

Deno.test("two arms of the same skill are not distinguishable", () => {
  const twins = [MADE_UP_ARMS[0], { ...MADE_UP_ARMS[0], label: "twin", decoding: "soft-thinking" }];
  const [{ differences }] = summarize(madeUpResults({ problems: 13, arms: twins }));
  assertEquals(differences.map(differenceSign), ["≈", "≈", "≈"]);
});

Deno.test("differences by dataset average to those of the mean, and are one family", () => {
  const names = summary.datasets.map(({ name }) => name);
  const byDataset = compareByDataset(summary.arms, summary.metrics, names);
  assertEquals(byDataset.map((own) => own.length), names.map(() => summary.differences.length));
  summary.differences.forEach((difference, i) => {
    const mean = byDataset.reduce((sum, own) => sum + own[i].value, 0) / names.length;
    assertAlmostEquals(mean, difference.value, 1e-12);
  });
  const all = byDataset.flat();
  const least = all.reduce((best, own) => own.p < best.p ? own : best);
  assertAlmostEquals(least.pAdjusted, Math.min(1, all.length * least.p), 1e-12);
});

Deno.test("one seed says nothing of the algorithm", () => {
  const [single] = summarize(madeUpResults({ problems: 13, seeds: [1] }));
  const own = single.differences.find((d) => d.arm === "discrete-grpo" && d.metric.name === "Pass@1")!;
  assertEquals([own.certainty, differenceSign(own)], ["these-models", "△"]);
});

Deno.test("one problem per dataset is too few to compare", () => {
  const [tiny] = summarize(madeUpResults({ problems: 1, arms: MADE_UP_ARMS.slice(0, 3) }));
  assertEquals(tiny.differences, []);
});

Deno.test("signs tell better from worse and sure from unsure", () => {
  const sign = (value: number, certainty: Difference["certainty"]) =>
    differenceSign({ ...summary.differences[0], value, certainty });
  assertEquals([sign(1, "clear"), sign(-1, "clear"), sign(1, "these-models"), sign(-1, "these-models")], [
    "▲",
    "▼",
    "△",
    "▽",
  ]);
});
