import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError } from "../src/errors.ts";
import type { Checkpoint } from "../src/models/checkpoint.ts";
import { parameterCount } from "../src/models/parameters.ts";
import { openModel, shareThreads } from "../src/open_model.ts";
import { randomWeights, SMALL_CONFIG } from "./fixtures/small_model.ts";

const CHECKPOINT: Checkpoint = {
  folder: "small",
  config: SMALL_CONFIG,
  configJson: {},
  weights: randomWeights(SMALL_CONFIG),
  endTokens: [0],
  parameters: parameterCount(SMALL_CONFIG),
  weightFiles: [],
  companionFiles: [],
  weightsSha256: () => Promise.resolve(""),
};

Deno.test("openModel() takes the engine for a small model, and says why", async () => {
  const opened = await openModel(CHECKPOINT, { backend: "auto", workers: 1 });
  assertEquals(opened.model.backend, "cpu-engine");
  assert(opened.reason.includes("fastest on the CPU"), opened.reason);
  assertEquals(opened.facts.deno, Deno.version.deno);
  await opened.dispose();
});

Deno.test("openModel() opens the reference once, with the checkpoint's weights", async () => {
  const opened = await openModel(CHECKPOINT, { backend: "cpu-engine", workers: 1 });
  const reference = await opened.reference();
  assertEquals(await opened.reference(), reference);
  assertEquals(await reference.weights(), await opened.model.weights());
  await opened.dispose();
});

Deno.test("openModel() refuses flags of the engine with another backend", async () => {
  await assertRejects(() => openModel(CHECKPOINT, { backend: "tfjs-cpu", workers: 2 }), BenchError, "--workers");
  await assertRejects(() => openModel(CHECKPOINT, { backend: "webgpu", native: "c" }), BenchError, "--native");
});

Deno.test("shareThreads() gives small models many runs at once, and no more threads than asked for", () => {
  const shared = (parameters: number, runs: number, workers: number) => {
    const { count, options } = shareThreads(parameters, runs, { backend: "auto", workers });
    return [count, options.workers];
  };
  assertEquals(shared(8e5, 20, 2), [2, 1]);
  assertEquals(shared(8e5, 3, 7), [3, 2]);
  assertEquals(shared(8e5, 20, 23), [8, 2]);
  assertEquals(shared(8e5, 0, 2), [1, 2]);
  assertEquals(shared(2e7, 20, 5), [1, 5]);
  assertEquals(shareThreads(8e5, 20, { backend: "webgpu" }), { count: 1, options: { backend: "webgpu" } });
});
