import { assert, assertEquals, assertThrows } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { openDevice, workingAccelerator } from "../src/device.ts";
import { BenchError } from "../src/errors.ts";

Deno.test("the cpu device computes, reads and says what it is", async () => {
  const device = await openDevice("tfjs-cpu");
  assertEquals([device.backend, device.reproducibility, device.details.tfjs], ["tfjs-cpu", "bitwise", tf.version_core]);
  const sum = tf.add([1, 2], [3, 4.5]);
  assertEquals([...await device.read(sum)], [4, 6.5]);
  sum.dispose();
  device.requireFits([1e6, 1e6], "anything");
});

Deno.test("gradients are registered, that of gather among them", async () => {
  const device = await openDevice("tfjs-cpu");
  await device.activate();
  const [gradient] = tf.tidy(() =>
    tf.grads((table: tf.Tensor) => tf.gather(table, tf.tensor1d([0, 0, 1], "int32")))(
      [tf.ones([2, 1])],
      tf.ones([3, 1]),
    )
  );
  assertEquals([...await device.read(gradient)], [2, 1]);
  gradient.dispose();
});

Deno.test("an accelerator that is chosen by itself is never a software adapter", async () => {
  const chosen = await workingAccelerator();
  if (chosen === undefined) return;
  const { details } = await openDevice(chosen.backend);
  assert(details.softwareAdapter !== "true");
  assert(chosen.reason.startsWith(`${chosen.backend} works here`));
});

const adapter = await navigator.gpu?.requestAdapter();

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
