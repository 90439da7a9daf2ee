import { assertEquals } from "@std/assert";
import { averageMetrics, deriveMetrics } from "../../src/metrics/derive.ts";
import type { ScoredArm } from "../../src/score/score.ts";
import { headlineKeys, scoreTables } from "../../src/score/table.ts";
import { exampleResult } from "../result/example.ts";

function scored(counts: readonly number[]): ScoredArm {
  const problems = counts.map((c, i) => ({ id: `${i}`, n: 4, c }));
  const metrics = deriveMetrics(problems);
  return {
    source: "x.json",
    arm: "arm",
    model: "model",
    datasets: [{
      name: "set",
      n: 4,
      coverage: { scored: problems.length, of: 1319 },
      problems,
      metrics,
      predictedPassAt: {},
    }],
    average: averageMetrics([metrics]),
    predictedAverage: {},
  };
}

Deno.test("a cell holds value, interval and both errors, with a mark where the second is a plug-in", () => {
  const [{ rows, columns }] = scoreTables([scored([0, 1, 4, 4])], ["pass@1", "pass@4", "majority@4"]);
  assertEquals(columns.map(({ header }) => header), ["dataset", "problems", "samples", "pass@1", "pass@4"]);
  const [, , , one, all] = rows[0] as string[];
  // Values 0, ¼, 1, 1: mean .5625; error of the mean .2577; within ¼·¾/3 of one problem.
  assertEquals(one.split("\n")[0], "56.3");
  assertEquals(one.split("\n")[2], "±25.8 / ±6.3");
  assertEquals(all.split("\n")[2].endsWith("*"), true);
});

Deno.test("the headline is pass@1 and what all samples give, or what was asked for", () => {
  const arms = [scored([1, 2])];
  assertEquals(headlineKeys(arms, {}), ["pass@1", "pass@4", "majority@4"]);
  assertEquals(headlineKeys(arms, { passAt: [2], majorityAt: [] }), ["pass@2"]);
});

Deno.test("tokens and shares are shown where they are known, and averages where there are several datasets", () => {
  const { datasets, average } = exampleResult();
  const arm = {
    source: "x",
    arm: "a",
    model: "",
    datasets: datasets.map((own) => ({ ...own, n: 7, predictedPassAt: {} })),
    average,
    predictedAverage: {},
  };
  const [{ columns, rows, notes }] = scoreTables([arm], ["pass@1"]);
  assertEquals(columns.slice(4).map(({ header }) => header), [
    "tokens",
    "if correct",
    "cut off",
    "no answer",
    "grader errors",
  ]);
  assertEquals(rows.map(([name]) => name), ["arith-add", "arith-sub", "average"]);
  assertEquals(rows[1].slice(4), ["17.0", "13.0", "14.3 %", "28.6 %", "0.0 %"]);
  assertEquals(notes !== undefined, true);
});

Deno.test("other rules and reported values have columns and notes of their own", () => {
  const arm = scored([0, 1, 4, 4]);
  const [set] = arm.datasets;
  const byRule = { "bootstrap": { "1": 0.5625, "4": 0.67 }, "first-k": { "4": 0.75 } };
  const own = { ...arm, datasets: [{ ...set, byRule, reported: { "4": 0.7 }, firstK: { "1": 0, "4": 0.75 } }, set] };
  const [{ columns, rows, notes }] = scoreTables([{ ...own, averageByRule: { "bootstrap": { "4": 0.6 } } }], [
    "pass@1",
    "pass@4",
  ]);
  assertEquals(columns.slice(5).map(({ header }) => header), [
    "pass@4 reported",
    "pass@4 first-k",
    "pass@1 bootstrap",
    "pass@4 bootstrap",
  ]);
  assertEquals(rows.map((row) => row.slice(5)), [
    ["70.0", "75.0", "56.3", "67.0"],
    ["–", "–", "–", "–"],
    ["", "–", "–", "60.0"],
  ]);
  for (const start of ["reported: ", "first-k: ", "bootstrap: "]) {
    assertEquals(notes!.some((note) => note.startsWith(start)), true, start);
  }
  const usual = scoreTables([{ ...arm, datasets: [{ ...set, firstK: { "1": 0 } }] }], ["pass@1"])[0];
  assertEquals(usual.columns.slice(4).map(({ header }) => header), ["first 1"]);
});

Deno.test("what is predicted has columns and a note of its own, and no cell where it is estimated", () => {
  const arm = scored([0, 1, 4, 4]);
  const [set] = arm.datasets;
  const predictedPassAt = { "8": { value: 0.71, low: 0.4, high: 0.9 } };
  const two = { ...arm, datasets: [{ ...set, predictedPassAt }, { ...set, name: "other" }] };
  const [{ columns, rows, notes }] = scoreTables([two], ["pass@1", "pass@8"]);
  assertEquals(columns.slice(3).map(({ header }) => header), ["pass@1", "pass@8 predicted"]);
  assertEquals(rows.map((row) => row[4]), ["71.0\n40.0–90.0", "–", "–"]);
  assertEquals(notes!.at(-1)!.startsWith("predicted: "), true);
  assertEquals(scoreTables([arm], ["pass@1", "pass@8"])[0].notes!.some((note) => note.startsWith("predicted")), false);
});
