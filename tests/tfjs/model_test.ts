/** What is particular to the tfjs model; its numbers are tested in tests/backend. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { type Device, openDevice } from "../../src/tfjs/device.ts";
import { BenchError } from "../../src/errors.ts";
import { tokenRows } from "../../src/models/input_rows.ts";
import { onWholeRows, wholeRowsOf } from "../fixtures/logit_rows.ts";
import type { LanguageModel } from "../../src/models/language_model.ts";
import { createTfjsModel } from "../../src/tfjs/model.ts";
import { assertClose, goldenLoss, loadGoldenCase } from "../backend/golden_case.ts";
import type { OptimizerStep } from "../../src/models/adamw.ts";

const golden = await loadGoldenCase("qwen3_f16_untied");
const { config, weights } = golden.checkpoint;
const V = config.vocabularySize;
const device = await openDevice("tfjs-cpu");

/** Sums of some hundred float32 terms in another order. */
const TOLERANCE = 1e-5;
const STEP: OptimizerStep = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradientNorm: 1,
  step: 1,
};

async function withModel(
  use: (model: LanguageModel) => Promise<void>,
  limits: Parameters<typeof createTfjsModel>[3] = {},
): Promise<void> {
  const model = await createTfjsModel(config, weights, device, limits);
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}

Deno.test("no tensor is left by decoding, scoring, training or the model itself", async () => {
  const before = tf.memory().numTensors;
  await withModel(async (model) => {
    const work = async () => {
      const decoder = await model.decode([golden.ids, golden.ids.subarray(0, 3)], [2, 3], 3);
      await decoder.step(Int32Array.of(0, 1, 4), tokenRows(Int32Array.of(1, 2, 3)), [{ top: 1 }, {}, {}]);
      await decoder.step(Int32Array.of(1), tokenRows(Int32Array.of(5)), [{}]);
      decoder.dispose();
      await model.forward(golden.groups, goldenLoss(V).visit);
      await model.accumulate(golden.groups, goldenLoss(V).visit, { trainInputs: true });
      await model.update(STEP);
    };
    await work();
    const held = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await work();
    assertEquals(tf.memory().numTensors, held);
  });
  assertEquals(tf.memory().numTensors, before);
});

Deno.test("an error in the loss leaves no tensor either", async () => {
  await withModel(async (model) => {
    const before = tf.memory().numTensors;
    const fail = () => {
      throw new Error("from the loss");
    };
    await assertRejects(() => model.accumulate(golden.groups, onWholeRows(V, fail)), Error, "from the loss");
    assertEquals(tf.memory().numTensors, before);
  });
});

Deno.test("micro-batches of one sequence and chunks of one position give the gradients of one batch", async () => {
  for (const limits of [{ maxPositions: 1 }, { maxLogits: V }, { maxPositions: 20, maxLogits: 3 * V }]) {
    await withModel(async (model) => {
      await model.accumulate(golden.groups, goldenLoss(V).visit);
      for (const [name, { data }] of await model.gradients()) {
        assertClose(data, golden.tensor(`gradient.${name}`), TOLERANCE, `${JSON.stringify(limits)} ${name}`);
      }
    }, limits);
  }
});

Deno.test("sequences that are left out can be taken up again, whatever became of the batch meanwhile", async () => {
  await withModel(async (model) => {
    const { ids, logits } = golden;
    const prompt = ids.subarray(0, 5);
    const decoder = wholeRowsOf(await model.decode([prompt, ids.subarray(0, 2)], [7, 1], ids.length), V);
    // Sequence 0 waits while others go on, fewer and fewer, past a full tail of the cache.
    for (let step = 0; step < 66; step++) {
      const others = step < 20 ? [1, 2, 3, 4, 5, 6, 7] : step < 40 ? [2, 5, 7] : [5];
      await decoder.step(Int32Array.from(others), tokenRows(Int32Array.from(others, (s) => (s + step) % V)));
    }
    // Then it catches up beside sequence 5, to which its length does not matter.
    for (let t = prompt.length; t < ids.length; t++) {
      const [row] = await decoder.step(Int32Array.of(0, 5), tokenRows(Int32Array.of(ids[t], 3)));
      assertClose(row, logits[t], TOLERANCE, `logits at position ${t}`);
    }
    decoder.dispose();
  });
});

Deno.test("a batch of many sequences gives each the logits it has alone, across the joins of its cache", async () => {
  await withModel(async (model) => {
    const tokens = Int32Array.from({ length: 70 }, (_, t) => (7 * t + 3) % V);
    const [short, long] = [golden.ids.subarray(0, 4), golden.ids.subarray(0, 9)];
    const together = wholeRowsOf(await model.decode([short, long], [1, 2], tokens.length), V);
    const alone = wholeRowsOf(await model.decode([long], [1], tokens.length), V);
    for (const token of tokens) {
      const [, among] = await together.step(Int32Array.of(0, 1, 2), tokenRows(Int32Array.of(1, token, 2)));
      const [own] = await alone.step(Int32Array.of(0), tokenRows(Int32Array.of(token)));
      assertClose(among, own, TOLERANCE, "logits");
    }
    together.dispose();
    alone.dispose();
  });
});

Deno.test("AdamW's moments and weights come back as they were saved", async () => {
  await withModel(async (model) => {
    const train = async (step: number) => {
      await model.accumulate(golden.groups, goldenLoss(V).visit);
      await model.update({ ...STEP, step });
    };
    await train(1);
    const saved = { weights: await model.weights(), moments: await model.optimizerState() };
    await train(2);
    const expected = await model.weights();
    await model.restore(saved.weights, saved.moments);
    await train(2);
    assertEquals(await model.weights(), expected);
  });
});

Deno.test("a gradient that is not finite changes no weight", async () => {
  await withModel(async (model) => {
    await model.accumulate(golden.groups, onWholeRows(V, ({ gradient }) => gradient.fill(NaN)));
    assert(Number.isNaN(await model.update(STEP)));
    for (const [name, { data }] of await model.weights()) assertEquals(data, weights.get(name)!.data);
    assertEquals([...(await model.gradients()).values()].every(({ data }) => data.every((x) => x === 0)), true);
  });
});

Deno.test("sequences past the model's last position, empty prompts and foreign weights are refused", async () => {
  await withModel(async (model) => {
    await assertRejects(() => model.decode([golden.ids], [1], 71), BenchError, "the model has 83");
    await assertRejects(() => model.decode([new Int32Array(0)], [1], 1), BenchError, "a prompt of 0");
    await assertRejects(() => model.restore(new Map()), BenchError, "found shape [none], expected [41,22]");
  });
});

Deno.test("a tensor that the device cannot hold is refused before anything is computed", async () => {
  const small: Device = {
    ...device,
    requireFits: (shape, what) => {
      if (shape.reduce((a, b) => a * b) > 500) throw new BenchError(`Cannot compute ${what}`);
    },
  };
  await assertRejects(
    () => createTfjsModel(config, weights, small),
    BenchError,
    'tensor "model.embed_tokens.weight"',
  );
});
