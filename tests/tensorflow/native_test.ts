import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { defaultFolder, SETUP_COMMAND } from "../../src/tensorflow/build.ts";
import { loadTensorflow, TENSORFLOW_BACKEND } from "../../src/tensorflow/load.ts";
import { tensorflowStatus } from "../../src/tensorflow/status.ts";

const mayOpen = Deno.permissions.querySync({ name: "ffi", path: defaultFolder() }).state === "granted";
const { ready } = mayOpen ? await tensorflowStatus() : { ready: false };
const reason = ready ? "" : ` (SKIPPED: ${mayOpen ? `no build, run: ${SETUP_COMMAND}` : "no --allow-ffi"})`;

Deno.test({
  name: `native TensorFlow and tfjs-cpu agree on values and gradients through one tfjs-core${reason}`,
  ignore: !ready,
  // TensorFlow keeps threads and handles for the process.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const before = tf.getBackend();
    const details = await loadTensorflow();
    assertEquals(await loadTensorflow(), details);
    assert(tf.findBackendFactory(TENSORFLOW_BACKEND));
    const [cpu, native] = [await lossAndGradient("cpu"), await lossAndGradient(TENSORFLOW_BACKEND)];
    // Sums of at most 7 terms of order one in float32: a few units in the last place, 1.2e-7 each.
    cpu.forEach((value, i) => assertAlmostEquals(native[i], value, 2e-6));
    if (before) await tf.setBackend(before);
  },
});

/** Cross-entropy of a softmax layer on gathered rows, and its gradient with respect to the table. */
async function lossAndGradient(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  const table = tf.tensor2d(Array.from({ length: 35 }, (_, i) => Math.sin(i)), [7, 5]);
  const rows = tf.tensor1d([3, 0, 3], "int32");
  const targets = tf.oneHot(tf.tensor1d([2, 6, 1], "int32"), 7);
  const loss = (weights: tf.Tensor) =>
    tf.neg(
      tf.sum(tf.mul(targets, tf.logSoftmax(tf.matMul(tf.gather(weights, rows), weights, false, true)))),
    ) as tf.Scalar;
  const { value, grad } = tf.valueAndGrad(loss)(table);
  const numbers = [...await value.data(), ...await grad.data()];
  tf.dispose([table, rows, targets, value, grad]);
  return numbers;
}
