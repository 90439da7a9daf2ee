// h = f(gate) · up, f = SiLU or GELU: Shazeer, arXiv:2002.05202, equations 5 and 6. A row is `width` gates, then `width`
// ups. Each f is gate · p(gate), p the share that passes.

import { bytes, exp4, loadPart, madd, sigmoid4, storePart, vectorBytes } from "./simd";

/** Which f; a constant at each call, and what it rules out is compiled away. */
const enum Kind {
  Silu,
  /** By the error function. */
  Gelu,
  /** Its approximation by tanh: Hendrycks and Gimpel, arXiv:1606.08415, section 2. */
  GeluTanh,
}

const HALF_ROOT: f32 = 0.70710678;
const NORMAL: f32 = 0.39894228;
// 2 · √(2/π), and the cubic term's factor.
const TANH_SLOPE: f32 = 1.5957691;
const TANH_CUBIC: f32 = 0.044715;

/** The normal distribution function, to about 1e-7 of the smaller tail (erfcc of Numerical Recipes, section 6.2). */
function normal4(x: v128): v128 {
  const one = f32x4.splat(1), half = f32x4.splat(0.5);
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(HALF_ROOT));
  const t = f32x4.div(one, madd(z, half, one));
  let p = f32x4.splat(0.17087277);
  p = madd(p, t, f32x4.splat(-0.82215223));
  p = madd(p, t, f32x4.splat(1.48851587));
  p = madd(p, t, f32x4.splat(-1.13520398));
  p = madd(p, t, f32x4.splat(0.27886807));
  p = madd(p, t, f32x4.splat(-0.18628806));
  p = madd(p, t, f32x4.splat(0.09678418));
  p = madd(p, t, f32x4.splat(0.37409196));
  p = madd(p, t, f32x4.splat(1.00002368));
  p = madd(p, t, f32x4.splat(-1.26551223));
  const tail = f32x4.mul(f32x4.mul(half, t), exp4(f32x4.sub(p, f32x4.mul(z, z))));
  return v128.bitselect(tail, f32x4.sub(one, tail), f32x4.lt(x, f32x4.splat(0)));
}

/** p. */
// @ts-ignore: decorator
@inline
function share(kind: i32, gate: v128): v128 {
  if (kind == Kind.Silu) return sigmoid4(gate);
  if (kind == Kind.Gelu) return normal4(gate);
  const square = f32x4.mul(gate, gate);
  const inner = madd(f32x4.mul(square, f32x4.splat(TANH_CUBIC)), gate, gate);
  return sigmoid4(f32x4.mul(inner, f32x4.splat(TANH_SLOPE)));
}

/** df / d gate, from p and f. */
// @ts-ignore: decorator
@inline
function slope(kind: i32, gate: v128, p: v128, f: v128): v128 {
  const square = f32x4.mul(gate, gate), one = f32x4.splat(1);
  if (kind == Kind.Silu) return madd(f, f32x4.sub(one, p), p);
  if (kind == Kind.Gelu) {
    const density = f32x4.mul(exp4(f32x4.mul(square, f32x4.splat(-0.5))), f32x4.splat(NORMAL));
    return madd(gate, density, p);
  }
  const inner = madd(f32x4.mul(square, f32x4.splat(3 * TANH_CUBIC)), one, one);
  return madd(f32x4.mul(f, f32x4.mul(inner, f32x4.splat(TANH_SLOPE))), f32x4.sub(one, p), p);
}

// @ts-ignore: decorator
@inline
function activate(kind: i32, gate: v128, up: v128): v128 {
  return f32x4.mul(f32x4.mul(gate, share(kind, gate)), up);
}

/** gateUp (rows, 2·width) -> hidden (rows, width). */
// @ts-ignore: decorator
@inline
function forward(kind: i32, gateUp: usize, hidden: usize, rows: i32, width: i32): void {
  const whole = vectorBytes(width), rest = width & 3;
  for (let r = 0; r < rows; r++) {
    const up = gateUp + bytes(width);
    for (let i: usize = 0; i < whole; i += 16) {
      v128.store(hidden + i, activate(kind, v128.load(gateUp + i), v128.load(up + i)));
    }
    if (rest) {
      storePart(hidden + whole, activate(kind, loadPart(gateUp + whole, rest), loadPart(up + whole, rest)), rest);
    }
    gateUp += bytes(2 * width);
    hidden += bytes(width);
  }
}

/** Overwrites gateUp with its gradient, from the gradient of hidden (rows, width). */
// @ts-ignore: decorator
@inline
function backward(kind: i32, gateUp: usize, dHidden: usize, rows: i32, width: i32): void {
  const whole = vectorBytes(width), rest = width & 3;
  for (let r = 0; r < rows; r++) {
    const up = gateUp + bytes(width);
    for (let i: usize = 0; i < whole; i += 16) {
      const g = v128.load(gateUp + i), u = v128.load(up + i), d = v128.load(dHidden + i);
      const p = share(kind, g), f = f32x4.mul(g, p);
      v128.store(gateUp + i, f32x4.mul(f32x4.mul(d, u), slope(kind, g, p, f)));
      v128.store(up + i, f32x4.mul(d, f));
    }
    if (rest) {
      const g = loadPart(gateUp + whole, rest), u = loadPart(up + whole, rest), d = loadPart(dHidden + whole, rest);
      const p = share(kind, g), f = f32x4.mul(g, p);
      storePart(gateUp + whole, f32x4.mul(f32x4.mul(d, u), slope(kind, g, p, f)), rest);
      storePart(up + whole, f32x4.mul(d, f), rest);
    }
    gateUp += bytes(2 * width);
    dHidden += bytes(width);
  }
}

export function swiglu(gateUp: usize, hidden: usize, rows: i32, width: i32): void {
  forward(Kind.Silu, gateUp, hidden, rows, width);
}

export function swigluBackward(gateUp: usize, dHidden: usize, rows: i32, width: i32): void {
  backward(Kind.Silu, gateUp, dHidden, rows, width);
}

export function geglu(gateUp: usize, hidden: usize, rows: i32, width: i32): void {
  forward(Kind.Gelu, gateUp, hidden, rows, width);
}

export function gegluBackward(gateUp: usize, dHidden: usize, rows: i32, width: i32): void {
  backward(Kind.Gelu, gateUp, dHidden, rows, width);
}

export function gegluTanh(gateUp: usize, hidden: usize, rows: i32, width: i32): void {
  forward(Kind.GeluTanh, gateUp, hidden, rows, width);
}

export function gegluTanhBackward(gateUp: usize, dHidden: usize, rows: i32, width: i32): void {
  backward(Kind.GeluTanh, gateUp, dHidden, rows, width);
}
