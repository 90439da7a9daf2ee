/** WebGPU goes on with zeros after an error; the device must not. Needs a Vulkan or Metal driver, lavapipe will do. */
import { assertRejects } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { openDevice } from "../../src/device.ts";
import { BenchError } from "../../src/errors.ts";

const adapter = await navigator.gpu?.requestAdapter();
if (!adapter) console.warn("tests/slow: WebGPU's errors are SKIPPED: there is no GPU adapter");

Deno.test({
  name: "a computation over the binding limit ends the run at the next read",
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
