import { assert, assertEquals, assertRejects } from "@std/assert";
import { BenchError, UsageError } from "../../src/errors.ts";
import { InterruptedError } from "../../src/interruption.ts";
import { createEngine, type EngineModel } from "../../src/engine/engine.ts";
import type { InputRows, LanguageModel, TrainingGroup } from "../../src/models/language_model.ts";
import type { ActionPlace, Readings, RowLoss } from "../../src/models/readings.ts";
import { onWholeRows, type WholeRow, wholeRowsOf } from "../fixtures/logit_rows.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { noiseStream } from "../../src/random/streams.ts";
import { GOLDEN_CASES, type GoldenCase, Numbers, randomWeights } from "./golden.ts";

/** Relative to the largest magnitude: float32 sums of some hundred terms; the fused path is at about 3e-7. */
const TOLERANCE = 1e-5;

async function withEngine(
  { config, weights }: Pick<GoldenCase, "config" | "weights">,
  options: Parameters<typeof createEngine>[2],
  use: (model: EngineModel) => Promise<void>,
): Promise<void> {
  const model = await createEngine(config, weights, options);
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}

function assertClose(actual: Float32Array, expected: Float32Array, what: string): void {
  assertEquals(actual.length, expected.length, what);
  const largest = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  actual.forEach((x, i) => {
    assert(Math.abs(x - expected[i]) <= TOLERANCE * largest, `${what}[${i}]: ${x}, expected ${expected[i]}`);
  });
}

for (const kernels of ["plain", "relaxed"] as const) {
  for (const golden of GOLDEN_CASES) {
    Deno.test(`logits and all gradients agree with transformers in float64: ${golden.name}, ${kernels} kernels`, async () => {
      await withEngine(golden, { workers: 2, kernels }, async (model) => {
        const V = golden.config.vocabularySize;
        let visited = 0;
        const loss = onWholeRows(V, (row) => {
          const expected = golden.logits[row.group][row.completion];
          assertClose(row.logits, expected.subarray(row.action * V, (row.action + 1) * V), "logits");
          golden.writeGradient(row);
          visited++;
        });
        await model.forward(golden.groups, loss);
        assertEquals(
          visited,
          golden.logits.flat().reduce((sum, z) => sum + z.length / golden.config.vocabularySize, 0),
        );
        await model.accumulate(golden.groups, loss);
        const gradients = await model.gradients();
        assertEquals([...gradients.keys()].sort(), [...golden.gradients.keys()].sort());
        for (const [name, { data }] of gradients) assertClose(data, golden.gradients.get(name)!, name);
        await model.restore(golden.weights);
        await model.accumulate(golden.groups, loss, { trainInputs: true });
        const embedding = (await model.gradients()).get("model.embed_tokens.weight")!;
        assertClose(embedding.data, golden.trainedInputs, "gradient of the embeddings through inputs");
      });
    });
  }
}

/** Discrete groups of random lengths: enough rows for every gradient shard to be used more than once. */
function randomGroups(config: ModelConfig, numbers: Numbers, count: number): TrainingGroup[] {
  const tokens = (length: number) => Int32Array.from({ length }, () => numbers.below(config.vocabularySize));
  return Array.from({ length: count }, () => ({
    prompt: tokens(1 + numbers.below(29)),
    completions: Array.from({ length: 1 + numbers.below(5) }, (): InputRows => {
      const length = numbers.below(97);
      return { count: length, width: 1, ids: tokens(length), weights: new Float32Array(length).fill(1) };
    }),
  }));
}

/** d loss / d logits = logits / 100: any smooth function of the logits serves. */
const quadratic = ({ config }: Pick<GoldenCase, "config">): RowLoss =>
  onWholeRows(config.vocabularySize, ({ logits, gradient }) => gradient.set(logits.map((z) => z / 100)));

