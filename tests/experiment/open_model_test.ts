import { assert, assertEquals, assertRejects } from "@std/assert";
import tiny from "../../benchmarks/tiny.ts";
import { BenchError } from "../../src/errors.ts";
import type { Checkpoint } from "../../src/checkpoint/checkpoint.ts";
import { parameterCount } from "../../src/models/parameters.ts";
import { openModel, trainedAdapter } from "../../src/experiment/open_model.ts";
import { resolveExperiment } from "../../src/experiment/resolve.ts";
import { randomWeights, SMALL_CONFIG } from "../fixtures/small_model.ts";

const CHECKPOINT: Checkpoint = {
  folder: "small",
  config: SMALL_CONFIG,
  configJson: {},
  weights: randomWeights(SMALL_CONFIG),
  endTokens: [0],
  parameters: parameterCount(SMALL_CONFIG),
  notes: [],
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
  await assertRejects(() => openModel(CHECKPOINT, { backend: "webgpu", products: "wasm" }), BenchError, "--sandboxed");
  await assertRejects(
    () => openModel(CHECKPOINT, { backend: "tfjs-cpu", decodeDtype: "bfloat16" }),
    BenchError,
    "Cannot use --decode-dtype with tfjs-cpu: it belongs to cpu-engine; leave it out",
  );
});

Deno.test("openModel() has an adapter's reference in the memory that is there", async () => {
  const opened = await openModel(CHECKPOINT, { backend: "auto", workers: 1, adapter: { rank: 3, alpha: 6 } });
  assertEquals(opened.model.backend, "cpu-engine");
  const reference = await opened.reference();
  assertEquals(await opened.reference(), reference);
  assertEquals(reference, opened.model.withoutAdapter!());
  assertEquals(await reference.weights(), CHECKPOINT.weights);
  await opened.dispose();
});

Deno.test("openModel() refuses an adapter of a model that cannot have one", async () => {
  const adapter = { rank: 3, alpha: 6 };
  const fused = { ...CHECKPOINT, config: { ...SMALL_CONFIG, family: "phi3", fusedProjections: true } };
  await assertRejects(() => openModel(fused, { backend: "cpu-engine", adapter }), BenchError, "adapter of phi3");
});

Deno.test("openModel() refuses an adapter where a backend has none", async () => {
  const adapter = { rank: 3, alpha: 6 };
  for (const backend of ["tfjs-cpu", "webgpu"] as const) {
    await assertRejects(
      () => openModel(CHECKPOINT, { backend, adapter }),
      BenchError,
      `Cannot train an adapter with ${backend}`,
    );
  }
});

Deno.test("an adapter is asked for where an arm is trained", () => {
  const adapter = { rank: 3, alpha: 6 };
  assertEquals(trainedAdapter(resolveExperiment(tiny, { adapter })), { adapter });
  assertEquals(trainedAdapter(resolveExperiment(tiny, { adapter, arms: ["base"] })), {});
  assertEquals(trainedAdapter(resolveExperiment(tiny)), {});
});
