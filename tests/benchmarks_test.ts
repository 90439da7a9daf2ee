import { assert, assertEquals } from "@std/assert";
import { resolveExperiment } from "../src/experiment/resolve.ts";
import { experimentNames, loadExperiment } from "../src/commands/experiment_arguments.ts";
import { ARITHMETIC_SOURCE, datasetNames } from "../src/datasets/registry.ts";

for (const name of experimentNames()) {
  Deno.test(`benchmarks/${name}.ts resolves, and names datasets that there are`, async () => {
    const config = resolveExperiment(await loadExperiment(name));
    for (const dataset of config.datasets) assert(datasetNames().includes(dataset), dataset);
    assert([ARITHMETIC_SOURCE, ...datasetNames()].includes(config.training.source), config.training.source);
    assert(config.arms.some(({ objective }) => objective === undefined), "an untrained arm");
    const labels = config.arms.flatMap(({ evaluations }) => evaluations.map(({ label }) => label));
    assertEquals(new Set(labels).size, labels.length);
  });
}

Deno.test("the paper's experiments follow its table 7 and its scripts", async () => {
  const config = resolveExperiment(await loadExperiment("paper_1_5b"));
  assertEquals(config.training.steps * config.training.promptsPerStep, 40_256);
  assertEquals([config.maxNewTokens, config.evaluationMaxNewTokens, config.samples], [8192, 32_768, 32]);
  assertEquals(config.arms[1].evaluations.map(({ label }) => label), [
    "discrete-grpo.discrete",
    "discrete-grpo.soft-thinking",
  ]);
});
