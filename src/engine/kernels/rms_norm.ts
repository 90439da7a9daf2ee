// y = x · (w + o) / √(mean(x²) + ε), o an offset that is 0 but in Gemma, Zhang and Sennrich, arXiv:1910.07467, equation 4.
// A row holds `groups` vectors of `width` floats, each normalised by itself: one for the residual stream, heads for
// queries and keys.

import { bytes, loadPart, madd, storePart, sumLanes, vectorBytes } from "./simd";

/** `inverse` (rows, groups) receives 1 / √(mean(x²) + ε). x may be y. */
export function rmsNorm(
  x: usize, xStride: i32, weight: usize, y: usize, yStride: i32, inverse: usize,
  rows: i32, groups: i32, width: i32, epsilon: f32, offset: f32,
): void {
  const whole = vectorBytes(width), rest = width & 3, offsets = f32x4.splat(offset);
  for (let r = 0; r < rows; r++) {
    for (let g = 0; g < groups; g++) {
      const xs = x + bytes(g * width), ys = y + bytes(g * width);
      let squares = f32x4.splat(0);
      for (let i: usize = 0; i < whole; i += 16) {
        const v = v128.load(xs + i);
        squares = madd(v, v, squares);
      }
      if (rest) {
        const v = loadPart(xs + whole, rest);
        squares = madd(v, v, squares);
      }
      const scale: f32 = <f32> 1 / sqrt<f32>(sumLanes(squares) / <f32> width + epsilon);
      store<f32>(inverse, scale);
      inverse += 4;
      const scales = f32x4.splat(scale);
      for (let i: usize = 0; i < whole; i += 16) {
        v128.store(ys + i, f32x4.mul(f32x4.mul(v128.load(xs + i), scales), f32x4.add(v128.load(weight + i), offsets)));
      }
      if (rest) {
        const v = f32x4.mul(f32x4.mul(loadPart(xs + whole, rest), scales), f32x4.add(loadPart(weight + whole, rest), offsets));
        storePart(ys + whole, v, rest);
      }
    }
    x += bytes(xStride);
    y += bytes(yStride);
  }
}

/**
 * dx (+)= dy · (w + o) · s - x · s³ · mean(x · dy · (w + o)), dw += x · dy · s, with s the stored `inverse`. dy may be dx where
 * nothing is accumulated.
 */
export function rmsNormBackward(
  x: usize, xStride: i32, weight: usize, inverse: usize, dy: usize, dyStride: i32,
  accumulate: bool, dx: usize, dxStride: i32, dWeight: usize, rows: i32, groups: i32, width: i32, offset: f32,
): void {
  const whole = vectorBytes(width), rest = width & 3, offsets = f32x4.splat(offset);
  for (let r = 0; r < rows; r++) {
    for (let g = 0; g < groups; g++) {
      const xs = x + bytes(g * width), dys = dy + bytes(g * width), dxs = dx + bytes(g * width);
      const scale = load<f32>(inverse);
      inverse += 4;
      const scales = f32x4.splat(scale);
      let dot = f32x4.splat(0);
      for (let i: usize = 0; i < whole; i += 16) {
        const product = f32x4.mul(v128.load(xs + i), v128.load(dys + i));
        dot = madd(product, f32x4.add(v128.load(weight + i), offsets), dot);
        v128.store(dWeight + i, madd(product, scales, v128.load(dWeight + i)));
      }
      if (rest) {
        const product = f32x4.mul(loadPart(xs + whole, rest), loadPart(dys + whole, rest));
        dot = madd(product, f32x4.add(loadPart(weight + whole, rest), offsets), dot);
        storePart(dWeight + whole, madd(product, scales, loadPart(dWeight + whole, rest)), rest);
      }
      const pull = f32x4.splat(-scale * scale * scale / <f32> width * sumLanes(dot));
      for (let i: usize = 0; i < whole; i += 16) {
        const along = f32x4.mul(pull, v128.load(xs + i));
        let v = madd(f32x4.mul(v128.load(dys + i), f32x4.add(v128.load(weight + i), offsets)), scales, along);
        if (accumulate) v = f32x4.add(v, v128.load(dxs + i));
        v128.store(dxs + i, v);
      }
      if (rest) {
        const along = f32x4.mul(pull, loadPart(xs + whole, rest));
        let v = madd(f32x4.mul(loadPart(dys + whole, rest), f32x4.add(loadPart(weight + whole, rest), offsets)), scales, along);
        if (accumulate) v = f32x4.add(v, loadPart(dxs + whole, rest));
        storePart(dxs + whole, v, rest);
      }
    }
    x += bytes(xStride);
    dy += bytes(dyStride);
    dx += bytes(dxStride);
  }
}
