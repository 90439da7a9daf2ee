/** The prebuilt C kernel: the bytes of the WebAssembly kernels, by every width of vectors that this machine has. */
import { assertEquals, assertRejects } from "@std/assert";
import { createEngine } from "../../src/engine/engine.ts";
import { compileKernels, createSharedMemory, instantiateKernels } from "../../src/engine/kernels.ts";
import { chooseProducts } from "../../src/engine/native/choose.ts";
import { findPrebuilt } from "../../src/engine/native/find_prebuilt.ts";
import { loadNativeProduct } from "../../src/engine/native/library.ts";
import { BenchError } from "../../src/errors.ts";
import type { Sgemm } from "../../src/engine/weight_product.ts";
import { GOLDEN_CASES, type GoldenCase, Numbers } from "./golden.ts";

const { path } = await compileKernels();
const found = await findPrebuilt();
const native = "native" in found && path === "relaxed" ? found.native : undefined;
if (native === undefined) console.warn(`SKIPPED: native products, ${"reason" in found ? found.reason : path}`);

/** Odd sizes around every tile and block of both kernels; a single row, a single column, a single step. */
const SIZES = [
  ...[[1, 1, 1], [6, 32, 3], [7, 33, 13], [49, 65, 129], [53, 97, 257], [5, 31, 131], [61, 127, 64]],
  ...[[1, 67, 128], [48, 1, 127], [97, 64, 1], [12, 16, 256]],
] as const;
const WIDTHS = [4, 8, 16];

for (const lanes of WIDTHS) {
  const built = native?.lanes === 4 ? [4] : [8, 16];
  Deno.test({
    name: `products by ${lanes} lanes have the bytes of the relaxed kernels`,
    ignore: native === undefined || lanes > native.lanes || !built.includes(lanes),
    fn: async () => {
      const memory = createSharedMemory(64);
      const kernels = instantiateKernels((await compileKernels("relaxed")).module, memory);
      const [a, b, c, scratch] = [0x10000, 0x110000, 0x210000, 0x310000];
      kernels.setScratch(scratch);
      const product = loadNativeProduct({ ...native!, lanes }, memory);
      for (const [m, n, k] of SIZES) {
        // Rows that lie apart: what is between them is neither taken nor touched.
        for (const gap of [0, 3]) {
          for (const transposed of [false, true]) {
            for (const accumulate of [false, true]) {
              const aStride = (transposed ? m : k) + gap, bStride = n + gap, cStride = n + gap;
              const numbers = new Numbers(m + n + k);
              const fill = (at: number, count: number) =>
                new Float32Array(memory.buffer, at, count).set(numbers.take(count));
              fill(a, aStride * (transposed ? k : m));
              fill(b, bStride * k);
              const out = new Float32Array(memory.buffer, c, cStride * m);
              const start = numbers.take(cStride * m);
              const run = (sgemm: Sgemm) => {
                out.set(start);
                sgemm(transposed, m, n, k, a, aStride, b, bStride, accumulate, c, cStride);
                return out.slice();
              };
              assertEquals(run(product), run(kernels.product), `${m} ${n} ${k} ${gap} ${transposed} ${accumulate}`);
            }
          }
        }
      }
    },
  });
}

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
    name: `training in native code gives the bytes of training in WebAssembly: ${golden.name}`,
    ignore: native === undefined,
    fn: async () => {
      assertEquals(
        await trained(golden, { workers: 3, products: "c" }),
        await trained(golden, { workers: 2, products: "wasm" }),
      );
    },
  });
}

Deno.test("native code is what an engine takes unless told, and it says so", async () => {
  const expected = native === undefined ? "in WebAssembly, as " : `products in native code, ${native.lanes} lanes`;
  assertEquals((await chooseProducts(undefined, path)).line.startsWith(expected), true);
  assertEquals(await chooseProducts("wasm", path), { line: "in WebAssembly, as asked" });
  assertEquals("native" in await chooseProducts(undefined, "plain"), false);
});

Deno.test("a machine without a library, or without its file, computes in WebAssembly", async () => {
  assertEquals(await findPrebuilt({ os: "freebsd", arch: "x86_64" }), {
    reason: "there is no native library for freebsd x86_64",
  });
  assertEquals("reason" in await findPrebuilt(Deno.build, () => undefined), true);
});

Deno.test({
  name: "a library with other bytes than those on record is not loaded",
  ignore: native === undefined,
  fn: async () => {
    const damaged = (file: URL) => {
      const bytes = Deno.readFileSync(file);
      bytes[bytes.length - 1] ^= 1;
      return bytes;
    };
    await assertRejects(() => findPrebuilt(Deno.build, damaged), BenchError, "kernels.sha256 has");
  },
});
