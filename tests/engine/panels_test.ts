import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { COMMAND_FORM } from "../../src/engine/command_form.ts";
import type { EngineSetup, WorkerCommand } from "../../src/engine/commands.ts";
import { createEngine, type EngineOptions } from "../../src/engine/engine.ts";
import { Host } from "../../src/engine/host.ts";
import { compileKernels, createSharedMemory, memorylessKernels, STACK_BYTES } from "../../src/engine/kernels.ts";
import { EngineMemory } from "../../src/engine/memory.ts";
import { areBf16, PanelTable, panelTableFloats, PROJECTIONS, roundedFloats } from "../../src/engine/panels.ts";
import { layoutParameters, writeTensors } from "../../src/engine/parameters.ts";
import { Pool } from "../../src/engine/pool.ts";
import type { EvaluatedModel, HostTensor, NamedTensors } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { wholeRowsOf } from "../fixtures/logit_rows.ts";
import { randomWeights, SMALL_CONFIG } from "../fixtures/small_model.ts";
import { toBf16 } from "./bf16.ts";

/** Wider than a panel of any vectors, and nothing a whole number of panels. */
const CONFIG: ModelConfig = {
  ...SMALL_CONFIG,
  vocabularySize: 131,
  hiddenSize: 38,
  intermediateSize: 41,
  heads: 6,
  keyValueHeads: 3,
  headSize: 6,
  tiedEmbeddings: false,
};
const V = CONFIG.vocabularySize;
const WEIGHTS = randomWeights(CONFIG);
const HEAD = "lm_head.weight", EMBEDDING = "model.embed_tokens.weight";
const PROMPT = Int32Array.of(7, 3, 11, 2, 5);
const STEPS = 3;
const ADAMW = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1 };

/** Every matrix that rows are multiplied by, rounded by the definition. */
function rounded(weights: NamedTensors): Map<string, HostTensor> {
  return new Map([...weights].map(([name, { shape, data }]) => {
    const multiplies = name.endsWith("proj.weight") || name === HEAD;
    return [name, { shape, data: multiplies ? data.map(toBf16) : data }];
  }));
}

/** Logits after the prompt and after each step, of so many sequences that are fed different tokens. */
async function decoded(model: EvaluatedModel, sequences: number): Promise<Float32Array[]> {
  const decoder = wholeRowsOf(await model.decode([PROMPT], [sequences], STEPS), V);
  const all = Int32Array.from({ length: sequences }, (_, i) => i);
  const found = await decoder.prompts(sequences);
  for (let t = 0; t < STEPS; t++) {
    const ids = all.map((sequence) => (5 * sequence + 3 * t) % V);
    found.push(
      ...await decoder.step(all, { count: sequences, width: 1, ids, weights: new Float32Array(sequences).fill(1) }),
    );
  }
  decoder.dispose();
  return found;
}

