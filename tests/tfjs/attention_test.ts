import { assertEquals } from "@std/assert";
import * as tf from "@tensorflow/tfjs-core";
import { openDevice } from "../../src/tfjs/device.ts";
import { causalAttention, MASKED } from "../../src/tfjs/attention.ts";
import { assertClose } from "../backend/golden_case.ts";

const [N, H, GROUPS, T, D] = [2, 6, 3, 7, 5];
const device = await openDevice("tfjs-cpu");

/** Numbers without a pattern, about unit size. */
function filled(heads: number, phase: number): tf.Tensor4D {
  return tf.tensor4d(Float32Array.from({ length: N * heads * T * D }, (_, i) => Math.sin(1 + phase + i * i)), [
    N,
    heads,
    T,
    D,
  ]);
}

/** Softmax of masked scores in float64, one query at a time. */
function bruteForce(q: Float32Array, k: Float32Array, v: Float32Array, padded: number): Float32Array {
  const at = (x: Float32Array, heads: number, n: number, h: number, t: number, d: number) =>
    x[((n * heads + h) * T + t) * D + d];
  const out = new Float32Array(N * H * T * D);
  for (let n = 0; n < N; n++) {
    for (let h = 0; h < H; h++) {
      const group = Math.floor(h * GROUPS / H);
      for (let t = 0; t < T; t++) {
        const seen = Array.from({ length: t + 1 }, (_, s) => s).filter((s) => n === 0 || s >= padded || t < padded);
        const scores = seen.map((s) => {
          let sum = 0;
          for (let d = 0; d < D; d++) sum += at(q, H, n, h, t, d) * at(k, GROUPS, n, group, s, d);
          return Math.exp(sum / Math.sqrt(D));
        });
        const total = scores.reduce((a, b) => a + b);
        for (let d = 0; d < D; d++) {
          out[((n * H + h) * T + t) * D + d] = seen.reduce(
            (sum, s, i) => sum + scores[i] / total * at(v, GROUPS, n, group, s, d),
            0,
          );
        }
      }
    }
  }
  return out;
}

/** Sums of a few float32 terms of unit size. */
const TOLERANCE = 2e-6;
/** Scores of one query, of two, and of all: blocks of 1, 2 (the last one shorter) and 7 rows. */
const SIZES = [1, 2, T].map((rows) => rows * N * H * T);

Deno.test("attention equals softmax over what may be seen, in blocks of any size, with padding in front", async () => {
  await device.activate();
  const [q, k, v] = [filled(H, 0), filled(GROUPS, 1), filled(GROUPS, 2)];
  const padded = 2;
  // Only the second sequence is padded; its own padding positions are of no account.
  const bias = Float32Array.from({ length: N * T }, (_, i) => i >= T && i < T + padded ? MASKED : 0);
  const padding = tf.tensor4d(bias, [N, 1, 1, T]);
  const expected = bruteForce(q.dataSync<"float32">(), k.dataSync<"float32">(), v.dataSync<"float32">(), padded);
  for (const maxScores of SIZES) {
    const found = tf.tidy(() => causalAttention(q, k, v, { padding, maxScores }));
    const values = await device.read(found);
    for (let h = 0; h < N * H; h++) {
      const first = h * T * D + (h < H ? 0 : padded * D);
      const last = (h + 1) * T * D;
      assertClose(values.subarray(first, last), expected.subarray(first, last), TOLERANCE, `head ${h}`);
    }
    found.dispose();
  }
  tf.dispose([q, k, v, padding]);
});

Deno.test("its gradient is that of the same attention written in differentiable ops", async () => {
  await device.activate();
  const inputs = [filled(H, 0), filled(GROUPS, 1), filled(GROUPS, 2)];
  const dy = filled(H, 3);
  const plain = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => {
    const repeat = (x: tf.Tensor) => {
      const apart = x.reshape([N, GROUPS, 1, T * D]);
      return tf.concat(Array.from({ length: H / GROUPS }, () => apart), 2).reshape([N, H, T, D]);
    };
    const future = tf.tensor2d(
      Array.from({ length: T }, (_, t) => Array.from({ length: T }, (_, s) => s > t ? MASKED : 0)),
    );
    const scores = tf.add(tf.mul(tf.matMul(q, repeat(k), false, true), D ** -0.5), future);
    return tf.matMul(tf.softmax(scores, 3), repeat(v));
  };
  const expected = tf.tidy(() => tf.grads(plain)(inputs, dy));
  for (const maxScores of SIZES) {
    const before = tf.memory().numTensors;
    const attend = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) =>
      causalAttention(q as tf.Tensor4D, k as tf.Tensor4D, v as tf.Tensor4D, { maxScores });
    const found = tf.tidy(() => tf.grads(attend)(inputs, dy));
    for (const [i, gradient] of found.entries()) {
      assertClose(await device.read(gradient), await device.read(expected[i]), TOLERANCE, `input ${i}`);
    }
    tf.dispose(found);
    assertEquals(tf.memory().numTensors, before);
  }
  tf.dispose([...inputs, dy, ...expected]);
});
