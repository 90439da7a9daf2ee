/**
 * Time of the engine's parts: products, decoding, one training pass, by workers: `deno task bench:timing`.
 *
 * @module
 */
import { createEngine, type EngineOptions } from "../../src/engine/engine.ts";
import { compileKernels, createSharedMemory, instantiateKernels } from "../../src/engine/kernels.ts";
import { findPrebuilt } from "../../src/engine/native/find_prebuilt.ts";
import { loadNativeKernels } from "../../src/engine/native/kernels.ts";
import type { InputRows, TrainingGroup } from "../../src/models/language_model.ts";
import type { Reads, RowLoss } from "../../src/models/readings.ts";
import { COMPLETION_TOKENS, GROUP, initialWeights, modelOf, randomPrompts } from "../peers/workload.ts";

const MEMORY_PAGES = 256;
const [A, B, C] = [0x10000, 0x310000, 0x810000];

/** Products of a unit of 464 rows at width 128: rows, columns, depth. */
const PRODUCTS = [[464, 704, 128], [464, 128, 352], [464, 384, 128], [64, 704, 128], [1, 704, 128]] as const;

for (const path of ["relaxed", "plain"] as const) {
  const compiled = await compileKernels(path).catch(() => undefined);
  if (compiled === undefined) continue;
  const kernels = instantiateKernels(compiled.module, createSharedMemory(MEMORY_PAGES));
  for (const [m, n, k] of PRODUCTS) {
    const work = `${(2 * m * n * k / 1e6).toFixed(1)} MFLOP`;
    Deno.bench(`product (${m}, ${k}) x (${k}, ${n}), ${work}, ${path}`, { group: `product ${m} ${n} ${k}` }, () => {
      kernels.product(false, m, n, k, A, k, B, n, 0, false, C, n);
    });
  }
  Deno.bench(`gradient product (464, 128)ᵀ x (464, 704), ${path}`, { group: "gradient product" }, () => {
    kernels.product(true, 128, 704, 464, A, 128, B, 704, 0, true, C, 704);
  });
}

const found = await findPrebuilt();
const native = "native" in found ? found.native : undefined;
if (native !== undefined) {
  const product = loadNativeKernels(native, createSharedMemory(MEMORY_PAGES)).product;
  for (const [m, n, k] of PRODUCTS) {
    const work = `${(2 * m * n * k / 1e6).toFixed(1)} MFLOP`;
    Deno.bench(`product (${m}, ${k}) x (${k}, ${n}), ${work}, native`, { group: `product ${m} ${n} ${k}` }, () => {
      product(false, m, n, k, A, k, B, n, 0, false, C, n);
    });
  }
}

const config = modelOf(128);
const prompts = randomPrompts();
const oneToken = (count: number): InputRows => ({
  count,
  width: 1,
  ids: new Int32Array(count).fill(1),
  weights: new Float32Array(count).fill(1),
});
const groups: TrainingGroup[] = prompts.map((prompt) => ({
  prompt,
  completions: Array.from({ length: GROUP }, () => oneToken(COMPLETION_TOKENS - 1)),
}));
const firstLogit: Reads = { at: Int32Array.of(0) };
const constantSlope: RowLoss = { reads: () => firstLogit, score: () => ({ at: Float64Array.of(1e-6) }) };

const ways: [name: string, options: EngineOptions][] = [];
for (let workers = 1; workers <= navigator.hardwareConcurrency; workers *= 2) {
  ways.push([`${workers} workers, WebAssembly`, { workers, products: "wasm" }]);
}
ways.push(["all workers, plain", { kernels: "plain" }]);
if (native !== undefined) ways.push(["all workers, native products", { products: "c" }]);

for (const [name, options] of ways) {
  const start = () => createEngine(config, initialWeights(config), options);
  Deno.bench(`decode 128 x ${COMPLETION_TOKENS} tokens, ${name}`, { group: "decode", n: 5 }, async (b) => {
    const model = await start();
    const sequences = Int32Array.from({ length: prompts.length * GROUP }, (_, i) => i);
    b.start();
    const decoder = await model.decode(prompts, prompts.map(() => GROUP), COMPLETION_TOKENS);
    const reads = Array.from(sequences, () => firstLogit);
    for (let t = 1; t < COMPLETION_TOKENS; t++) await decoder.step(sequences, oneToken(sequences.length), reads);
    b.end();
    await model.dispose();
  });
  Deno.bench(`forward, backward and update of 128 x ${COMPLETION_TOKENS} tokens, ${name}`, {
    group: "train",
    n: 5,
  }, async (b) => {
    const model = await start();
    b.start();
    await model.accumulate(groups, constantSlope);
    await model.update({
      learningRate: 1e-6,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0,
      maxGradientNorm: 1,
      step: 1,
    });
    b.end();
    await model.dispose();
  });
}
