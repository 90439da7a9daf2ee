import { assert, assertEquals, assertRejects } from "@std/assert";
import { createEngine, type EngineModel, type EngineOptions } from "../../src/engine/engine.ts";
import { COMMAND_FORM } from "../../src/engine/command_form.ts";
import type { EngineSetup, WorkerCommand } from "../../src/engine/commands.ts";
import { startDecoder } from "../../src/engine/decoder.ts";
import { Host } from "../../src/engine/host.ts";
import { compileKernels, createSharedMemory, memorylessKernels, STACK_BYTES } from "../../src/engine/kernels.ts";
import { EngineMemory, FLOAT_BYTES } from "../../src/engine/memory.ts";
import { panelTableFloats } from "../../src/engine/panels.ts";
import { writeTensors } from "../../src/engine/parameters.ts";
import { Pool } from "../../src/engine/pool.ts";
import { type RecordedShape, recordingBytes, Recordings } from "../../src/engine/recordings.ts";
import { GradientShards, GroupPasses } from "../../src/engine/training.ts";
import { InterruptedError } from "../../src/interruption.ts";
import type { Decoder, InputRows, NamedTensors, StepSource, TrainingGroup } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import type { RowLoss } from "../../src/models/readings.ts";
import { onWholeRows } from "../fixtures/logit_rows.ts";
import { GOLDEN_CASES, type GoldenCase, Numbers, randomWeights } from "./golden.ts";

const ADAMW = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, maxGradientNorm: 1 };

