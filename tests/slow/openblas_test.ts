/** An OpenBLAS in the engine's hook for weight products; skipped, and said so, where the machine lacks it. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createEngine } from "../../src/engine/engine.ts";
import { findBlas } from "../../src/engine/native/find_blas.ts";
import { BenchError } from "../../src/errors.ts";
import { GOLDEN_CASES } from "../engine/golden.ts";

const blas = (() => {
  try {
    return findBlas();
  } catch {
    console.warn("SKIPPED: products by OpenBLAS: none on this machine");
    return undefined;
  }
})();

Deno.test({
  name: "gradients with --native blas agree with transformers in float64",
  ignore: blas === undefined,
  fn: async () => {
    for (const golden of GOLDEN_CASES) {
      const model = await createEngine(golden.config, golden.weights, { workers: 2, products: "blas" });
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

Deno.test({
  name: "weights in bf16 are refused with --native blas",
  ignore: blas === undefined,
  fn: async () => {
    const [{ config, weights }] = GOLDEN_CASES;
    await assertRejects(
      () => createEngine(config, weights, { products: "blas", decodeDtype: "bfloat16" }),
      BenchError,
      "leave --native or --decode-dtype out",
    );
  },
});

Deno.test("without an OpenBLAS --native blas is one clear error", () => {
  assertThrows(() => findBlas(["libnothing.so.9"]), BenchError, "no OpenBLAS on this machine (tried libnothing.so.9)");
});
