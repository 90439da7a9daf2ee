import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { BenchError } from "../../src/errors.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { planExperiment, requireFit } from "../../src/experiment/plan.ts";

const options = { backend: "cpu-engine", runsFolder: Deno.makeTempDirSync() } as const;

Deno.test("planExperiment() counts the work by hand's arithmetic, and tries how long it takes", async () => {
  const config = resolveExperiment(tiny, { arms: ["base", "discrete-grpo"], seeds: [1, 2, 3], samples: 7 });
  const { work, fits, estimatedSeconds, backend, engine, checkpoints } = await planExperiment(config, options);
  assertEquals([work.runs, work.trainedRuns], [6, 3]);
  // 3 seeds x 70 steps x 16 prompts x 8 completions, and 3 seeds x (7 + 2) evaluations x 5 datasets x 40 problems x 7
  // samples, of 40 positions.
  assertEquals([work.rolloutTokens, work.evaluationTokens], [3 * 70 * 16 * 8 * 40, 3 * 9 * 5 * 40 * 7 * 40]);
  assert(fits["cpu-engine"].fits && estimatedSeconds! > 0);
  assertEquals([Object.keys(fits), backend], [["cpu-engine"], "cpu-engine"]);
  assert(engine!.drawnPerSecond! > 0 && engine!.trainedPerSecond! > 0 && engine!.lanes >= 1);
  // Weights and two moments of 0.81 M parameters in 32 bits; of 70 steps the last and the one of step 60 are kept.
  assertEquals(checkpoints, { each: 12 * 808_320, kept: 3 * 2 * 12 * 808_320 });
});

Deno.test("planExperiment() knows published shapes and sizes without their files, and no time for them", async () => {
  const config = resolveExperiment({ ...tiny, datasets: ["gsm8k"] }, {
    model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
    arms: ["base"],
    seeds: [1],
    samples: 2,
  });
  const plan = await planExperiment(config, { ...options, backend: "auto", products: "wasm" });
  const { work, fits, estimatedSeconds, engine } = plan;
  // 40 problems of gsm8k, as many as tiny takes of a dataset, under the base's seven decodings.
  assertEquals(work.evaluationTokens, 7 * 40 * 2 * 40);
  // Without native code it is the CPU engine that such a run would come to, and be refused by.
  assertEquals([Object.keys(fits), estimatedSeconds], [["cpu-engine", "80 GB card", "141 GB card"], undefined]);
  assertEquals([fits["cpu-engine"].fits, fits["80 GB card"].fits], [false, true]);
  assertMatch(engine!.refusal!, /a WebAssembly memory holds/);
});

Deno.test("planExperiment() shares what is trained among devices where that is asked for, and nothing else", async () => {
  const config = resolveExperiment(tiny, {
    model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
    arms: ["discrete-grpo"],
    seeds: [1],
  });
  const onGpus = { ...options, backend: "torch", devices: 7 } as const;
  const { memory: whole } = (await planExperiment(config, onGpus)).work;
  const plan = await planExperiment(config, { ...onGpus, shard: true });
  const { memory: piece } = plan.work;
  assertEquals([plan.devices, plan.shard], [7, true]);
  // Weights in 16 bits; the piece of a gradient, two moments and what is trained in 32 bits each.
  assertEquals([piece.weights, piece.activations, piece.sequence], [whole.weights, whole.activations, whole.sequence]);
  assertEquals(Math.round(piece.training), Math.round(whole.weights / 2 * (4 + 8 + 4) / 7));
  assertEquals(whole.training, whole.weights / 2 * (4 + 8 + 4));
});

Deno.test("planExperiment() counts an adapter in place of the weights that stay, which are their own reference", async () => {
  const adapter = { rank: 8, alpha: 16, targets: ["q_proj", "down_proj"] } as const;
  const config = resolveExperiment({ ...tiny, training: { ...tiny.training, adapter } }, {
    model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B",
    arms: ["discrete-grpo"],
    seeds: [1],
  });
  const { memory } = (await planExperiment(config, { ...options, backend: "torch" })).work;
  // 28 layers of width 1,536 with 8,960 inside: A (8, in) and B (out, 8), with gradient, two moments and itself.
  assertEquals(memory.training, 28 * 8 * (1536 + 1536 + 8960 + 1536) * 16);
  assertEquals(memory.reference, 0);
});

Deno.test("requireFit() refuses what a WebAssembly memory cannot hold", async () => {
  const config = resolveExperiment(tiny, { model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B" });
  const inWasm = { ...options, products: "wasm" } as const;
  await assertRejects(() => requireFit(config, inWasm), BenchError, "a WebAssembly memory holds");
});
