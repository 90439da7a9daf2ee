/** The prebuilt kernels: the bytes of the WebAssembly kernels, by every width of vectors that this machine has. */
import { assertEquals, assertRejects } from "@std/assert";
import { createEngine } from "../../src/engine/engine.ts";
import { compileKernels } from "../../src/engine/kernels.ts";
import { chooseProducts } from "../../src/engine/native/choose.ts";
import { findPrebuilt } from "../../src/engine/native/find_prebuilt.ts";
import { BenchError } from "../../src/errors.ts";
import { nativeBuilds } from "./every_build.ts";
import { GOLDEN_CASES, type GoldenCase } from "./golden.ts";
import { testKernels } from "./kernel_suite.ts";

const { path } = await compileKernels();
const found = await findPrebuilt();
const native = "native" in found && path === "relaxed" ? found.native : undefined;
const builds = path === "relaxed" ? await nativeBuilds() : [];

for (const build of builds) testKernels(build);

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
  const expected = native === undefined ? "in WebAssembly, as " : `native code, ${native.lanes} lanes`;
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
