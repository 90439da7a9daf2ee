import { assert, assertEquals, assertRejects } from "@std/assert";
import { createEngine, type EngineModel, type EngineOptions } from "../../src/engine/engine.ts";
import { mostAtOnce } from "../../src/engine/decoder_room.ts";
import { sizedEngine } from "../../src/engine/footprint.ts";
import { layoutParameters } from "../../src/engine/parameters.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { InterruptedError } from "../../src/interruption.ts";
import type { StepSource } from "../../src/models/language_model.ts";
import type { Readings } from "../../src/models/readings.ts";
import { GOLDEN_CASES } from "./golden.ts";

const { config, weights } = GOLDEN_CASES[0];
const V = config.vocabularySize;
const PROMPTS = [[1, 2, 3, 4, 5], [2], [0, 3, 1]].map((ids) => Int32Array.from(ids));
const COPIES = [23, 11, 19], SEQUENCES = 53, MOST_POSITIONS = 13;
const READS = { top: 3, logSumExp: [1], at: Int32Array.of(1) };

/** Feeds every sequence tokens of its own, and lets them end one after another. */
class Writer implements StepSource {
  readonly read = new Map<string, Readings>();
  readonly #fed = new Int32Array(SEQUENCES);

  advance(sequence: number, readings: Readings): boolean {
    this.read.set(`${sequence} ${this.#fed[sequence]}`, readings);
    return this.#fed[sequence]++ < 1 + (7 * sequence) % MOST_POSITIONS;
  }

  next(sequences: Int32Array) {
    const ids = sequences.map((sequence) => (3 * sequence + 5 * this.#fed[sequence]) % V);
    const weights = new Float32Array(sequences.length).fill(1);
    return {
      inputs: { count: sequences.length, width: 1, ids, weights },
      reads: Array.from(sequences, () => READS),
    };
  }
}

async function withEngine<T>(options: EngineOptions, use: (model: EngineModel) => Promise<T>): Promise<T> {
  const model = await createEngine(config, weights, options);
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** What all sequences read, and how many were left for steps of all together. */
async function written(
  model: EngineModel,
  { source = new Writer(), meanwhile = () => Promise.resolve(), isApart = true, abort }: {
    source?: Writer;
    meanwhile?: () => Promise<void>;
    isApart?: boolean;
    abort?: AbortSignal;
  } = {},
): Promise<{ read: ReadonlyMap<string, Readings>; left: number }> {
  const decoder = await model.decode(PROMPTS, COPIES, MOST_POSITIONS + 1, { ...(abort && { abort }) });
  try {
    const readings = await decoder.readPrompts(Array.from({ length: SEQUENCES }, () => READS));
    let active: Int32Array = Int32Array.from(readings.keys()).filter((sequence) =>
      source.advance(sequence, readings[sequence])
    );
    if (isApart) active = await decoder.stepApart!(active, source, meanwhile);
    const left = active.length;
    while (active.length > 0) {
      const { inputs, reads } = source.next(active);
      const found = await decoder.step(active, inputs, reads);
      active = active.filter((sequence, row) => source.advance(sequence, found[row]));
    }
    return { read: new Map([...source.read].sort()), left };
  } finally {
    decoder.dispose();
  }
}

for (
  const options of [
    { workers: 1 },
    { workers: 1, products: "wasm" },
    { workers: 2 },
    { workers: 3, products: "wasm" },
    { workers: 4 },
  ] as const
) {
  Deno.test(`workers at their own pace read what all read together: ${JSON.stringify(options)}`, async () => {
    await withEngine(options, async (model) => {
      let called = 0;
      const together = await written(model, { isApart: false });
      const apart = await written(model, {
        meanwhile: () => {
          called++;
          return Promise.resolve();
        },
      });
      assertEquals(apart.read, together.read);
      assertEquals(together.read.size > 100, true);
      // One seat waits for no other; a worker of native code has two.
      const isAlone = options.workers === 1 && model.details!.products === "wasm";
      assertEquals(apart.left, isAlone ? SEQUENCES : 0);
      assertEquals(called > 0, !isAlone);
    });
  });
}

Deno.test("a worker steps through as many sequences as its cache has room for, where that is enough for products", async () => {
  const wide = {
    ...config,
    layers: 4,
    hiddenSize: 128,
    heads: 4,
    keyValueHeads: 4,
    headSize: 32,
    intermediateSize: 341,
  };
  const most = async (config: ModelConfig, positions: number, tileRows: number) => {
    const { kernels } = await sizedEngine(config, 1);
    return mostAtOnce({ config, kernels, parameters: layoutParameters(config), tileRows }, positions);
  };
  // 2,097,152 floats less 789,000 of weights, 65,536 a sequence: 56 positions are 64 in whole blocks of keys.
  assertEquals([await most(wide, 56, 1), await most(wide, 56, 5), await most(wide, 56, 6)], [19, 15, 18]);
  assertEquals(await most(wide, 113, 5), Infinity);
  assertEquals(await most({ ...wide, hiddenSize: 256 }, 56, 5), Infinity);
});

Deno.test("workers that share the weights of a step leave all sequences to steps together", async () => {
  await withEngine({ workers: 3, splits: true }, async (model) => {
    assertEquals((await written(model)).left, SEQUENCES);
  });
});

Deno.test("whatever fails between two steps is thrown, and the engine can be used again", async () => {
  class Failing extends Writer {
    override advance(sequence: number, readings: Readings): boolean {
      const goesOn = super.advance(sequence, readings);
      if (this.read.size === 71) throw new RangeError("no more");
      return goesOn;
    }
  }
  await withEngine({ workers: 3 }, async (model) => {
    const { read } = await written(model);
    await assertRejects(() => written(model, { source: new Failing() }), RangeError, "no more");
    let calls = 0;
    const meanwhile = () => ++calls === 5 ? Promise.reject(new RangeError("not saved")) : Promise.resolve();
    await assertRejects(() => written(model, { meanwhile }), RangeError, "not saved");
    assertEquals((await written(model)).read, read);
  });
});

Deno.test("steps apart are interrupted, and the engine can be used again", async () => {
  await withEngine({ workers: 2 }, async (model) => {
    const { read } = await written(model);
    const controller = new AbortController();
    const source = new Writer();
    const meanwhile = () => {
      if (source.read.size > 71) controller.abort("SIGINT");
      return Promise.resolve();
    };
    const { signal: abort } = controller;
    await assertRejects(() => written(model, { source, meanwhile, abort }), InterruptedError);
    assert(source.read.size < read.size);
    assertEquals((await written(model)).read, read);
  });
});
