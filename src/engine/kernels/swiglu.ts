// h = silu(gate) · up, Shazeer, arXiv:2002.05202, equation 6. A row is `width` gates, then `width` ups.

import { bytes, loadPart, madd, sigmoid4, storePart, vectorBytes } from "./simd";

// @ts-ignore: decorator
@inline
function activate(gate: v128, up: v128): v128 {
  return f32x4.mul(f32x4.mul(gate, sigmoid4(gate)), up);
}

/** gateUp (rows, 2·width) -> hidden (rows, width). */
export function swiglu(gateUp: usize, hidden: usize, rows: i32, width: i32): void {
  const whole = vectorBytes(width), rest = width & 3;
  for (let r = 0; r < rows; r++) {
    const up = gateUp + bytes(width);
    for (let i: usize = 0; i < whole; i += 16) {
      v128.store(hidden + i, activate(v128.load(gateUp + i), v128.load(up + i)));
    }
    if (rest) {
      storePart(hidden + whole, activate(loadPart(gateUp + whole, rest), loadPart(up + whole, rest)), rest);
    }
    gateUp += bytes(2 * width);
    hidden += bytes(width);
  }
}

/** d (silu(g)·u) / dg over u: σ + g·σ·(1 - σ). */
// @ts-ignore: decorator
@inline
function slope(silu: v128, sigma: v128): v128 {
  return madd(silu, f32x4.sub(f32x4.splat(1), sigma), sigma);
}

/** Overwrites gateUp with its gradient, from the gradient of hidden (rows, width). */
export function swigluBackward(gateUp: usize, dHidden: usize, rows: i32, width: i32): void {
  const whole = vectorBytes(width), rest = width & 3;
  for (let r = 0; r < rows; r++) {
    const up = gateUp + bytes(width);
    for (let i: usize = 0; i < whole; i += 16) {
      const g = v128.load(gateUp + i), u = v128.load(up + i), d = v128.load(dHidden + i);
      const sigma = sigmoid4(g), silu = f32x4.mul(g, sigma);
      v128.store(gateUp + i, f32x4.mul(f32x4.mul(d, u), slope(silu, sigma)));
      v128.store(up + i, f32x4.mul(d, silu));
    }
    if (rest) {
      const g = loadPart(gateUp + whole, rest), u = loadPart(up + whole, rest), d = loadPart(dHidden + whole, rest);
      const sigma = sigmoid4(g), silu = f32x4.mul(g, sigma);
      storePart(gateUp + whole, f32x4.mul(f32x4.mul(d, u), slope(silu, sigma)), rest);
      storePart(up + whole, f32x4.mul(d, silu), rest);
    }
    gateUp += bytes(2 * width);
    dHidden += bytes(width);
  }
}
