import { assert, assertEquals, assertNotEquals } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { type ArmRun, resolveExperiment } from "../../src/experiment/resolve.ts";
import { runLabel, RunPaths } from "../../src/experiment/run_paths.ts";

const [ARM] = resolveExperiment(tiny, { arms: ["discrete-grpo"] }).arms;
const RUN: ArmRun = { arm: ARM, seed: 3 };

Deno.test("an arm whose settings were edited starts anew", () => {
  const folder = new RunPaths("runs/tiny-01234567");
  const edited = { ...RUN, arm: { ...ARM, answers: { rule: "greedy" as const } } };
  assertNotEquals(folder.metricsFile(RUN), folder.metricsFile(edited));
  assertEquals(runLabel(edited), "discrete-grpo-s3");
});

Deno.test("results of two domains stand apart under one name", () => {
  const folder = new RunPaths("runs/tiny-01234567");
  const [mathematics, other] = (["mathematics", "out-of-domain"] as const)
    .map((domain) => folder.resultFile(RUN, ARM.evaluations[0], domain));
  assertEquals(mathematics, folder.resultFile(RUN, ARM.evaluations[0]));
  assertEquals(other, mathematics.replace("/results/", "/results/out-of-domain/"));
});

Deno.test("a dataset that is named by a path keeps its samples in one file name", () => {
  const folder = new RunPaths("runs/tiny-01234567");
  const file = folder.samplesFile(RUN, ARM.evaluations[0], "../my data/a.jsonl");
  assert(file.endsWith("/.._my_data_a.jsonl.jsonl"), file);
});
