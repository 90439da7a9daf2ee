import { assertEquals } from "@std/assert";
import { completeResult } from "../../src/result/complete.ts";
import { exampleCounts } from "./example.ts";
import { averageMetrics, deriveMetrics } from "../../src/metrics/derive.ts";

Deno.test("completeResult derives the sizes asked for", () => {
  const { datasets, average } = completeResult(exampleCounts(), { passAt: [1, 5, 32], majorityAt: [7] });
  assertEquals(Object.keys(datasets[0].metrics.passAt), ["1", "5"]);
  assertEquals(Object.keys(average.majorityAt), ["7"]);
});

Deno.test("completeResult derives every dataset's metrics and their average", () => {
  const { datasets, average } = completeResult(exampleCounts());
  assertEquals(datasets.map(({ metrics }) => metrics), datasets.map(({ problems }) => deriveMetrics(problems)));
  assertEquals(average, averageMetrics(datasets.map(({ metrics }) => metrics)));
});
