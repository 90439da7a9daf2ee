import { assertEquals } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { parameterCount } from "../../src/models/parameters.ts";
import { fit, type MemoryLayout, workload } from "../../src/experiment/workload.ts";
import { SMALL_CONFIG } from "../fixtures/small_model.ts";

const LAYOUT: MemoryLayout = {
  bytes: 4,
  trainedBytes: 12,
  recompute: true,
  wholeScores: true,
  sequences: 7,
};

Deno.test("workload() counts tokens of rollouts and evaluation over runs, steps, groups and samples", () => {
  const config = resolveExperiment(tiny, {
    arms: ["base", "discrete-grpo"],
    seeds: [1, 2, 3],
    steps: 11,
    samples: 5,
    maxNewTokens: 17,
  });
  const work = workload(config, SMALL_CONFIG, [2, 3], 9, LAYOUT);
  assertEquals([work.runs, work.trainedRuns], [6, 3]);
  assertEquals(work.rolloutTokens, 3 * 11 * 16 * 8 * 17);
  // Under three seeds the base is evaluated in seven ways and the trained arm in two, on five problems of five samples.
  assertEquals(work.evaluationTokens, 3 * 9 * 5 * 5 * 17);
  assertEquals(work.trainedTokens, work.rolloutTokens + 3 * 11 * 16 * 9);
});

Deno.test("workload() of untrained arms holds no gradients, moments or activations", () => {
  const config = resolveExperiment(tiny, { arms: ["base"], maxNewTokens: 17 });
  const { memory, trainFlops } = workload(config, SMALL_CONFIG, [2], 9, LAYOUT);
  assertEquals([memory.training, memory.activations, trainFlops], [0, 0, 0]);
  assertEquals(memory.weights, 4 * parameterCount(SMALL_CONFIG));
  // 26 positions, 2 layers, keys and values of 5 heads of 2.
  assertEquals(memory.sequence, 26 * 2 * 2 * 10 * 4);
});

Deno.test("workload() holds a reference only where an arm has a divergence", () => {
  const plain = resolveExperiment(tiny, { arms: ["discrete-grpo"] });
  const [arm] = plain.arms;
  const kl = { estimator: "k3" as const, coefficient: 0.001 };
  const anchored = {
    ...plain,
    arms: [{ ...arm, objective: { ...arm.objective!, loss: { ...arm.objective!.loss, kl } } }],
  };
  assertEquals(workload(plain, SMALL_CONFIG, [2], 9, LAYOUT).memory.reference, 0);
  const { reference, weights } = workload(anchored, SMALL_CONFIG, [2], 9, LAYOUT).memory;
  assertEquals(reference, weights);
});

Deno.test("fit() leaves room for as many sequences as memory is left for", () => {
  const work = workload(resolveExperiment(tiny), SMALL_CONFIG, [2], 9, LAYOUT);
  const { weights, training, activations, sequence } = work.memory;
  const fixed = weights + training + activations;
  assertEquals(fit(work, fixed + 3 * sequence, 1), {
    fits: true,
    sequences: 3,
    needed: fixed + sequence,
    usable: fixed + 3 * sequence,
  });
  assertEquals(fit(work, fixed, 1).fits, false);
  assertEquals(fit(work, fixed * 100, 1).sequences, LAYOUT.sequences);
});