/** A loss with slopes by everything that is read, kept in `out` by place. */
function everyReading(out: Map<string, Float32Array | Float64Array>): RowLoss {
  const noise = noiseStream({ seed: 1, purpose: "test", dataset: "", problem: "bytes", sample: 0 });
  return {
    reads: ({ group, action }) => ({
      top: 3,
      at: Int32Array.of(group % 7, action % 5),
      logSumExp: [0.7],
      entropy: [1],
      meanEmbedding: 0.8,
      gumbelArgmax: { temperature: 1, noise: noise.at(action) },
    }),
    score({ group, completion, action }, { at, masses, entropy, meanEmbedding, gumbelArgmax, top }) {
      const found = [...at!, ...masses!, ...entropy!, ...meanEmbedding!, ...gumbelArgmax!.ids, ...top!.ids];
      out.set(`readings ${group} ${completion} ${action}`, Float64Array.from(found));
      return {
        at: Float64Array.from(at!),
        logSumExp: masses!.map(Math.log),
        entropy: entropy!,
        meanEmbedding: { values: meanEmbedding!, scale: 0.1 },
      };
    },
  };
}

/** Logits of every action, as a pass without gradients sees them. */
async function scoredLogits(
  model: LanguageModel,
  groups: readonly TrainingGroup[],
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  const see = ({ group, completion, action, logits }: WholeRow) =>
    void found.set(`logits ${group} ${completion} ${action}`, logits.slice());
  await model.forward(groups, onWholeRows(model.config.vocabularySize, see));
  return found;
}

/** Fills caches with NaN and frees them, so that whoever reads what is not theirs is found out. */
async function leaveNaNs(model: LanguageModel, count: number, positions: number): Promise<void> {
  const decoder = await model.decode([Int32Array.of(1)], [count], positions);
  const sequences = Int32Array.from({ length: count }, (_, i) => i);
  const input = { count, width: 1, ids: new Int32Array(count), weights: new Float32Array(count).fill(NaN) };
  const reads = Array.from(sequences, () => ({}));
  for (let t = 0; t < positions; t++) await decoder.step(sequences, input, reads);
  decoder.dispose();
}

/** All bits of a training: readings, scored logits, norm, weights and moments after two steps. */
async function trainingBytes(
  golden: GoldenCase,
  options: { readonly workers: number; readonly recompute?: boolean },
  count = 41,
): Promise<Map<string, Float32Array | Float64Array>> {
  const out = new Map<string, Float32Array | Float64Array>();
  const groups = randomGroups(golden.config, new Numbers(7), count);
  await withEngine(golden, options, async (model) => {
    for (let step = 1; step <= 2; step++) {
      await model.accumulate(groups, step === 1 ? quadratic(golden) : everyReading(out), { trainInputs: step === 2 });
      const norm = await model.update({
        learningRate: 1e-2,
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0.1,
        maxGradientNorm: 1,
        step,
      });
      out.set(`norm ${step}`, Float32Array.of(norm));
    }
    for (const [name, logits] of await scoredLogits(model, groups)) out.set(name, logits);
    for (const [name, { data }] of await model.weights()) out.set(name, data);
    const { first, second } = await model.optimizerState();
    for (const [name, { data }] of first) out.set(`first ${name}`, data);
    for (const [name, { data }] of second) out.set(`second ${name}`, data);
  });
  return out;
}

Deno.test("training gives the same bytes for 1, 2, 3 and 4 workers", async () => {
  const golden = GOLDEN_CASES[4];
  const expected = await trainingBytes(golden, { workers: 1 });
  assert(expected.size > 50);
  for (const workers of [2, 3, 4]) {
    assertEquals(await trainingBytes(golden, { workers }), expected, `${workers} workers`);
  }
});

for (const golden of GOLDEN_CASES) {
  Deno.test(`layers that are computed again give the same bytes: ${golden.name}`, async () => {
    // The fewest among whose 56 completions is an empty one.
    const groups = 17;
    const kept = await trainingBytes(golden, { workers: 2 }, groups);
    assertEquals(await trainingBytes(golden, { workers: 2, recompute: true }, groups), kept);
  });
}

