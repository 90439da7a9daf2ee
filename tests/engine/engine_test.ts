import { assert, assertEquals } from "@std/assert";
import { createEngine } from "../../src/engine/engine.ts";
import type { LanguageModel, RowLoss } from "../../src/models/language_model.ts";
import { GOLDEN_CASES, type GoldenCase } from "./golden.ts";

/** Relative to the largest magnitude: float32 sums of some hundred terms; the fused path is at about 3e-7. */
const TOLERANCE = 1e-5;

async function withEngine(
  { config, weights }: Pick<GoldenCase, "config" | "weights">,
  options: Parameters<typeof createEngine>[2],
  use: (model: LanguageModel) => Promise<void>,
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
        const loss: RowLoss = (rows) => {
          const expected = golden.logits[rows.group][rows.completion];
          const V = golden.config.vocabularySize;
          assertClose(rows.logits, expected.subarray(rows.first * V, (rows.first + rows.count) * V), "logits");
          golden.loss(rows);
        };
        let visited = 0;
        await model.score(golden.groups, (rows) => {
          visited += rows.count;
          loss(rows);
        });
        assertEquals(
          visited,
          golden.logits.flat().reduce((sum, z) => sum + z.length / golden.config.vocabularySize, 0),
        );
        await model.accumulate(golden.groups, loss);
        const gradients = await model.gradients();
        assertEquals([...gradients.keys()].sort(), [...golden.gradients.keys()].sort());
        for (const [name, { data }] of gradients) assertClose(data, golden.gradients.get(name)!, name);
      });
    });
  }
}

/** All bits of a training: decoded logits, scored logits, norm, weights and moments after two steps. */
async function trainingBytes(golden: GoldenCase, workers: number): Promise<Map<string, Float32Array>> {
  const out = new Map<string, Float32Array>();
  await withEngine(golden, { workers, kernels: "plain" }, async (model) => {
    const { groups, loss } = golden;
    for (let step = 1; step <= 2; step++) {
      await model.accumulate(groups, loss, { trainInputs: step === 2 });
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
    await model.score(groups, ({ group, completion, logits }) => {
      out.set(`logits ${group} ${completion}`, logits.slice());
    });
    for (const [name, { data }] of await model.weights()) out.set(name, data);
    const { first, second } = await model.optimizerState();
    for (const [name, { data }] of first) out.set(`first ${name}`, data);
    for (const [name, { data }] of second) out.set(`second ${name}`, data);
  });
  return out;
}

Deno.test("training gives the same bytes for 1, 2, 3 and 4 workers", async () => {
  const golden = GOLDEN_CASES[4];
  const expected = await trainingBytes(golden, 1);
  assert(expected.size > 50);
  for (const workers of [2, 3, 4]) assertEquals(await trainingBytes(golden, workers), expected, `${workers} workers`);
});

for (const golden of GOLDEN_CASES) {
  Deno.test(`decoding gives the very bits that scoring gives: ${golden.name}`, async () => {
    await withEngine(golden, { workers: 2 }, async (model) => {
      const { groups, config } = golden;
      const scored = new Map<string, Float32Array>();
      await model.score(groups, ({ group, completion, logits }) => {
        scored.set(`${group} ${completion}`, logits.slice());
      });
      const sequences = groups.flatMap(({ completions }, group) =>
        completions.map((inputs, completion) => ({ key: `${group} ${completion}`, inputs }))
      );
      const longest = Math.max(...sequences.map(({ inputs }) => inputs.count));
      const decoder = await model.decode(groups.map((g) => g.prompt), groups.map((g) => g.completions.length), longest);
      const V = config.vocabularySize, D = config.hiddenSize;
      // Sequences of different lengths drop out one after another.
      let active = sequences.map((_, i) => i);
      for (let t = 0; active.length > 0; t++) {
        active.forEach((sequence, row) => {
          const expected = scored.get(sequences[sequence].key)!.subarray(t * V, (t + 1) * V);
          assertEquals(decoder.logits.slice(row * V, (row + 1) * V), expected, `position ${t} of ${sequence}`);
        });
        active = active.filter((sequence) => t < sequences[sequence].inputs.count);
        const { width } = sequences[0].inputs;
        const rows = active.map((sequence) => sequences[sequence].inputs);
        await decoder.step(Int32Array.from(active), {
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
    });
  });
}
