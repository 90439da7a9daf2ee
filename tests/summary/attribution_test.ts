import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import type { Result } from "../../src/result/types.ts";
import { answers, QUESTIONS } from "../../src/summary/attribution.ts";
import { settingsThatDiffer } from "../../src/summary/settings.ts";
import { summarize } from "../../src/summary/summary.ts";
import { resultText } from "../../src/summary/tables.ts";
import { madeUpResults } from "../report/made_up_results.ts";
import { attributedResults } from "./attributed.ts";

const results = attributedResults();
const [summary] = summarize(results);
const rowsOf = (question: string, own = summary) =>
  own.attribution.filter((row) => row.question === question).map(({ arm, reference }) => `${arm} - ${reference}`);

Deno.test("each question compares the rows that differ in what it asks", () => {
  assertEquals(rowsOf("filter"), ["base.matched - base.tokens-unfiltered"]);
  assertEquals(rowsOf("noise"), ["base.soft-thinking - base.soft-thinking-noiseless"]);
  assertEquals(rowsOf("softness"), [
    "base.soft-thinking - base.matched",
    "base.soft-thinking-noiseless - base.matched",
    "base.soft-thinking-release - base.matched",
  ]);
  assertEquals(rowsOf("training"), [
    "discrete-grpo.matched - base.matched",
    "lepo.matched - base.matched",
    "soft-thinking-grpo-hard.matched - base.matched",
    "soft-thinking-grpo-release.matched - base.matched",
    "soft-thinking-grpo.matched - base.matched",
    "soft-tokens-grpo.matched - base.matched",
  ]);
  assertEquals(rowsOf("estimator"), ["soft-thinking-grpo-hard.matched - discrete-grpo.matched"]);
  assertEquals(rowsOf("softness in training"), ["soft-thinking-grpo.matched - soft-thinking-grpo-hard.matched"]);
  assertEquals(rowsOf("against discrete GRPO"), [
    "lepo.matched - discrete-grpo.matched",
    "soft-thinking-grpo-release.matched - discrete-grpo.matched",
    "soft-thinking-grpo.matched - discrete-grpo.matched",
    "soft-tokens-grpo.matched - discrete-grpo.matched",
  ]);
  assertEquals(
    rowsOf("as published").map((pair) => pair.split(" - ")[1]),
    Array(4).fill("discrete-grpo.tokens-unfiltered"),
  );
});

Deno.test("every row names every setting in which its two sides differ", () => {
  const byLabel = new Map(summary.arms.map((arm) => [arm.label, arm.results[0]]));
  for (const { arm, reference, differs } of summary.attribution) {
    assertEquals(differs, settingsThatDiffer(byLabel.get(arm)!, byLabel.get(reference)!));
    assert(differs.length > 0, `${arm} - ${reference}`);
  }
});

Deno.test("a pair that differs in a setting which its question does not name is not compared", () => {
  const changed = (label: string, change: (result: Result) => Result) =>
    summarize(results.map((result) => result.arm.label === label ? change(result) : result))[0];
  const longer = changed("discrete-grpo.matched", (result) => ({
    ...result,
    decoding: { ...result.decoding, maxNewTokens: 41 },
  }));
  assertEquals(rowsOf("training", longer).includes("discrete-grpo.matched - base.matched"), false);
  const rate = changed("soft-thinking-grpo-hard.matched", ({ arm, ...result }) => ({
    ...result,
    arm: { ...arm, objective: { ...arm.objective, training: { optimizer: "other" } } },
  }));
  assertEquals(rowsOf("estimator", rate), []);
  assertEquals(rowsOf("softness in training", rate), []);
});

Deno.test("two rows that differ in nothing answer no question", () => {
  const [arm] = summary.arms;
  for (const question of Object.keys(QUESTIONS)) {
    assertEquals(answers(question as keyof typeof QUESTIONS, arm, arm), false);
  }
});

Deno.test("a row's differences are those of its two arms, in every metric", () => {
  const average = (label: string, metric: string) =>
    summary.arms.find((arm) => arm.label === label)!.average.get(metric)!.value;
  for (const { arm, reference, differences } of summary.attribution) {
    assertEquals(differences.map(({ metric }) => metric.name), summary.metrics.map(({ name }) => name));
    for (const { metric, value } of differences) {
      assertAlmostEquals(value, average(arm, metric.name) - average(reference, metric.name), 1e-12);
    }
  }
});

Deno.test("results without a matched decoding have no attribution", () => {
  assertEquals(summarize(madeUpResults())[0].attribution, []);
});

Deno.test("one problem per dataset is too few: nothing is attributed, and the tables stand", () => {
  const [single] = summarize(attributedResults({ problems: 1, seeds: [1] }));
  assertEquals([single.attribution, single.differences], [[], []]);
  assert(resultText(single, { colour: false }).includes("soft-thinking-grpo-hard.matched"));
});