Deno.test("an interrupted pass leaves gradients of zero, and the model as it was", async () => {
  const golden = GOLDEN_CASES[4];
  const groups = randomGroups(golden.config, new Numbers(7), 41);
  await withEngine(golden, { workers: 2 }, async (model) => {
    await model.accumulate(groups, quadratic(golden));
    const expected = await model.gradients();
    await model.restore(golden.weights);
    const controller = new AbortController();
    let seen = 0;
    const loss = onWholeRows(golden.config.vocabularySize, ({ logits, gradient }) => {
      gradient.set(logits.map((z) => z / 100));
      if (++seen === 1009) controller.abort("SIGINT");
    });
    const { signal } = controller;
    await assertRejects(() => model.accumulate(groups, loss, { abort: signal }), InterruptedError);
    await model.accumulate(groups, quadratic(golden));
    assertEquals(await model.gradients(), expected);
    await assertRejects(() => model.decode([Int32Array.of(1)], [1], 3, { abort: signal }), InterruptedError);
  });
});

/** Workers that share the sequences of a step, and that share the weights, in panels of every width and in rows. */
const DECODERS = {
  "sequences shared": { workers: 2 },
  "weights shared": { workers: 3, splits: true },
  "weights shared in WebAssembly": { workers: 3, splits: true, products: "wasm" },
  "weights shared, as rows": { workers: 2, splits: true, packs: false },
} as const;

for (const [name, options] of Object.entries(DECODERS)) {
  Deno.test(`decoding gives the very bits that scoring gives: ${name}`, async (t) => {
    for (const golden of GOLDEN_CASES) {
      await t.step(golden.name, () => withEngine(golden, options, (model) => assertDecodesAsScored(golden, model)));
    }
  });
}

async function assertDecodesAsScored(golden: GoldenCase, model: EngineModel): Promise<void> {
  const { groups, config } = golden;
  const scored = await scoredLogits(model, groups);
  const sequences = groups.flatMap(({ completions }, group) =>
    completions.map((inputs, completion) => ({ key: `logits ${group} ${completion}`, inputs }))
  );
  const longest = Math.max(...sequences.map(({ inputs }) => inputs.count));
  await leaveNaNs(model, sequences.length, longest);
  const V = config.vocabularySize, D = config.hiddenSize;
  const copies = groups.map((g) => g.completions.length);
  const decoder = wholeRowsOf(await model.decode(groups.map((g) => g.prompt), copies, longest), V);
  let found = await decoder.prompts(sequences.length);
  // Sequences of different lengths drop out one after another.
  let active = sequences.map((_, i) => i);
  for (let t = 0; active.length > 0; t++) {
    active.forEach((sequence, row) => {
      assertEquals(found[row], scored.get(`${sequences[sequence].key} ${t}`), `position ${t} of ${sequence}`);
    });
    active = active.filter((sequence) => t < sequences[sequence].inputs.count);
    const { width } = sequences[0].inputs;
    const rows = active.map((sequence) => sequences[sequence].inputs);
    found = await decoder.step(Int32Array.from(active), {
      count: active.length,
      width,
      ids: Int32Array.from(rows.flatMap((inputs) => [...inputs.ids.subarray(t * width, (t + 1) * width)])),
      weights: Float32Array.from(
        rows.flatMap((inputs) => [...inputs.weights.subarray(t * width, (t + 1) * width)]),
      ),
      offset: Float32Array.from(rows.flatMap((inputs) => [...inputs.offset!.subarray(t * D, (t + 1) * D)])),
    });
  }
  decoder.dispose();
}

Deno.test("a sequence's logits do not depend on what else is in the batch", async () => {
  const golden = GOLDEN_CASES[3];
  await withEngine(golden, { workers: 2 }, async (model) => {
    const together = await scoredLogits(model, golden.groups);
    for (const [group, { prompt, completions }] of golden.groups.entries()) {
      for (const [completion, inputs] of completions.entries()) {
        for (const [key, logits] of await scoredLogits(model, [{ prompt, completions: [inputs] }])) {
          assertEquals(logits, together.get(key.replace("logits 0 0", `logits ${group} ${completion}`)));
        }
      }
    }
  });
});