async function withEngine<T>(
  weights: NamedTensors,
  options: EngineOptions,
  use: (model: Awaited<ReturnType<typeof createEngine>>) => Promise<T>,
  config = CONFIG,
): Promise<T> {
  const model = await createEngine(config, weights, { workers: 2, ...options });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** Everything that computes, as decoding goes about it. */
const WAYS: Readonly<Record<string, EngineOptions>> = {
  "native code": {},
  "native code, weights shared": { splits: true },
  "WebAssembly": { products: "wasm" },
  "WebAssembly, weights shared": { products: "wasm", splits: true, workers: 3 },
  "plain kernels": { kernels: "plain" },
};

Deno.test("a number is bf16 where its lower half is zero, and one that is not is enough", () => {
  const floats = new Float32Array([1, -0.5, 3e38, 0, -0, Infinity, 1e-40]).map(toBf16);
  const words = new Uint32Array(floats.buffer);
  assert(areBf16(words) && areBf16(new Uint32Array(0)));
  for (const place of [0, words.length - 1]) {
    for (const bit of [0, 15]) {
      const other = words.slice();
      other[place] |= 1 << bit;
      assert(!areBf16(other));
    }
  }
  words[0] |= 1 << 16;
  assert(areBf16(words));
});

Deno.test("a table has two numbers of 64 bits a matrix, and panels in bf16 are whole ones of two bytes a number", () => {
  // Four projections in each of two layers, and the head.
  assertEquals(panelTableFloats(2), (2 * 4 + 1) * 2 * 2);
  const [D, F, W, A] = [38, 41, (6 + 2 * 3) * 6, 6 * 6];
  // Columns of all panels, the last one whole, for vectors of any width.
  const layer = D * Math.ceil(W / 32) * 32 + A * Math.ceil(D / 32) * 32 + D * Math.ceil(2 * F / 32) * 32 +
    F * Math.ceil(D / 32) * 32;
  assertEquals(roundedFloats(layoutParameters(CONFIG)), 2 * layer / 2);
});

Deno.test("each matrix is packed in bf16 where that loses nothing, and again by what it then holds", async () => {
  const { module } = await compileKernels();
  const memory = new EngineMemory(createSharedMemory());
  const stacks = memory.allocate(STACK_BYTES / 4).address;
  const panels = memory.allocate(panelTableFloats(CONFIG.layers)).address;
  const setup: EngineSetup = { module, memory: memory.shared, stacks, panels, config: CONFIG };
  const url = new URL("../../src/engine/worker.ts", import.meta.url);
  const pool = await Pool.start<WorkerCommand, EngineSetup>({ url, form: COMMAND_FORM, workers: 1, setup });
  try {
    const host = new Host(setup, memory, memorylessKernels(module), pool, true);
    const table = new PanelTable(memory.shared, panels, CONFIG.layers);
    const dtypes = async (weights: NamedTensors) => {
      writeTensors(host.weights, host.parameters, weights, "weights");
      host.weightsChanged();
      await host.decodingPlaces(PROMPT.length, "trained");
      const layers = host.parameters.layers.map((_, layer) =>
        PROJECTIONS.map((name) => table.projection(layer, name).dtype)
      );
      return [...layers.flat(), table.head.dtype].map((dtype) => dtype === "bfloat16");
    };
    const exact = rounded(WEIGHTS);
    assertEquals(await dtypes(exact), new Array(2 * PROJECTIONS.length + 1).fill(true));
    const first = table.projection(1, "gateUp").address;
    const one = new Map(exact);
    const name = "model.layers.0.mlp.down_proj.weight", { shape, data } = exact.get(name)!;
    one.set(name, { shape, data: data.with(data.length - 1, 1 + 2 ** -20) });
    assertEquals(await dtypes(one), [true, true, true, false, true, true, true, true, true]);
    // The others move up by what this one takes more.
    assertEquals(table.projection(1, "gateUp").address - first, 41 * 64 * 2);
    assertEquals(await dtypes(WEIGHTS), new Array(2 * PROJECTIONS.length + 1).fill(false));
  } finally {
    await pool.close();
  }
});

for (const [way, options] of Object.entries(WAYS)) {
  Deno.test(`weights that are bf16 decode to the bytes of weights in 32 bits, by ${way}`, async () => {
    const exact = rounded(WEIGHTS);
    // Projections in rows have 32 bits, and so has a head one of whose numbers needs them: that of the last token.
    const head = exact.get(HEAD)!;
    const wide = new Map(exact);
    wide.set(HEAD, { ...head, data: head.data.with(head.data.length - 1, 1 + 2 ** -20) });
    const known = (rows: Float32Array[]) => rows.map((logits) => logits.subarray(0, V - 1));
    for (const sequences of [1, 3, 17]) {
      const found = await withEngine(exact, options, (model) => decoded(model, sequences));
      const expected = await withEngine(wide, { ...options, packs: false }, (model) => decoded(model, sequences));
      assertEquals(known(found), known(expected), `${sequences} sequences`);
    }
  });

  Deno.test(`decodeDtype bfloat16 evaluates by weights rounded to nearest even, by ${way}`, async () => {
    for (const sequences of [1, 3, 17]) {
      const expected = await withEngine(rounded(WEIGHTS), options, (model) => decoded(model, sequences));
      const exact = await withEngine(WEIGHTS, options, (model) => decoded(model, sequences));
      assertNotEquals(exact, expected);
      for (const packs of [true, false]) {
        await withEngine(WEIGHTS, { ...options, packs, decodeDtype: "bfloat16" }, async (model) => {
          // Turns of both: what one has packed is not what the other reads.
          for (let turn = 0; turn < 2; turn++) {
            assertEquals(await decoded(model.evaluated!, sequences), expected, `rounded, packs ${packs}`);
            assertEquals(await decoded(model, sequences), exact, `exact, packs ${packs}`);
          }
        });
      }
    }
  });
}

Deno.test("of tied weights the head is rounded, and what is fed is not", async () => {
  const { [HEAD]: _, ...others } = Object.fromEntries(WEIGHTS);
  const tied = { ...CONFIG, tiedEmbeddings: true }, weights = new Map(Object.entries(others));
  const apart = rounded(new Map([...weights, [HEAD, weights.get(EMBEDDING)!]]));
  const expected = await withEngine(apart, {}, (model) => decoded(model, 3));
  const found = await withEngine(weights, { decodeDtype: "bfloat16" }, (model) => decoded(model.evaluated!, 3), tied);
  assertEquals(found, expected);
});

Deno.test("training with decodeDtype bfloat16 has the bytes of training without, and evaluates what it came to", async () => {
  const completion = { count: 2, width: 1, ids: Int32Array.of(1, 2), weights: Float32Array.of(1, 1) };
  const groups = [{ prompt: PROMPT, completions: [completion, completion] }];
  const loss = { reads: () => ({ at: Int32Array.of(2) }), score: () => ({ at: Float64Array.of(0.5) }) };
  for (const adapter of [undefined, { rank: 3, alpha: 6 }]) {
    for (const packs of [true, false]) {
      const own = { packs, ...(adapter !== undefined && { adapter }) };
      const train = (options: EngineOptions) =>
        withEngine(WEIGHTS, { ...own, ...options }, async (model) => {
          for (let step = 1; step <= 2; step++) {
            if (model.evaluated !== undefined) await decoded(model.evaluated, 3);
            await decoded(model, 2);
            await model.accumulate(groups, loss);
            await model.update({ ...ADAMW, step });
          }
          const evaluated = await decoded(model.evaluated ?? model, 3);
          return { weights: await model.weights(), evaluated, details: model.details };
        });
      const plain = await train({}), narrow = await train({ decodeDtype: "bfloat16" });
      assertEquals(narrow.weights, plain.weights);
      assertEquals([plain.details.decodeDtype, narrow.details.decodeDtype], [undefined, "bfloat16"]);
      const base = adapter === undefined ? rounded(plain.weights) : rounded(WEIGHTS);
      const expected = await withEngine(base, own, async (model) => {
        if (adapter !== undefined) await model.restore(plain.weights);
        return await decoded(model, 3);
      });
      assertEquals(narrow.evaluated, expected);
    }
  }
});

Deno.test("decodeDtype float32 is an engine as without it", async () => {
  await withEngine(WEIGHTS, { decodeDtype: "float32" }, async (model) => {
    assertEquals([model.evaluated, model.details.decodeDtype], [undefined, undefined]);
    assertEquals(await decoded(model, 3), await withEngine(WEIGHTS, {}, (own) => decoded(own, 3)));
  });
});
