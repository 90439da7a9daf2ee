import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { RandomSequence } from "../../src/random/streams.ts";
import type { ArmSummary } from "../../src/summary/arms.ts";
import {
  compareArms,
  compareByDataset,
  type Difference,
  differenceSign,
  markInterval,
} from "../../src/summary/differences.ts";
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

const PASS_1 = { kind: "pass" as const, k: 1, name: "Pass@1" };

/** An arm with these scores by seed and problem, on one dataset. */
function armOf(label: string, trained: boolean, scores: readonly (readonly number[])[]): ArmSummary {
  return {
    label,
    trained,
    decoding: label === "base" || label === "discrete" ? "discrete" : label,
    decodingText: label,
    matched: false,
    own: true,
    thoughtTokens: null,
    answerTokens: null,
    likeMatched: null,
    seeds: scores.map((_, s) => s + 1),
    results: [],
    values: new Map([[PASS_1.name, [scores]]]),
    average: new Map(),
    byDataset: new Map(),
  };
}

/** Arms whose skills, seeds and problems vary by random amounts, some not at all. */
function randomArms(random: RandomSequence, problems: number): ArmSummary[] {
  const hard = Array.from({ length: problems }, () => 0.2 + 0.4 * random.uniform());
  const spread = [0, 0.002, 0.02][random.integer(3)];
  return ["base", "discrete", "one", "two"].map((label, i) => {
    const skill = [0, 0.01, 0.05, 0.15][random.integer(4)];
    const noise = [0.001, 0.03][random.integer(2)];
    const seeds = i === 0 ? 1 : 1 + random.integer(4);
    return armOf(
      label,
      i > 0,
      Array.from({ length: seeds }, () => {
        const shift = skill + spread * random.gaussian();
        return hard.map((score) => score + shift + noise * random.gaussian());
      }),
    );
  });
}

Deno.test("no mark contradicts the interval beside it, whatever the differences", () => {
  const random = new RandomSequence("marks test");
  const seen = { clear: 0, "these-models": 0, none: 0 };
  const crossed = { permutationKeepsZero: 0, intervalKeepsZero: 0 };
  for (let round = 0; round < 100; round++) {
    const arms = randomArms(random, [2, 5, 7, 11, 13][round % 5]);
    const byLabel = new Map(arms.map((arm) => [arm.label, arm]));
    for (const difference of compareArms(arms, [PASS_1])) {
      const { certainty, low, high, problemsLow, problemsHigh, pAdjusted, arm, reference, value } = difference;
      const without = (from: number, to: number) => from > 0 || to < 0;
      const shown = markInterval(difference);
      assertEquals(certainty === "none", !without(shown.low, shown.high));
      const seedsKnown = [arm, reference].every((label) =>
        !byLabel.get(label)!.trained || byLabel.get(label)!.seeds.length > 1
      );
      assertEquals(certainty === "clear", seedsKnown && without(low, high));
      assertEquals(certainty === "these-models", without(problemsLow, problemsHigh) && certainty !== "clear");
      assert(shown.low <= value && value <= shown.high);
      // A mark needs the permutation test too.
      if (certainty !== "none") assert(pAdjusted <= 0.05);
      if (certainty === "none" && (problemsLow === 0 || problemsHigh === 0)) crossed.permutationKeepsZero++;
      if (certainty === "none" && pAdjusted <= 0.05) crossed.intervalKeepsZero++;
      seen[certainty]++;
    }
  }
  assert(Math.min(...Object.values(seen)) > 20, JSON.stringify(seen));
  assert(crossed.permutationKeepsZero > 20, JSON.stringify(crossed));
});

Deno.test("an interval is as wide as its place in Holm's order makes it, for problems but not for seeds", () => {
  // Eleven problems; differences .3 and .1 from the base with the same noise: p is 1/1024 for both, the least there is.
  const noise = [-5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5].map((step) => step / 100);
  const base = armOf("base", false, [noise.map(() => 0.3)]);
  const discrete = armOf("discrete", true, [0.59, 0.61].map((mean) => noise.map((own) => mean + own)));
  const one = armOf("one", true, [noise.map((own) => 0.3 + own / 1000)]);
  const differences = compareArms([base, discrete, one], [PASS_1]);
  assertEquals(differences.map(({ arm, reference }) => `${arm} - ${reference}`), [
    "discrete - base",
    "one - base",
    "one - discrete",
  ]);
  const [first, second] = differences;
  // sd = √(Σ (±1 … ±5 hundredths)² / 10) = √.0011; the error is √(.0011 / 11) = .01 with 10 degrees of freedom.
  // Smallest p of three: level .05/3; the 1 − .05/6 quantile is 2.870072, by numerical integration of the density.
  assertAlmostEquals(first.confidence, 1 - 0.05 / 3, 1e-12);
  assertAlmostEquals(first.problemsLow, 0.3 - 2.870072 * 0.01, 1e-6);
  // Two seeds .02 apart: error .01, t at 95 % with one degree of freedom 12.706205, uncorrected.
  assertAlmostEquals(first.low, 0.3 - Math.hypot(2.870072 * 0.01, 12.706205 * 0.01), 1e-6);
  // The sign-flip test keeps zero for the second, whose p is the largest: 95 %.
  assertAlmostEquals(second.confidence, 0.95, 1e-12);
  assertEquals(second.certainty, "none");
});
