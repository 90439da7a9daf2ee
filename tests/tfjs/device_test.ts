import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { openDevice } from "../../src/tfjs/device.ts";

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
