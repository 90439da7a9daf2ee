/** The native fillers of the engine's hook for weight products; skipped, and said so, where the machine lacks them. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createEngine } from "../../src/engine/engine.ts";
import { compileKernels, createSharedMemory, instantiateKernels } from "../../src/engine/kernels.ts";
import { compileNativeProduct } from "../../src/engine/native/compile.ts";
import { findBlas } from "../../src/engine/native/find_blas.ts";
import { loadNativeProduct } from "../../src/engine/native/library.ts";
import { BenchError } from "../../src/errors.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { checkKind, KINDS, withKind } from "../backend/checkpoint_kinds.ts";
import { GOLDEN_CASES, type GoldenCase, Numbers } from "../engine/golden.ts";

const compiler = await new Deno.Command("cc", { args: ["--version"], stdout: "null", stderr: "null" }).output()
  .then(({ success }) => success, () => false);
const blas = (() => {
  try {
    return findBlas();
  } catch {
    return undefined;
  }
})();
const relaxed = (await compileKernels()).path === "relaxed";

/** Odd sizes around every tile and block of both kernels. */
const SIZES = [[1, 1, 1], [6, 32, 3], [7, 33, 13], [49, 65, 129], [53, 97, 257], [5, 31, 131], [61, 127, 64]];

Deno.test({
  name: "the C kernel gives the bytes of the relaxed kernels",
  ignore: !compiler || !relaxed,
  fn: async () => {
    const memory = createSharedMemory(64);
    const kernels = instantiateKernels((await compileKernels("relaxed")).module, memory);
    const [a, b, c, scratch] = [0x10000, 0x110000, 0x210000, 0x310000];
    kernels.setScratch(scratch);
    const native = loadNativeProduct(await compileNativeProduct(), memory);
    for (const [m, n, k] of SIZES) {
      for (const transposed of [false, true]) {
        for (const accumulate of [false, true]) {
          const numbers = new Numbers(m + n + k);
          new Float32Array(memory.buffer, a, m * k).set(numbers.take(m * k));
          new Float32Array(memory.buffer, b, k * n).set(numbers.take(k * n));
          const out = new Float32Array(memory.buffer, c, m * n);
          const start = numbers.take(m * n);
          const run = (product: typeof native) => {
            out.set(start);
            product(transposed, m, n, k, a, transposed ? m : k, b, n, accumulate, c, n);
            return out.slice();
          };
          assertEquals(run(native), run(kernels.product), `${m} ${n} ${k} ${transposed} ${accumulate}`);
        }
      }
    }
  },
});

async function trained(golden: GoldenCase, options: Parameters<typeof createEngine>[2]): Promise<Float32Array[]> {
  const model = await createEngine(golden.config, golden.weights, options);
  try {
    await model.accumulate(golden.groups, golden.loss);
    const step = { learningRate: 1e-2, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1 };
    await model.update({ ...step, step: 1 });
    return [...(await model.weights()).values()].map(({ data }) => data);
  } finally {
    await model.dispose();
  }
}

for (const golden of GOLDEN_CASES) {
  Deno.test({
    name: `training with --native c gives the bytes of training without: ${golden.name}`,
    ignore: !compiler || !relaxed,
    fn: async () => {
      assertEquals(await trained(golden, { workers: 3, native: "c" }), await trained(golden, { workers: 2 }));
    },
  });
}

Deno.test({
  name: "gradients with --native blas agree with transformers in float64",
  ignore: blas === undefined,
  fn: async () => {
    for (const golden of GOLDEN_CASES) {
      const model = await createEngine(golden.config, golden.weights, { workers: 2, native: "blas" });
      try {
        assertEquals(model.reproducibility, "same-shape");
        await model.accumulate(golden.groups, golden.loss);
        for (const [name, { data }] of await model.gradients()) {
          const expected = golden.gradients.get(name)!;
          // The tolerance of engine_test.ts, for the same reason.
          const allowed = 1e-5 * expected.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
          data.forEach((x, i) => assert(Math.abs(x - expected[i]) <= allowed, `${golden.name}: ${name}[${i}]`));
        }
      } finally {
        await model.dispose();
      }
    }
  },
});

Deno.test("without a C compiler --native c is one clear error", async () => {
  const path = Deno.env.get("PATH");
  Deno.env.set("PATH", "/nonexistent");
  try {
    await assertRejects(() => compileNativeProduct(), BenchError, "no cc on this machine");
  } finally {
    if (path !== undefined) Deno.env.set("PATH", path);
  }
});

Deno.test("without an OpenBLAS --native blas is one clear error", () => {
  assertThrows(() => findBlas(["libnothing.so.9"]), BenchError, "no OpenBLAS on this machine (tried libnothing.so.9)");
});

Deno.test({
  name: "checkpoints of every kind by the C kernel: logits and gradients of transformers",
  ignore: !compiler,
  fn: async () => {
    for (const kind of KINDS.filter(({ logits }) => logits !== undefined)) {
      await withKind(kind, async (folder) => {
        const { config, weights } = await loadCheckpoint(folder);
        const engine = await createEngine(config, weights, { workers: 1, native: "c" });
        await checkKind(engine, kind);
        await engine.dispose();
      });
    }
  },
});
