// The rows of attention probabilities.

import { bytes, exp4, loadPart, madd, maxLanes, storePart, sumLanes, vectorBytes } from "./simd";

/**
 * Turns `count` scores into softmax(scale · scores), in place, scale > 0, of which the last `window` count; those before
 * become 0. Up to 3 floats behind them become 0, so that whole vectors can be read.
 */
export function softmaxRow(scores: usize, count: i32, window: i32, scale: f32): void {
  const padded = (count + 3) & ~3;
  for (let i = 0; i < count - window; i++) store<f32>(scores + bytes(i), -Infinity);
  for (let i = count; i < padded; i++) store<f32>(scores + bytes(i), -Infinity);
  const end = scores + bytes(padded);
  let highest = f32x4.splat(-Infinity);
  for (let at = scores; at < end; at += 16) highest = f32x4.pmax(highest, v128.load(at));
  const shift = f32x4.splat(maxLanes(highest)), scales = f32x4.splat(scale);
  let sums = f32x4.splat(0);
  for (let at = scores; at < end; at += 16) {
    const e = exp4(f32x4.mul(f32x4.sub(v128.load(at), shift), scales));
    v128.store(at, e);
    sums = f32x4.add(sums, e);
  }
  const inverse = f32x4.splat(<f32> 1 / sumLanes(sums));
  for (let at = scores; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), inverse));
}

/** Overwrites `count` gradients of probabilities with those of scores: scale · p · (dp - Σ p·dp). */
export function softmaxRowBackward(probabilities: usize, gradients: usize, count: i32, scale: f32): void {
  const whole = vectorBytes(count), rest = count & 3;
  let dots = f32x4.splat(0);
  for (let i: usize = 0; i < whole; i += 16) {
    dots = madd(v128.load(probabilities + i), v128.load(gradients + i), dots);
  }
  if (rest) dots = madd(loadPart(probabilities + whole, rest), loadPart(gradients + whole, rest), dots);
  const dot = f32x4.splat(sumLanes(dots)), scales = f32x4.splat(scale);
  for (let i: usize = 0; i < whole; i += 16) {
    const slope = f32x4.sub(v128.load(gradients + i), dot);
    v128.store(gradients + i, f32x4.mul(f32x4.mul(v128.load(probabilities + i), slope), scales));
  }
  if (rest) {
    const slope = f32x4.sub(loadPart(gradients + whole, rest), dot);
    storePart(gradients + whole, f32x4.mul(f32x4.mul(loadPart(probabilities + whole, rest), slope), scales), rest);
  }
}
