// Whole rows: bias and its gradient, gathering and scattering, the embedding of mixtures and its gradient.

import { bytes, loadPart, madd, storePart, vectorBytes } from "./simd";

/** to += from, `width` floats. */
// @ts-ignore: decorator
@inline
function addRow(to: usize, from: usize, width: i32): void {
  const whole = vectorBytes(width), rest = width & 3;
  for (let i: usize = 0; i < whole; i += 16) v128.store(to + i, f32x4.add(v128.load(to + i), v128.load(from + i)));
  if (rest) storePart(to + whole, f32x4.add(loadPart(to + whole, rest), loadPart(from + whole, rest)), rest);
}

/** to += weight · from, `width` floats. */
// @ts-ignore: decorator
@inline
function addScaledRow(to: usize, weight: f32, from: usize, width: i32): void {
  const whole = vectorBytes(width), rest = width & 3, weights = f32x4.splat(weight);
  for (let i: usize = 0; i < whole; i += 16) v128.store(to + i, madd(weights, v128.load(from + i), v128.load(to + i)));
  if (rest) storePart(to + whole, madd(weights, loadPart(from + whole, rest), loadPart(to + whole, rest)), rest);
}

/** Each row of x (rows, width) += bias (width). */
export function addBias(x: usize, bias: usize, rows: i32, width: i32): void {
  for (let r = 0; r < rows; r++) addRow(x + bytes(r * width), bias, width);
}

/** sums (width) += the rows of x (rows, width), in order. */
export function addColumnSums(x: usize, sums: usize, rows: i32, width: i32): void {
  for (let r = 0; r < rows; r++) addRow(sums, x + bytes(r * width), width);
}

/** The first `width` floats of each row. */
export function copyRows(from: usize, fromStride: i32, to: usize, toStride: i32, rows: i32, width: i32): void {
  for (let r = 0; r < rows; r++) {
    memory.copy(to, from, bytes(width));
    from += bytes(fromStride);
    to += bytes(toStride);
  }
}

/** Row i of `to` = row index[i] of `from`; rows of `width` floats. */
export function gatherRows(from: usize, index: usize, to: usize, count: i32, width: i32): void {
  for (let i = 0; i < count; i++) {
    memory.copy(to + bytes(i * width), from + bytes(load<i32>(index + bytes(i)) * width), bytes(width));
  }
}

/** Row index[i] of `to` += row i of `from`, in order. */
export function scatterAddRows(from: usize, index: usize, to: usize, count: i32, width: i32): void {
  for (let i = 0; i < count; i++) {
    addRow(to + bytes(load<i32>(index + bytes(i)) * width), from + bytes(i * width), width);
  }
}

export function fillZero(at: usize, count: i32): void {
  memory.fill(at, 0, bytes(count));
}

/**
 * Row r of `out` = Σ_k weights[r,k] · table[ids[r,k]] + offset[r]; without offset where `offset` is 0.
 * ids, weights (rows, kept). Weights of 0 cost nothing.
 */
export function embed(
  ids: usize, weights: usize, offset: usize, kept: i32, table: usize, out: usize, rows: i32, width: i32,
): void {
  for (let r = 0; r < rows; r++) {
    if (offset) memory.copy(out, offset + bytes(r * width), bytes(width));
    else memory.fill(out, 0, bytes(width));
    for (let k = 0; k < kept; k++) {
      const weight = load<f32>(weights), row = table + bytes(load<i32>(ids) * width);
      if (weight != 0) addScaledRow(out, weight, row, width);
      ids += 4;
      weights += 4;
    }
    out += bytes(width);
  }
}

/** Row ids[r,k] of dTable += weights[r,k] · row r of dOut, in order. */
export function embedBackward(
  ids: usize, weights: usize, kept: i32, dOut: usize, dTable: usize, rows: i32, width: i32,
): void {
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < kept; k++) {
      const weight = load<f32>(weights);
      if (weight != 0) addScaledRow(dTable + bytes(load<i32>(ids) * width), weight, dOut, width);
      ids += 4;
      weights += 4;
    }
    dOut += bytes(width);
  }
}
