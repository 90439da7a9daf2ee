/**
 * WebGPU over all golden cases and algorithms, and its errors, which tfjs swallows. Needs a Vulkan or Metal driver;
 * lavapipe will do, where every op takes milliseconds.
 */
import { assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { openDevice } from "../../src/device.ts";
import { BenchError } from "../../src/errors.ts";
import { BACKENDS } from "../backend/backends.ts";
import { ALGORITHM_CASES, testAlgorithms } from "../backend/algorithm_suite.ts";
import { testBackend } from "../backend/suite.ts";

for (const backend of BACKENDS) {
  if (backend.name !== "webgpu") continue;
  testBackend(backend);
  testAlgorithms(backend, ALGORITHM_CASES);
}

const adapter = await navigator.gpu?.requestAdapter();

Deno.test({
  name: "WebGPU goes on with zeros after an error: the device ends the run at the next read",
  // A real GPU binds gigabytes: there the tensor that goes wrong would be too large for a test.
  ignore: !adapter || adapter.limits.maxStorageBufferBindingSize > 2 ** 28,
  fn: async () => {
    const device = await openDevice("webgpu");
    const tooLarge = adapter!.limits.maxStorageBufferBindingSize / 4 + 1;
    const sum = tf.add(tf.zeros([tooLarge]), 1);
    await assertRejects(() => device.read(sum), BenchError, "Cannot go on: webgpu failed: ");
    sum.dispose();
  },
});
