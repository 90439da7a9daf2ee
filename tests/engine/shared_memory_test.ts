/** Addresses that 32 bits cannot hold: an engine of native code whose blocks all lie behind a hole of 5 GiB. */
import { assert, assertEquals } from "@std/assert";
import { COMMAND_FORM } from "../../src/engine/command_form.ts";
import type { EngineSetup, WorkerCommand } from "../../src/engine/commands.ts";
import { startDecoder } from "../../src/engine/decoder.ts";
import { createEngine } from "../../src/engine/engine.ts";
import { Host } from "../../src/engine/host.ts";
import { compileKernels, memorylessKernels } from "../../src/engine/kernels.ts";
import { EngineMemory } from "../../src/engine/memory.ts";
import { findPrebuilt } from "../../src/engine/native/find_prebuilt.ts";
import { Optimizer } from "../../src/engine/optimizer.ts";
import { panelTableFloats } from "../../src/engine/panels.ts";
import { readTensors, writeTensors } from "../../src/engine/parameters.ts";
import { Pool } from "../../src/engine/pool.ts";
import { nativeMemory } from "../../src/engine/shared_memory.ts";
import { GradientShards, GroupPasses } from "../../src/engine/training.ts";
import type { Decoder, NamedTensors } from "../../src/models/language_model.ts";
import type { Readings, Reads, RowLoss } from "../../src/models/readings.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { GOLDEN_CASES } from "./golden.ts";

const [{ config, weights, groups }] = GOLDEN_CASES;
const NOISE = noiseStream({ seed: 3, purpose: "test", dataset: "", problem: "far", sample: 0 });
const HOLE_FLOATS = 5 * 2 ** 28;
const ADAMW = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, maxGradientNorm: 1 };

function reads(action: number): Reads {
  return {
    top: 3,
    at: Int32Array.of(2),
    logSumExp: [0.7],
    meanEmbedding: 0.8,
    gumbelArgmax: { temperature: 1, noise: NOISE.at(action) },
  };
}

/** What is read, as numbers. */
function numbersOf({ at, masses, meanEmbedding, gumbelArgmax, top }: Readings): number[] {
  return [...at!, ...masses!, ...meanEmbedding!, ...gumbelArgmax!.ids, ...top!.logits];
}

/** Prompts of two lengths, five sequences, three positions. */
async function decoded(decoder: Decoder): Promise<number[][]> {
  const sequences = Int32Array.of(0, 1, 2, 3, 4), count = sequences.length;
  const found = [...await decoder.readPrompts(Array.from(sequences, () => reads(0)))];
  for (let t = 1; t <= 3; t++) {
    const inputs = { count, width: 1, ids: sequences.map((i) => i + t), weights: new Float32Array(count).fill(1) };
    found.push(...await decoder.step(sequences, inputs, Array.from(sequences, () => reads(t))));
  }
  decoder.dispose();
  return found.map(numbersOf);
}

/** A loss by what is read, which it keeps. */
function lossInto(found: number[][]): RowLoss {
  return {
    reads: ({ action }) => reads(action),
    score(_place, readings) {
      found.push(numbersOf(readings));
      return { at: Float64Array.from(readings.at!), meanEmbedding: { values: readings.meanEmbedding!, scale: 0.1 } };
    },
  };
}

const PROMPTS = [Int32Array.of(1, 2, 3, 5, 7), Int32Array.of(4, 6)], COPIES = [2, 3];

Deno.test("native code computes the same bytes where no address fits 32 bits", async () => {
  const { module, path } = await compileKernels();
  const prebuilt = await findPrebuilt();
  if ("reason" in prebuilt || path === "plain") {
    console.warn(`SKIPPED: ${"reason" in prebuilt ? prebuilt.reason : "this machine does not fuse"}`);
    return;
  }
  const near: number[][] = [], far: number[][] = [];
  const engine = await createEngine(config, weights, { workers: 1 });
  near.push(...await decoded(await engine.decode(PROMPTS, COPIES, 3)));
  await engine.accumulate(groups, lossInto(near), { trainInputs: true });
  await engine.update({ ...ADAMW, step: 1 });
  const trained = await engine.weights();
  await engine.dispose();

  const memory = new EngineMemory(nativeMemory());
  memory.allocate(HOLE_FLOATS);
  const panels = memory.allocate(panelTableFloats(config.layers)).address;
  const setup: EngineSetup = { module, memory: memory.shared, stacks: 0, panels, config, native: prebuilt.native };
  const url = new URL("../../src/engine/worker.ts", import.meta.url);
  const pool = await Pool.start<WorkerCommand, EngineSetup>({ url, form: COMMAND_FORM, workers: 1, setup });
  let farTrained: NamedTensors;
  try {
    const host = new Host(setup, memory, memorylessKernels(module), pool, true);
    assert(host.trainedAddress > 2 ** 32);
    writeTensors(host.weights, host.parameters, weights, "weights");
    host.weightsChanged();
    far.push(...await decoded(await startDecoder(host, PROMPTS, COPIES, 3, "trained")));
    const gradients = new GradientShards(host);
    const passes = new GroupPasses(host, Infinity);
    await passes.run(groups, lossInto(far), { gradients, trainInputs: true });
    await new Optimizer(host, gradients).update({ ...ADAMW, step: 1 });
    farTrained = readTensors(host.trained, host.trainedLayout);
  } finally {
    await pool.close();
  }
  assertEquals(far, near);
  assertEquals(farTrained, trained);
});

Deno.test({
  name: "a process with a limit of virtual memory gets fewer addresses, not none",
  // What the limit is called elsewhere differs.
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const program = `
      const { nativeMemory } = await import(${
      JSON.stringify(import.meta.resolve("../../src/engine/shared_memory.ts"))
    });
      console.log(nativeMemory().buffer.maxByteLength / 2 ** 30);`;
    const { stdout } = new Deno.Command("sh", {
      // In KiB: less than 64 GiB beside what Deno sets aside for itself.
      args: ["-c", 'ulimit -v 67108864 && exec "$0" eval "$1"', Deno.execPath(), program],
      env: { NO_COLOR: "1" },
    }).outputSync();
    const found = Number(new TextDecoder().decode(stdout));
    assert(found >= 4 && found < 64, `${found} GiB`);
  },
});
