// Rotary position embedding, Su et al., arXiv:2104.09864, equation 34, in the half-split layout of Hugging Face: entry i
// of a head turns with entry i + r/2, r the coordinates that turn, which are its first.

import { bytes, vectorBytes } from "./simd";

/**
 * Turns `heads` heads of `size` in each row by the angles of its position, in place; back where `inverse`.
 * `table` (positions, r): r/2 cosines, then r/2 sines, r = `turned`. `positions` (rows), i32.
 */
export function rope(
  x: usize, xStride: i32, positions: usize, table: usize, rows: i32, heads: i32, size: i32, turned: i32,
  inverse: bool,
): void {
  const half = turned >> 1, whole = vectorBytes(half);
  const sign: f32 = inverse ? -1 : 1, signs = f32x4.splat(sign);
  for (let r = 0; r < rows; r++) {
    const cosines = table + bytes(load<i32>(positions + bytes(r)) * turned), sines = cosines + bytes(half);
    for (let h = 0; h < heads; h++) {
      const low = x + bytes(h * size), high = low + bytes(half);
      for (let i: usize = 0; i < whole; i += 16) {
        const a = v128.load(low + i), b = v128.load(high + i);
        const c = v128.load(cosines + i), s = f32x4.mul(signs, v128.load(sines + i));
        v128.store(low + i, f32x4.sub(f32x4.mul(a, c), f32x4.mul(b, s)));
        v128.store(high + i, f32x4.add(f32x4.mul(b, c), f32x4.mul(a, s)));
      }
      for (let i: usize = whole; i < bytes(half); i += 4) {
        const a = load<f32>(low + i), b = load<f32>(high + i);
        const c = load<f32>(cosines + i), s = sign * load<f32>(sines + i);
        store<f32>(low + i, a * c - b * s);
        store<f32>(high + i, b * c + a * s);
      }
    }
    x += bytes(xStride);
  }
}
