/**
 * WebGPU over all golden cases and algorithms, and its errors, which tfjs swallows. Needs a Vulkan or Metal driver;
 * lavapipe will do, where every op takes milliseconds.
 */
import { assert, assertRejects, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { openDevice, workingAccelerator } from "../../src/tfjs/device.ts";
import { BenchError } from "../../src/errors.ts";
import { testedBackend } from "../backend/backends.ts";
import { ALGORITHM_CASES, testAlgorithms } from "../backend/algorithm_suite.ts";
import { checkKind, KINDS, ON_TFJS, withKind } from "../backend/checkpoint_kinds.ts";
import { testBackend } from "../backend/suite.ts";
import { loadCheckpoint } from "../../src/checkpoint/checkpoint.ts";
import { createTfjsModel } from "../../src/tfjs/model.ts";

const webgpu = await testedBackend("webgpu");
testBackend(webgpu);
testAlgorithms(webgpu, ALGORITHM_CASES);

for (const kind of KINDS.filter(({ name }) => ON_TFJS.includes(name))) {
  Deno.test({
    name: `webgpu: ${kind.name}, logits and gradients of transformers`,
    ignore: webgpu.missing !== undefined,
    fn: () =>
      withKind(kind, async (folder) => {
        const { config, weights } = await loadCheckpoint(folder);
        const model = await createTfjsModel(config, weights, await openDevice("webgpu"));
        await checkKind(model, kind, webgpu.tolerance);
        await model.dispose();
      }),
  });
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

Deno.test("an accelerator that is chosen by itself is never a software adapter", async () => {
  const chosen = await workingAccelerator();
  if (chosen === undefined) return;
  const { details } = await openDevice(chosen.backend);
  assert(details.softwareAdapter !== "true");
  assert(chosen.reason.startsWith(`${chosen.backend} works here`));
});

Deno.test({
  name: "on WebGPU a tensor over the binding limit is refused before it goes wrong",
  ignore: !adapter,
  fn: async () => {
    const device = await openDevice("webgpu");
    const elements = adapter!.limits.maxStorageBufferBindingSize / 4;
    device.requireFits([elements], "a tensor");
    assertThrows(
      () => device.requireFits([elements, 2], "the logits"),
      BenchError,
      "Cannot compute the logits on webgpu",
    );
    await (await openDevice("tfjs-cpu")).activate();
  },
});
