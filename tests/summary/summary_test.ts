import { assertEquals } from "@std/assert";
import { completeResult } from "../../src/result/complete.ts";
import { datasetsText, problemCount, summarize } from "../../src/summary/summary.ts";
import { madeUpResults } from "../report/made_up_results.ts";

const results = madeUpResults();

Deno.test("results of one experiment are one summary, whatever their order", () => {
  const [summary, ...others] = summarize(results.toReversed());
  assertEquals(others, []);
  assertEquals(summary.arms.length, 6);
  assertEquals(summary.metrics.map(({ name }) => name), ["Pass@1", "Pass@11", "majority@11"]);
  assertEquals([problemCount(summary), summary.samples, summary.seeds, summary.superseded], [35, 11, 2, 0]);
  assertEquals(JSON.stringify(summarize(results)), JSON.stringify([summary]));
});

Deno.test("results that cannot be compared are apart: other settings, smoke runs, other problems", () => {
  const [first] = results;
  const steps = { ...first, experiment: { ...first.experiment, config: { steps: 5 } } };
  const smoke = { ...first, status: "smoke" as const };
  const fewer = completeResult({
    ...first,
    datasets: first.datasets.map((dataset) => ({ ...dataset, problems: dataset.problems.slice(1) })),
  });
  const summaries = summarize([...results, steps, smoke, fewer]);
  assertEquals(summaries.map(({ arms, smoke }) => [arms.length, smoke]), [[6, false], [1, false], [1, true], [
    1,
    false,
  ]]);
});

Deno.test("what is out of domain has a summary of its own, which says so", () => {
  const kind = "multiple-choice" as const;
  const others = results.map((result) => ({ ...result, datasets: result.datasets.map((own) => ({ ...own, kind })) }));
  // They are told apart by their datasets, as they are here by a name.
  const renamed = others.map((result) => ({
    ...result,
    datasets: result.datasets.map((own) => ({ ...own, name: `other-${own.name}` })),
  }));
  const summaries = summarize([...results, ...renamed]);
  assertEquals(summaries.map(({ domain }) => domain), ["mathematics", "out-of-domain"]);
  assertEquals(summaries.map(datasetsText), [
    "5 datasets",
    `5 datasets out of domain (${results[0].datasets.map(({ name }) => `other-${name}`).join(", ")})`,
  ]);
});

Deno.test("arm and seed are what may differ in the configuration", () => {
  const apart = results.map((result) => ({
    ...result,
    experiment: {
      ...result.experiment,
      config: { steps: 5, seeds: [result.arm.seed], arms: [{ label: result.arm.label }] },
    },
  }));
  assertEquals(summarize(apart).length, 1);
});

Deno.test("of two results of the same arm and seed the later one counts", () => {
  const [first] = results;
  const later = { ...first, run: { ...first.run, startedAt: "2026-02-01T00:00:00Z" } };
  const [summary] = summarize([later, ...results]);
  assertEquals(summary.superseded, 1);
  assertEquals(summary.arms[0].results[0].run.startedAt, later.run.startedAt);
});

Deno.test("failed results have no part in a summary", () => {
  assertEquals(summarize([{ ...results[0], status: "failed", error: "out of memory" }]), []);
});

Deno.test("a single sample per problem leaves Pass@1 alone", () => {
  const [summary] = summarize(madeUpResults({ samples: 1 }));
  assertEquals(summary.metrics.map(({ name }) => name), ["Pass@1"]);
});