Deno.test("gradients agree with finite differences", async () => {
  const golden = GOLDEN_CASES[0];
  // loss = sum of z² / 200, whose derivative `quadratic` writes.
  const lossOf = async (model: LanguageModel): Promise<number> => {
    let loss = 0;
    for (const logits of (await scoredLogits(model, golden.groups)).values()) {
      loss += logits.reduce((sum, z) => sum + z * z / 200, 0);
    }
    return loss;
  };
  await withEngine(golden, { workers: 1 }, async (model) => {
    await model.accumulate(golden.groups, quadratic(golden));
    const gradients = await model.gradients();
    // Central differences of float32 losses: about √ε of the loss over the step, far above the exact gradient's error.
    const step = 1e-2;
    for (const [name, { shape, data }] of golden.weights) {
      // Nothing flows into the embeddings through inputs, which a difference would see.
      if (name === "model.embed_tokens.weight") continue;
      const index = data.length >> 1;
      const shifted = async (by: number) => {
        const moved = data.slice();
        moved[index] += by;
        await model.restore(new Map([...golden.weights, [name, { shape, data: moved }]]));
        return await lossOf(model);
      };
      const difference = (await shifted(step) - await shifted(-step)) / (2 * step);
      const exact = gradients.get(name)!.data[index];
      assert(Math.abs(difference - exact) <= 2e-2 * Math.abs(exact) + 2e-3, `${name}: ${difference}, found ${exact}`);
    }
  });
});

Deno.test("AdamW follows its formula, clips by the global norm, and moments survive a restore", async () => {
  const golden = GOLDEN_CASES[1];
  const step = { learningRate: 0.03, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.2, maxGradientNorm: 0.5 };
  await withEngine(golden, { workers: 2, kernels: "plain" }, async (model) => {
    let weights = await model.weights();
    const first = new Map<string, Float64Array>(), second = new Map<string, Float64Array>();
    for (let t = 1; t <= 2; t++) {
      await model.accumulate(golden.groups, golden.loss);
      const gradients = await model.gradients();
      let squares = 0;
      for (const { data } of gradients.values()) squares += data.reduce((sum, g) => sum + g * g, 0);
      const norm = await model.update({ ...step, step: t });
      assert(Math.abs(norm - Math.sqrt(squares)) <= 1e-6 * norm);
      const after = await model.weights();
      for (const [name, { data }] of weights) {
        const m = first.get(name) ?? new Float64Array(data.length),
          v = second.get(name) ?? new Float64Array(data.length);
        first.set(name, m);
        second.set(name, v);
        const expected = data.map((w, i) => {
          const g = gradients.get(name)!.data[i] * 0.5 / (norm + 1e-6);
          m[i] = 0.8 * m[i] + 0.2 * g;
          v[i] = 0.95 * v[i] + 0.05 * g * g;
          const ratio = m[i] / (1 - 0.8 ** t) / (Math.sqrt(v[i] / (1 - 0.95 ** t)) + 1e-6);
          return w * (1 - 0.03 * 0.2) - 0.03 * ratio;
        });
        assertClose(after.get(name)!.data, expected, name);
      }
      weights = after;
    }
    const state = await model.optimizerState();
    await model.restore(weights, state);
    assertEquals(await model.optimizerState(), state);
    assertEquals(await model.weights(), weights);
  });
});

Deno.test("memory does not grow over 200 steps of varying lengths", async () => {
  const golden = GOLDEN_CASES[0];
  await withEngine(golden, { workers: 2 }, async (model) => {
    const update = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1 };
    const train = async (step: number) => {
      // Ten kinds of steps take turns: what is measured is reuse, not the largest of ever more draws.
      const numbers = new Numbers(step % 10);
      const groups = randomGroups(golden.config, numbers, 1 + numbers.below(5));
      const decoder = await model.decode(groups.map((group) => group.prompt), groups.map(() => 2), 7);
      const sequences = Int32Array.of(0, 1), ids = Int32Array.of(3, 5), weights = Float32Array.of(1, 1);
      await decoder.step(sequences, { count: 2, width: 1, ids, weights }, [{ top: 1 }, { top: 1 }]);
      decoder.dispose();
      await model.accumulate(groups, quadratic(golden));
      await model.update({ ...update, step });
    };
    for (let step = 1; step <= 20; step++) await train(step);
    const before = model.memoryBytes;
    for (let step = 21; step <= 220; step++) await train(step);
    assertEquals(model.memoryBytes, before);
  });
});

