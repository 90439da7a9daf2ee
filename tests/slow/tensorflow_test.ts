/**
 * Native TensorFlow on the CPU: one tfjs-core, no leak, and the numerical suite over all golden cases. Needs
 * `deno task setup:tensorflow --cpu`; without it each test says that it is skipped. A GPU has tests/gpu.
 */
import { assertAlmostEquals, assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { tokenRows } from "../../src/models/input_rows.ts";
import { loadTensorflow, TENSORFLOW_BACKEND } from "../../src/tensorflow/load.ts";
import { testedBackend } from "../backend/backends.ts";
import { CASE_NAMES, goldenLoss, loadGoldenCase } from "../backend/golden_case.ts";
import { testBackend } from "../backend/suite.ts";

const OPTIMIZER = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  maxGradientNorm: 1,
};

const found = await testedBackend("tensorflow");
const onGpu = found.missing === undefined && (await loadTensorflow()).device === "cuda";
const backend = onGpu ? { ...found, missing: "the build is for a GPU; run: deno task test:gpu" } : found;
testBackend(backend);

Deno.test({
  name: `native TensorFlow shares its tfjs-core with this program, loaded once or twice` +
    (backend.missing === undefined ? "" : ` (SKIPPED: ${backend.missing})`),
  ignore: backend.missing !== undefined,
  fn: async () => {
    assertEquals(await loadTensorflow(), await loadTensorflow());
    const [cpu, native] = [await lossAndGradient("cpu"), await lossAndGradient(TENSORFLOW_BACKEND)];
    // Sums of at most 7 terms of order one in float32: a few units in the last place, 1.2e-7 each.
    cpu.forEach((value, i) => assertAlmostEquals(native[i], value, 2e-6));
  },
});

Deno.test({
  name: "a hundred steps of decoding and training leave no tensor behind on native TensorFlow",
  ignore: backend.missing !== undefined,
  fn: async () => {
    const { checkpoint, groups, ids } = await loadGoldenCase(CASE_NAMES[0]);
    const model = await backend.create(checkpoint.config, checkpoint.weights);
    const run = async (step: number) => {
      const decoder = await model.decode([ids], [3], 2);
      await decoder.step(Int32Array.of(0, 2), tokenRows(Int32Array.of(1, 2)), [{ top: 1 }, {}]);
      decoder.dispose();
      await model.accumulate(groups, goldenLoss(checkpoint.config.vocabularySize).visit);
      await model.update({ ...OPTIMIZER, step });
    };
    // The first step makes gradients and moments.
    await run(1);
    const { numTensors, numBytes } = tf.memory();
    for (let step = 2; step <= 101; step++) await run(step);
    assertEquals([tf.memory().numTensors, tf.memory().numBytes], [numTensors, numBytes]);
    await model.dispose();
  },
});

/** Cross-entropy of a softmax layer on gathered rows, and its gradient with respect to the table. */
async function lossAndGradient(backend: string): Promise<number[]> {
  await tf.setBackend(backend);
  const table = tf.tensor2d(Array.from({ length: 35 }, (_, i) => Math.sin(i)), [7, 5]);
  const rows = tf.tensor1d([3, 0, 3], "int32");
  const targets = tf.tidy(() => tf.oneHot(tf.tensor1d([2, 6, 1], "int32"), 7));
  const loss = (weights: tf.Tensor) =>
    tf.neg(
      tf.sum(tf.mul(targets, tf.logSoftmax(tf.matMul(tf.gather(weights, rows), weights, false, true)))),
    ) as tf.Scalar;
  const { value, grad } = tf.valueAndGrad(loss)(table);
  const numbers = [...await value.data(), ...await grad.data()];
  tf.dispose([table, rows, targets, value, grad]);
  return numbers;
}
