// The optimizer over a range of the parameters. Ranges are multiples of 4 floats.

import { bytes, madd } from "./simd";

/**
 * Sums `shards` gradients that lie `shardBytes` apart into the first, in order.
 *
 * @returns the sum of squares of the sums
 */
export function sumShards(first: usize, shardBytes: usize, shards: i32, count: i32): f64 {
  let low = f64x2.splat(0), high = f64x2.splat(0);
  for (const end = first + bytes(count); first < end; first += 16) {
    let sum = v128.load(first);
    for (let s = 1; s < shards; s++) sum = f32x4.add(sum, v128.load(first + <usize> s * shardBytes));
    v128.store(first, sum);
    const a = f64x2.promote_low_f32x4(sum), b = f64x2.promote_low_f32x4(v128.shuffle<f32>(sum, sum, 2, 3, 2, 3));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  const both = f64x2.add(low, high);
  return f64x2.extract_lane(both, 0) + f64x2.extract_lane(both, 1);
}

/**
 * AdamW, Loshchilov and Hutter, arXiv:1711.05101, algorithm 2:
 * m = β₁m + (1-β₁)g, v = β₂v + (1-β₂)g², w = (1 - ηλ)w - η · m / (1-β₁ᵗ) / (√(v / (1-β₂ᵗ)) + ε), g = gradientScale · gradient.
 *
 * @param decay 1 - ηλ
 * @param rate η / (1-β₁ᵗ)
 * @param correction 1 / √(1-β₂ᵗ)
 */
export function adamw(
  weights: usize, gradients: usize, first: usize, second: usize, count: i32,
  gradientScale: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, decay: f32, rate: f32, correction: f32, epsilon: f32,
): void {
  const scales = f32x4.splat(gradientScale), epsilons = f32x4.splat(epsilon);
  const b1 = f32x4.splat(beta1), r1 = f32x4.splat(rest1), b2 = f32x4.splat(beta2), r2 = f32x4.splat(rest2);
  const decays = f32x4.splat(decay), rates = f32x4.splat(rate), corrections = f32x4.splat(correction);
  for (let i: usize = 0; i < bytes(count); i += 16) {
    const g = f32x4.mul(v128.load(gradients + i), scales);
    const m = madd(r1, g, f32x4.mul(b1, v128.load(first + i)));
    const v = madd(r2, f32x4.mul(g, g), f32x4.mul(b2, v128.load(second + i)));
    v128.store(first + i, m);
    v128.store(second + i, v);
    const step = f32x4.div(f32x4.mul(rates, m), madd(f32x4.sqrt(v), corrections, epsilons));
    v128.store(weights + i, f32x4.sub(f32x4.mul(decays, v128.load(weights + i)), step));
  }
}
