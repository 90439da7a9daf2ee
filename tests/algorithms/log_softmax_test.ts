import { assertAlmostEquals, assertEquals } from "@std/assert";
import { centralDifferences, NEW_LOGITS, OLD_LOGITS, tokenDensity } from "./helpers.ts";

const logSoftmaxAt = (logits: Float32Array, token: number, T: number, gradient?: Float32Array, scale?: number) =>
  tokenDensity(logits, { token }, T, gradient, scale);
const logSoftmaxAmong = (
  logits: Float32Array,
  kept: Int32Array,
  token: number,
  T: number,
  gradient?: Float32Array,
  scale?: number,
) => tokenDensity(logits, { token, kept }, T, gradient, scale);

Deno.test("log-softmax at a temperature agrees with PyTorch on every token", () => {
  // torch.log_softmax(z / 0.7) in float64, torch 2.15.
  const expected = [
    -0.37378670705451367,
    -1.5166437817920624,
    -2.8023581185960436,
    -3.945215278483085,
    -4.659500992768799,
    -6.088072421340228,
    -7.516643849911656,
    -8.945215278483085,
  ];
  expected.forEach((value, token) => assertAlmostEquals(logSoftmaxAt(OLD_LOGITS, token, 0.7), value, 1e-12));
});

Deno.test("a hard position's density and gradient: the reference vector", () => {
  const gradient = new Float32Array(8);
  assertAlmostEquals(logSoftmaxAt(NEW_LOGITS, 2, 1, gradient), -2.33719381, 1e-6);
  const expected = [-0.645846, -0.176014, 0.903402, -0.039274, -0.029095, -0.008763, -0.003224, -0.001186];
  // The vector has six decimals.
  expected.forEach((value, i) => assertAlmostEquals(gradient[i], value, 6e-7));
});

Deno.test("the gradient is that of central differences, added with its scale", () => {
  const temperature = 0.7;
  const gradient = new Float32Array(8).fill(1);
  logSoftmaxAt(NEW_LOGITS, 1, temperature, gradient, -2);
  const differences = centralDifferences((logits) => logSoftmaxAt(logits, 1, temperature), NEW_LOGITS);
  // Differences err by step² ≈ 1e-6, gradients by 32-bit rounding.
  differences.forEach((value, i) => assertAlmostEquals(gradient[i], 1 - 2 * value, 2e-6));
});

Deno.test("huge logits neither overflow nor lose the answer", () => {
  assertAlmostEquals(logSoftmaxAt(Float32Array.of(3e4, -3e4, 2.9e4), 0, 1), 0, 1e-12);
  assertAlmostEquals(logSoftmaxAt(Float32Array.of(3e4, -3e4, 2.9e4), 2, 1), -1000, 1e-9);
});

Deno.test("log-softmax among kept tokens is that of the kept logits alone", () => {
  const kept = Int32Array.of(4, 0, 6);
  const gradient = new Float32Array(8).fill(1);
  const alone = new Float32Array(3).fill(1);
  const value = logSoftmaxAmong(NEW_LOGITS, kept, 6, 0.7, gradient, -2);
  assertEquals(value, logSoftmaxAt(Float32Array.from(kept, (id) => NEW_LOGITS[id]), 2, 0.7, alone, -2));
  assertEquals([...kept].map((id) => gradient[id]), [...alone]);
  assertEquals([1, 2, 3, 5, 7].map((id) => gradient[id]), [1, 1, 1, 1, 1]);
  // The most probable token may be the one scored, and the one kept token is certain.
  assertAlmostEquals(logSoftmaxAmong(Float32Array.of(3e4, -3e4, 2.9e4), Int32Array.of(1, 2), 1, 1), -5.9e4, 1e-9);
  assertEquals(logSoftmaxAmong(NEW_LOGITS, Int32Array.of(5), 5, 0.7), 0);
});