Deno.test("what cannot be fed is refused, and the engine goes on", async () => {
  const golden = GOLDEN_CASES[0];
  const { vocabularySize: V, maxPositions } = golden.config;
  await withEngine(golden, { workers: 1 }, async (model) => {
    await assertRejects(() => model.decode([new Int32Array(0)], [1], 1), UsageError, "empty prompt");
    await assertRejects(() => model.decode([Int32Array.of(V)], [1], 1), UsageError, `token ${V}`);
    await assertRejects(() => model.decode([Int32Array.of(0)], [1], maxPositions), UsageError, "position 257");
    const decoder = await model.decode([Int32Array.of(1)], [1], 1);
    const input = { count: 1, width: 1, ids: Int32Array.of(2), weights: Float32Array.of(1) };
    await assertRejects(() => decoder.step(Int32Array.of(1), input, [{}]), UsageError, "sequence 1");
    await decoder.step(Int32Array.of(0), input, [{}]);
    await assertRejects(() => decoder.step(Int32Array.of(0), input, [{}]), UsageError, "all of its 1 steps");
    decoder.dispose();
    const wrong = new Map(golden.weights);
    wrong.delete("model.norm.weight");
    await assertRejects(() => model.restore(wrong), BenchError, "model.norm.weight is missing");
    await scoredLogits(model, golden.groups);
  });
});

Deno.test("at a large vocabulary the loss sees a completion in runs, and nothing else changes", async () => {
  // 100 rows of logits exceed what a worker holds at once.
  const [V, D, T] = [50_021, 6, 101];
  const config: ModelConfig = { ...GOLDEN_CASES[1].config, vocabularySize: V, hiddenSize: D, layers: 1 };
  const weights = randomWeights(config, new Numbers(5));
  const tokens = (count: number) => Int32Array.from({ length: count }, (_, i) => i * 487 % V);
  const completion = (count: number): InputRows => {
    return { count, width: 1, ids: tokens(count), weights: new Float32Array(count).fill(1) };
  };
  const group = (actions: number): TrainingGroup => ({ prompt: tokens(3), completions: [completion(actions - 1)] });
  const coefficient = (action: number) => Math.cos(action);
  const scored = 3;
  await withEngine({ config, weights }, { workers: 2 }, async (model) => {
    const logitOf = (readings: Readings) => readings.at![0];
    const reads = { at: Int32Array.of(scored) };
    const short: number[] = [];
    const lossOf = async (): Promise<number> => {
      let loss = 0;
      const score = ({ action }: ActionPlace, readings: Readings) =>
        void (loss += coefficient(action) * logitOf(readings));
      await model.forward([group(T)], { reads: () => reads, score: (...row) => void score(...row) });
      return loss;
    };
    await model.forward([group(50)], {
      reads: () => reads,
      score: ({ action }, readings) => void (short[action] = logitOf(readings)),
    });
    const actions: number[] = [];
    await model.accumulate([group(T)], {
      reads: () => reads,
      score({ action }, readings) {
        actions.push(action);
        if (action < short.length) assertEquals(logitOf(readings), short[action]);
        return { at: Float64Array.of(coefficient(action)) };
      },
    });
    assertEquals(actions, [...new Array(T).keys()]);
    // The loss is linear in the untied head: its derivative is a difference.
    const gradient = (await model.gradients()).get("lm_head.weight")!.data;
    const head = weights.get("lm_head.weight")!;
    for (let j = 0; j < D; j++) {
      const before = await lossOf();
      const moved = head.data.slice();
      moved[scored * D + j] += 1;
      await model.restore(new Map([...weights, ["lm_head.weight", { shape: head.shape, data: moved }]]));
      const difference = await lossOf() - before;
      await model.restore(weights);
      assert(
        Math.abs(difference - gradient[scored * D + j]) <= 1e-4,
        `${difference}, found ${gradient[scored * D + j]}`,
      );
    }
  });
});