async function withEngine<T>(
  { config, weights }: Pick<GoldenCase, "config" | "weights">,
  options: EngineOptions,
  use: (model: EngineModel) => Promise<T>,
): Promise<T> {
  const model = await createEngine(config, weights, options);
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

const quadratic = ({ vocabularySize }: ModelConfig): RowLoss =>
  onWholeRows(vocabularySize, ({ logits, gradient }) => gradient.set(logits.map((z) => z / 100)));

/** Row `position` of several inputs of equal width. */
function rowsAt(rows: readonly InputRows[], position: number, { hiddenSize }: ModelConfig): InputRows {
  const { width, offset } = rows[0];
  const pick = <T extends Int32Array | Float32Array>(of: (inputs: InputRows) => T, width: number) =>
    rows.flatMap((inputs) => [...of(inputs).subarray(position * width, (position + 1) * width)]);
  return {
    ...{ count: rows.length, width },
    ids: Int32Array.from(pick(({ ids }) => ids, width)),
    weights: Float32Array.from(pick(({ weights }) => weights, width)),
    ...(offset && { offset: Float32Array.from(pick((inputs) => inputs.offset!, hiddenSize)) }),
  };
}

/** Starts a decoder for as many sequences as there are completions. */
function decoderOf(model: EngineModel, groups: readonly TrainingGroup[], abort?: AbortSignal): Promise<Decoder> {
  const longest = Math.max(...groups.flatMap(({ completions }) => completions.map(({ count }) => count)));
  return model.decode(
    groups.map(({ prompt }) => prompt),
    groups.map(({ completions }) => completions.length),
    longest + 1,
    { willTrain: true, ...(abort && { abort }) },
  );
}

/** Feeds the completions of groups, position by position, and reads nothing. */
async function feed(decoder: Decoder, groups: readonly TrainingGroup[], config: ModelConfig, apart = false) {
  const all = groups.flatMap(({ completions }) => completions), taken = all.map(() => 0);
  const goesOn = (sequence: number) => taken[sequence] < all[sequence].count;
  const source: StepSource = {
    advance: goesOn,
    next(sequences) {
      const rows = Array.from(sequences, (sequence) => rowsAt([all[sequence]], taken[sequence]++, config));
      return { inputs: joined(rows), reads: rows.map(() => ({})) };
    },
  };
  await decoder.readPrompts(all.map(() => ({})));
  let active: Int32Array = Int32Array.from(all.keys()).filter(goesOn);
  if (apart) active = await decoder.stepApart!(active, source, () => Promise.resolve());
  for (; active.length > 0; active = active.filter(goesOn)) {
    const { inputs, reads } = source.next(active);
    await decoder.step(active, inputs, reads);
    // The decoder has what it needs: its caller may use the arrays again.
    inputs.ids.fill(0);
    inputs.weights.fill(NaN);
  }
  decoder.dispose();
}

function joined(rows: readonly InputRows[]): InputRows {
  const { width, offset } = rows[0];
  return {
    ...{ count: rows.length, width },
    ids: Int32Array.from(rows.flatMap(({ ids }) => [...ids])),
    weights: Float32Array.from(rows.flatMap(({ weights }) => [...weights])),
    ...(offset && { offset: Float32Array.from(rows.flatMap((row) => [...row.offset!])) }),
  };
}

/** Tokens of random lengths, among them none. */
function randomGroups({ vocabularySize }: ModelConfig, count: number): TrainingGroup[] {
  const numbers = new Numbers(7);
  const tokens = (length: number) => Int32Array.from({ length }, () => numbers.below(vocabularySize));
  return Array.from({ length: count }, () => ({
    prompt: tokens(1 + numbers.below(29)),
    completions: Array.from({ length: 1 + numbers.below(5) }, (): InputRows => {
      const length = numbers.below(97);
      return { count: length, width: 1, ids: tokens(length), weights: new Float32Array(length).fill(1) };
    }),
  }));
}

/** Gradients of groups that were drawn just before, and again after an update, when nothing of that is of use. */
async function gradientsOf(
  golden: GoldenCase,
  options: EngineOptions,
  groups: readonly TrainingGroup[],
  apart = false,
): Promise<NamedTensors[]> {
  const { config } = golden;
  return await withEngine(golden, options, async (model) => {
    await feed(await decoderOf(model, groups), groups, config, apart);
    await model.accumulate(groups, quadratic(config), { trainInputs: true });
    const drawn = await model.gradients();
    await model.update({ ...ADAMW, step: 1 });
    await model.accumulate(groups, quadratic(config));
    return [drawn, await model.gradients()];
  });
}

const ENGINES: Readonly<Record<string, EngineOptions>> = {
  "native code": { workers: 2 },
  "WebAssembly": { workers: 3, products: "wasm" },
  "WebAssembly that rounds twice": { workers: 1, kernels: "plain" },
  "weights shared by workers": { workers: 3, splits: true },
  "an adapter": { workers: 2, adapter: { rank: 3, alpha: 7.5 } },
};

for (const [name, options] of Object.entries(ENGINES)) {
  Deno.test(`a backward pass from what was recorded gives the same bytes: ${name}`, async (t) => {
    for (
      const golden of GOLDEN_CASES.filter((golden) => options.adapter === undefined || !golden.config.fusedProjections)
    ) {
      await t.step(golden.name, async () => {
        const computed = await gradientsOf(golden, { ...options, records: false }, golden.groups);
        assertEquals(await gradientsOf(golden, { ...options, records: true }, golden.groups), computed);
      });
    }
  });
}

Deno.test("a pass without gradients reads the same of what was recorded", async () => {
  for (const golden of GOLDEN_CASES) {
    const { config, groups } = golden;
    const logitsOf = (records: boolean) =>
      withEngine(golden, { workers: 2, records }, async (model) => {
        await feed(await decoderOf(model, groups), groups, config);
        const found: number[][] = [];
        await model.forward(groups, onWholeRows(config.vocabularySize, ({ logits }) => void found.push([...logits])));
        return found.sort();
      });
    const recorded = await logitsOf(true);
    assert(recorded.length > 0);
    assertEquals(recorded, await logitsOf(false));
  }
});

/** What none of the cases has: other norms, gates, biases, windows, and embeddings that are scaled. */
const UNUSUAL: ModelConfig = {
  ...GOLDEN_CASES[3].config,
  ...{ normOffset: 1, activation: "gelu-tanh", outputBias: true, mlpBias: true, embeddingScale: 1.7 },
  ...{ slidingWindow: { positions: 5, layers: [0] }, unrotatedLayers: [1] },
};

Deno.test("a backward pass from what was recorded gives the same bytes whatever a block has", async () => {
  assert(UNUSUAL.qkNorm && UNUSUAL.layers > 1);
  const unusual = { ...GOLDEN_CASES[3], config: UNUSUAL, weights: randomWeights(UNUSUAL, new Numbers(17)) };
  const groups = randomGroups(UNUSUAL, 5);
  const computed = await gradientsOf(unusual, { workers: 2, records: false }, groups);
  assertEquals(await gradientsOf(unusual, { workers: 2, records: true }, groups), computed);
});

Deno.test("workers at their own pace record what all record together", async () => {
  const golden = GOLDEN_CASES[4], groups = randomGroups(golden.config, 17);
  assert(groups.some(({ completions }) => completions.some(({ count }) => count === 0)));
  const computed = await gradientsOf(golden, { workers: 2, records: false }, groups);
  for (const workers of [1, 2, 3]) {
    assertEquals(await gradientsOf(golden, { workers, records: true }, groups, true), computed, `${workers} workers`);
  }
});

/** An engine's parts on a memory of WebAssembly. */
async function withParts(
  { config, weights }: GoldenCase,
  use: (parts: { host: Host; recordings: Recordings; passes: GroupPasses; gradients: GradientShards }) => Promise<void>,
): Promise<void> {
  const { module } = await compileKernels();
  const memory = new EngineMemory(createSharedMemory());
  const stacks = memory.allocate(STACK_BYTES / FLOAT_BYTES).address;
  const panels = memory.allocate(panelTableFloats(config.layers)).address;
  const setup: EngineSetup = { module, memory: memory.shared, stacks, panels, config };
  const url = new URL("../../src/engine/worker.ts", import.meta.url);
  const pool = await Pool.start<WorkerCommand, EngineSetup>({ url, form: COMMAND_FORM, workers: 1, setup });
  try {
    const host = new Host(setup, memory, memorylessKernels(module), pool, true);
    writeTensors(host.weights, host.parameters, weights, "weights");
    host.weightsChanged();
    const recordings = new Recordings(host, Infinity, true, () => {});
    await use({
      host,
      recordings,
      gradients: new GradientShards(host),
      passes: new GroupPasses(host, Infinity, recordings),
    });
  } finally {
    await pool.close();
  }
}

const [GOLDEN] = GOLDEN_CASES;
const SHAPE = {
  promptLengths: GOLDEN.groups.map(({ prompt }) => prompt.length),
  sequences: GOLDEN.groups.flatMap(({ completions }) => completions).length,
  maxNewPositions: 23,
} satisfies RecordedShape;
const COPIES = GOLDEN.groups.map(({ completions }) => completions.length);
const PROMPTS = GOLDEN.groups.map(({ prompt }) => prompt);

/** Whether the gradients of groups come from a recording of others: zeros in their place leave nothing. */
async function isTaken(fed: readonly TrainingGroup[], trained: readonly TrainingGroup[]): Promise<boolean> {
  let taken = false;
  await withParts(GOLDEN, async ({ host, recordings, passes, gradients }) => {
    let address = 0;
    const start = (...args: Parameters<Recordings["start"]>) => {
      const recording = recordings.start(...args);
      address = recording!.address;
      return recording;
    };
    const options = { recordings: { start } };
    const decoder = await startDecoder(host, PROMPTS, COPIES, SHAPE.maxNewPositions, "trained", options);
    await feed(decoder, fed, GOLDEN.config);
    host.memory.floats(address, recordingBytes(host, SHAPE) / FLOAT_BYTES).fill(0);
    await passes.run(trained, quadratic(GOLDEN.config), { gradients, trainInputs: false });
    taken = [...gradients.read().values()].every(({ data }) => data.every((value) => value === 0));
  });
  return taken;
}

/** The groups with one number of one completion changed. */
function changed(change: (inputs: InputRows) => Partial<InputRows>): TrainingGroup[] {
  return GOLDEN.groups.map(({ prompt, completions }, group) => ({
    prompt,
    completions: completions.map((inputs, i) =>
      group === 1 && i === completions.length - 1 ? { ...inputs, ...change(inputs) } : inputs
    ),
  }));
}

Deno.test("what was fed is told from what was not, by every number", async () => {
  const { groups } = GOLDEN;
  assert(await isTaken(groups, groups), "the same");
  const backwards = groups.toReversed().map(({ prompt, completions }) => ({
    prompt,
    completions: completions.toReversed(),
  }));
  assert(await isTaken(groups, backwards), "in another order");
  assert(await isTaken(groups, groups.slice(1)), "some of them");
  const set = <T extends Int32Array | Float32Array>(values: T, value: number): T => {
    const copy = values.slice() as T;
    copy[copy.length - 1] = value;
    return copy;
  };
  const { hiddenSize } = GOLDEN.config;
  const padded = changed(({ count, width, ids, weights }) => ({
    width: width + 1,
    ids: Int32Array.from(
      { length: count * (width + 1) },
      (_, i) => i % (width + 1) < width ? ids[i - Math.floor(i / (width + 1))] : 5,
    ),
    weights: Float32Array.from(
      { length: count * (width + 1) },
      (_, i) => i % (width + 1) < width ? weights[i - Math.floor(i / (width + 1))] : 0,
    ),
  }));
  assert(await isTaken(groups, padded), "with embeddings of weight 0");
  const others: Record<string, TrainingGroup[]> = {
    "another id": changed(({ ids }) => ({ ids: set(ids, ids.at(-1)! === 0 ? 1 : 0) })),
    "another weight": changed(({ weights }) => ({ weights: set(weights, 0.123) })),
    "another offset": changed(({ count, offset }) => ({
      offset: set(offset ?? new Float32Array(count * hiddenSize), 0.5),
    })),
    "another prompt": groups.map(({ prompt, completions }, b) => ({
      prompt: b === 1 ? set(prompt, (prompt.at(-1)! + 1) % 7) : prompt,
      completions,
    })),
  };
  for (const [name, trained] of Object.entries(others)) assert(!await isTaken(groups, trained), name);
});

Deno.test("what was not computed to its end is not taken", async () => {
  const { config, groups } = GOLDEN;
  // Of completions that are fed nothing, the prompt is all that there is.
  const nothing = { count: 0, width: 1, ids: new Int32Array(0), weights: new Float32Array(0) };
  const prompts = [{ prompt: Int32Array.of(3, 1, 2), completions: [nothing, nothing] }];
  await withEngine(GOLDEN, { workers: 2, records: false }, async (computing) => {
    await withEngine(GOLDEN, { workers: 2, records: true }, async (model) => {
      const controller = new AbortController();
      const decoder = await decoderOf(model, groups, controller.signal);
      controller.abort("SIGINT");
      await assertRejects(() => feed(decoder, groups, config), InterruptedError);
      decoder.dispose();
      await assertRejects(() => decoderOf(model, prompts, controller.signal), InterruptedError);
      for (const trained of [groups, prompts]) {
        for (const each of [computing, model]) {
          await each.accumulate(trained, quadratic(config));
        }
        assertEquals(await model.gradients(), await computing.gradients());
      }
    });
  });
});

Deno.test("recordings are given back, while a decoder is at work not before its end", async () => {
  await withParts(GOLDEN, async ({ host, recordings }) => {
    // What stays is made by the first decoder.
    (await startDecoder(host, PROMPTS, COPIES, SHAPE.maxNewPositions, "trained")).dispose();
    const free = host.memory.tail;
    for (const clearsFirst of [false, true]) {
      const decoder = await startDecoder(host, PROMPTS, COPIES, SHAPE.maxNewPositions, "trained", { recordings });
      if (clearsFirst) recordings.clear();
      assert(host.memory.tail >= free + recordingBytes(host, SHAPE));
      decoder.dispose();
      if (!clearsFirst) assert(host.memory.tail >= free + recordingBytes(host, SHAPE));
      recordings.clear();
      assertEquals(host.memory.tail, free);
    }
  });
});

Deno.test("nothing is recorded beyond a quarter of the memory, unless asked for", async () => {
  await withParts(GOLDEN, async ({ host }) => {
    const bytes = recordingBytes(host, SHAPE);
    const starts = (mostBytes: number, records?: boolean, times = 1) => {
      const recordings = new Recordings(host, mostBytes, records, () => {});
      const made = Array.from({ length: times }, () => recordings.start(PROMPTS, COPIES, SHAPE.maxNewPositions));
      made.forEach((recording) => recording?.close());
      recordings.clear();
      return made.map((recording) => recording !== undefined);
    };
    assertEquals(starts(4 * bytes, undefined, 2), [true, false]);
    assertEquals(starts(4 * bytes - 1), [false]);
    assertEquals(starts(0, true), [true]);
    assertEquals(starts(Infinity, false), [false]);
    await Promise.resolve();
  });
});
