/**
 * Opens the addon of a folder in a process of its own, where a crash or another TensorFlow does no harm, and computes:
 * a product, and a gradient through a gather, against numbers worked out by hand. Prints {@link SelfCheck} as JSON.
 *
 * ```text
 * deno run --allow-ffi --allow-read --allow-env src/tensorflow/self_check.ts .cache/tensorflow
 * ```
 *
 * @module
 */
import * as tf from "npm:@tensorflow/tfjs-core@4.22.0";
import { openAddon, registerBackend, TENSORFLOW_BACKEND } from "./load.ts";

/** What a working addon prints. */
export interface SelfCheck {
  /** TensorFlow's version. */
  readonly tensorflow: string;
  readonly usesGpu: boolean;
}

async function selfCheck(folder: string): Promise<SelfCheck> {
  const addon = openAddon(folder);
  await registerBackend(addon);
  if (!await tf.setBackend(TENSORFLOW_BACKEND)) throw new Error("the backend does not start");
  const x = tf.tensor2d([1, 2, 3, 5], [2, 2]);
  await expect("a product", tf.matMul(x, x, false, true), [5, 13, 13, 34]);
  // d/dx of Σ rows(1, 1, 0) ∘ w is w summed by row.
  const rows = tf.tensor1d([1, 1, 0], "int32");
  const weights = tf.tensor2d([7, 11, 13, 17, 19, 23], [3, 2]);
  const gradient = tf.grad((table) => tf.sum(tf.mul(tf.gather(table, rows), weights)))(x);
  await expect("a gradient", gradient, [19, 23, 20, 28]);
  return { tensorflow: addon.TF_Version, usesGpu: addon.isUsingGpuDevice() };
}

/** These numbers are small integers: every backend computes them exactly. */
async function expect(what: string, tensor: tf.Tensor, expected: readonly number[]): Promise<void> {
  const found = [...await tensor.data()];
  if (found.some((value, i) => value !== expected[i])) {
    throw new Error(`${what} is wrong: found ${found}, expected ${expected}`);
  }
}

if (import.meta.main) console.log(JSON.stringify(await selfCheck(Deno.args[0])));
