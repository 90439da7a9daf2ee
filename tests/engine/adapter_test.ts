import { assert, assertEquals, assertRejects } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { createEngine, type EngineModel, type EngineOptions } from "../../src/engine/engine.ts";
import { adaptedLayers, adapterShapes } from "../../src/models/adapted_layers.ts";
import { type AdapterConfig, mergedWeights } from "../../src/models/adapter.ts";
import type { HostTensor, LanguageModel, NamedTensors, TrainingGroup } from "../../src/models/language_model.ts";
import type { ModelConfig } from "../../src/models/model_config.ts";
import { elementCount } from "../../src/models/parameters.ts";
import { tokenRows } from "../../src/models/input_rows.ts";
import { onWholeRows, wholeRowsOf } from "../fixtures/logit_rows.ts";
import { GOLDEN_CASES, type GoldenCase, Numbers, randomWeights } from "./golden.ts";

/** Relative to the largest magnitude, as in engine_test.ts. */
const TOLERANCE = 1e-5;
const ADAPTER: AdapterConfig = { rank: 3, alpha: 7.5 };
const SCALE = 2.5;

async function withAdapter(
  { config, weights }: Pick<GoldenCase, "config" | "weights">,
  options: EngineOptions,
  use: (model: EngineModel) => Promise<void>,
): Promise<void> {
  const model = await createEngine(config, weights, { workers: 2, adapter: ADAPTER, ...options });
  try {
    await use(model);
  } finally {
    await model.dispose();
  }
}

/** An adapter with no zero in it. */
function randomAdapter(config: ModelConfig, adapter = ADAPTER): Map<string, HostTensor> {
  const numbers = new Numbers(31);
  return new Map(
    [...adapterShapes(config, adapter)].map(([name, shape]) =>
      [name, { shape, data: numbers.take(elementCount(shape)).map((x) => x * 0.3) }] as const
    ),
  );
}

/** The weights to which the adapter must be added for those of the case to come out. */
function withoutWhatIsAdded({ config, weights }: GoldenCase, tensors: NamedTensors): NamedTensors {
  const rest = mergedWeights(weights, config, { ...ADAPTER, alpha: -ADAPTER.alpha }, tensors);
  return new Map([...weights.keys()].map((name) => [name, rest.get(name)!]));
}

function assertClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  tolerance = TOLERANCE,
): void {
  assertEquals(actual.length, expected.length, what);
  const largest = Array.from(expected).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  Array.from(actual).forEach((x, i) => {
    assert(Math.abs(x - expected[i]) <= tolerance * largest, `${what}[${i}]: ${x}, expected ${expected[i]}`);
  });
}

/** (M, K) times (K, N), or its transposes, in 64 bits. */
function product(
  m: number,
  k: number,
  n: number,
  a: (m: number, k: number) => number,
  b: (k: number, n: number) => number,
) {
  return Float64Array.from({ length: m * n }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < k; i++) sum += a(Math.floor(at / n), i) * b(i, at % n);
    return sum;
  });
}

async function scoredLogits(
  model: LanguageModel,
  groups: readonly TrainingGroup[],
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  await model.forward(
    groups,
    onWholeRows(model.config.vocabularySize, ({ group, completion, action, logits }) => {
      found.set(`${group} ${completion} ${action}`, logits.slice());
    }),
  );
  return found;
}

const quadratic = (config: ModelConfig) =>
  onWholeRows(config.vocabularySize, ({ logits, gradient }) => gradient.set(logits.map((z) => z / 100)));

const STEP = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1, maxGradientNorm: 1 };

for (const kernels of ["plain", "relaxed"] as const) {
  for (const golden of GOLDEN_CASES) {
    // With G the gradient of W + s B A by transformers in float64, that of B is s G Aᵀ and that of A is s Bᵀ G.
    Deno.test(`an adapter's logits and gradients follow from those of transformers: ${golden.name}, ${kernels} kernels`, async () => {
      const { config, groups } = golden;
      const V = config.vocabularySize, R = ADAPTER.rank;
      const tensors = randomAdapter(config), weights = withoutWhatIsAdded(golden, tensors);
      await withAdapter({ config, weights }, { kernels }, async (model) => {
        await model.restore(tensors);
        const loss = onWholeRows(V, (row) => {
          const expected = golden.logits[row.group][row.completion];
          assertClose(row.logits, expected.subarray(row.action * V, (row.action + 1) * V), "logits");
          golden.writeGradient(row);
        });
        await model.accumulate(groups, loss, { trainInputs: true });
        const gradients = await model.gradients();
        assertEquals([...gradients.keys()], [...adapterShapes(config, ADAPTER).keys()]);
        for (const { weight, a, b, input, output } of adaptedLayers(config, ADAPTER)) {
          const G = golden.gradients.get(weight)!, A = tensors.get(a)!.data, B = tensors.get(b)!.data;
          const dB = product(output, input, R, (o, i) => SCALE * G[o * input + i], (i, r) => A[r * input + i]);
          const dA = product(R, output, input, (r, o) => SCALE * B[o * R + r], (o, i) => G[o * input + i]);
          // Sums of `input` or `output` terms that cancel: their errors are those of G times the root of the number.
          assertClose(gradients.get(b)!.data, dB, b, 3 * TOLERANCE);
          assertClose(gradients.get(a)!.data, dA, a, 3 * TOLERANCE);
        }
      });
    });
  }
}

