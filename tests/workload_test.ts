import { assertEquals } from "@std/assert";
import tiny from "../benchmarks/tiny.ts";
import { resolveExperiment } from "../src/config.ts";
import { parameterCount } from "../src/models/parameters.ts";
import { workload } from "../src/workload.ts";
import { SMALL_CONFIG } from "./fixtures/small_model.ts";

const LAYOUT = { bytes: 4, gradientCopies: 1, groupsAtOnce: 1, sequencesAtOnce: 7 };

Deno.test("workload() counts tokens of rollouts and evaluation over runs, steps, groups and samples", () => {
  const config = resolveExperiment(tiny, {
    arms: ["base-discrete", "discrete-grpo"],
    seeds: [1, 2, 3],
    steps: 11,
    samples: 5,
    maxNewTokens: 17,
  });
  const work = workload(config, SMALL_CONFIG, [2, 3], 9, LAYOUT);
  assertEquals([work.runs, work.trainedRuns], [6, 3]);
  assertEquals(work.rolloutTokens, 3 * 11 * 16 * 8 * 17);
  assertEquals(work.evaluationTokens, 6 * 5 * 5 * 17);
  assertEquals(work.trainedTokens, work.rolloutTokens + 3 * 11 * 16 * 9);
});

Deno.test("workload() of untrained arms holds no gradients, moments or activations", () => {
  const config = resolveExperiment(tiny, { arms: ["base-discrete"], maxNewTokens: 17 });
  const { memory, trainFlops } = workload(config, SMALL_CONFIG, [2], 9, LAYOUT);
  assertEquals([memory.training, memory.activations, trainFlops], [0, 0, 0]);
  assertEquals(memory.weights, 4 * parameterCount(SMALL_CONFIG));
  // 7 sequences of 26 positions, 2 layers, keys and values of 5 heads of 2.
  assertEquals(memory.cache, 7 * 26 * 2 * 2 * 10 * 4);
});