for (const [name, options] of [["alone", {}], ["weights shared", { workers: 3, splits: true }]] as const) {
  Deno.test(`an adapter with B zero has the base's logits, bit for bit, and so has the model without it, ${name}`, async () => {
    const golden = GOLDEN_CASES[0];
    const { config, groups, weights } = golden;
    const base = await createEngine(config, weights, { workers: 1 });
    const expected = await scoredLogits(base, groups);
    await base.dispose();
    await withAdapter(golden, options, async (model) => {
      assertEquals(await scoredLogits(model, groups), expected);
      await model.restore(randomAdapter(config));
      const own = await scoredLogits(model, groups);
      assert([...own].every(([key, logits]) => logits.some((z, v) => z !== expected.get(key)![v])));
      const frozen = model.withoutAdapter!();
      assertEquals(await scoredLogits(frozen, groups), expected);
      assertEquals(frozen.adapter, undefined);
      assertEquals(await frozen.weights(), weights);
      assertEquals(await frozen.coordinateRms(), await model.coordinateRms());
      // Prompt and first step of a decoder of the frozen weights.
      const V = config.vocabularySize, { prompt } = groups[0];
      for (const policy of [frozen, model]) {
        const decoder = wholeRowsOf(await policy.decode([prompt], [1], 2), V);
        const [first] = await decoder.prompts(1);
        const [second] = await decoder.step(Int32Array.of(0), tokenRows(Int32Array.of(5)));
        decoder.dispose();
        const scored = await scoredLogits(policy, [{ prompt, completions: [tokenRows(Int32Array.of(5))] }]);
        assertEquals([first, second], [scored.get("0 0 0"), scored.get("0 0 1")]);
      }
      for (
        const change of [frozen.accumulate, frozen.update, frozen.restore, frozen.gradients, frozen.optimizerState]
      ) {
        await assertRejects(() => (change as () => Promise<unknown>).call(frozen), UsageError, "frozen");
      }
      await frozen.dispose();
      assertEquals(await scoredLogits(model, groups), own);
    });
  });
}

for (const golden of GOLDEN_CASES) {
  Deno.test(`merged weights have the adapter's logits: ${golden.name}`, async () => {
    const { config, groups, weights } = golden;
    const tensors = randomAdapter(config);
    const merged = mergedWeights(weights, config, ADAPTER, tensors);
    const model = await createEngine(config, new Map([...weights.keys()].map((name) => [name, merged.get(name)!])));
    const expected = await scoredLogits(model, groups);
    await model.dispose();
    await withAdapter(golden, {}, async (adapted) => {
      await adapted.restore(tensors);
      for (const [key, logits] of await scoredLogits(adapted, groups)) assertClose(logits, expected.get(key)!, key);
    });
  });
}

Deno.test("an adapter's gradients agree with finite differences", async () => {
  const golden = GOLDEN_CASES[0];
  const tensors = randomAdapter(golden.config);
  await withAdapter(golden, {}, async (model) => {
    // loss = sum of z² / 200, whose derivative `quadratic` writes.
    const lossOf = async (): Promise<number> =>
      [...(await scoredLogits(model, golden.groups)).values()]
        .reduce((sum, logits) => sum + logits.reduce((own, z) => own + z * z / 200, 0), 0);
    await model.restore(tensors);
    await model.accumulate(golden.groups, quadratic(golden.config));
    const gradients = await model.gradients();
    // As in engine_test.ts: about √ε of the loss over the step.
    const step = 1e-2;
    for (const [name, { shape, data }] of tensors) {
      const index = data.length >> 1;
      const shifted = async (by: number) => {
        const moved = data.slice();
        moved[index] += by;
        await model.restore(new Map([...tensors, [name, { shape, data: moved }]]));
        return await lossOf();
      };
      const difference = (await shifted(step) - await shifted(-step)) / (2 * step);
      const exact = gradients.get(name)!.data[index];
      assert(Math.abs(difference - exact) <= 2e-2 * Math.abs(exact) + 2e-3, `${name}: ${difference}, found ${exact}`);
    }
  });
});

/** All bits of two steps: norms, logits, adapter and moments. */
async function trainingBytes(golden: GoldenCase, options: EngineOptions): Promise<Map<string, Float32Array>> {
  const out = new Map<string, Float32Array>();
  const { config } = golden, numbers = new Numbers(7);
  const tokens = (length: number) => Int32Array.from({ length }, () => numbers.below(config.vocabularySize));
  const groups = Array.from({ length: 17 }, (): TrainingGroup => ({
    prompt: tokens(1 + numbers.below(29)),
    completions: Array.from({ length: 1 + numbers.below(5) }, () => tokenRows(tokens(numbers.below(97)))),
  }));
  await withAdapter(golden, options, async (model) => {
    await model.restore(randomAdapter(config));
    for (let step = 1; step <= 2; step++) {
      await model.accumulate(groups, quadratic(config));
      out.set(`norm ${step}`, Float32Array.of(await model.update({ ...STEP, step })));
    }
    for (const [name, logits] of await scoredLogits(model, groups)) out.set(name, logits);
    for (const [name, { data }] of await model.weights()) out.set(name, data);
    const { first, second } = await model.optimizerState();
    for (const [name, { data }] of first) out.set(`first ${name}`, data);
    for (const [name, { data }] of second) out.set(`second ${name}`, data);
  });
  return out;
}

Deno.test("an adapter is trained to the same bytes by 1, 2 and 4 workers, native or not, layers kept or computed again", async () => {
  const golden = GOLDEN_CASES[3];
  const expected = await trainingBytes(golden, { workers: 1, products: "wasm", kernels: "relaxed" });
  const start = randomAdapter(golden.config);
  for (const [name, { data }] of start) assert(expected.get(name)!.some((x, i) => x !== data[i]), name);
  for (
    const options of [
      { workers: 2, products: "wasm", kernels: "relaxed" },
      { workers: 4, products: "wasm", kernels: "relaxed" },
      { workers: 2, recompute: true, kernels: "relaxed" },
      { workers: 2, products: "c" },
    ] as const
  ) assertEquals(await trainingBytes(golden, options), expected, JSON.stringify(options));
});

Deno.test("an adapter of some layers has those alone, and what is restored is what is read", async () => {
  const { config, weights, groups } = GOLDEN_CASES[2];
  const adapter: AdapterConfig = { ...ADAPTER, targets: ["v_proj", "gate_proj"] };
  await withAdapter({ config, weights }, { adapter }, async (model) => {
    assertEquals(model.adapter, adapter);
    const tensors = randomAdapter(config, adapter);
    await model.restore(tensors);
    assertEquals(await model.weights(), tensors);
    const expected = await scoredLogits(model, groups);
    await model.accumulate(groups, quadratic(config));
    const gradients = await model.gradients();
    assertEquals([...gradients.keys()], [...tensors.keys()]);
    for (const [name, { data }] of gradients) assert(data.some((g) => g !== 0), name);
    await model.update({ ...STEP, step: 1 });
    await model.restore(tensors);
    assertEquals(await scoredLogits(model, groups), expected);
  });
});

Deno.test("where an adapter is trained, neither gradients nor moments nor transposed copies of the weights are held", async () => {
  const [V, D, F, L] = [1009, 96, 1201, 3];
  const config: ModelConfig = {
    ...GOLDEN_CASES[1].config,
    ...{ vocabularySize: V, hiddenSize: D, intermediateSize: F, layers: L, tiedEmbeddings: true },
  };
  const weights = randomWeights(config, new Numbers(3));
  const bytes = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const group: TrainingGroup = { prompt: Int32Array.of(3, 5), completions: [tokenRows(Int32Array.of(7, 11))] };
  const held = async (options: EngineOptions) => {
    const model = await createEngine(config, weights, { workers: 1, ...options });
    await model.accumulate([group], quadratic(config));
    await model.update({ ...STEP, step: 1 });
    const { memoryBytes } = model;
    await model.dispose();
    return memoryBytes;
  };
  const headTransposed = 4 * V * D;
  // Buffers of four rows, 32 rows of logits, and gradients and moments of a rank of 3 take the rest.
  assert(await held({ adapter: ADAPTER }) < bytes + headTransposed + 3e6);
  assert(await held({}) > 4 * bytes + headTransposed);
});
