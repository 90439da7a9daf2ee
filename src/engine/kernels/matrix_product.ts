// C (M, N) = A (M, K) · B (K, N), or C + A · B. Every entry of C is one chain of multiply-adds over k in ascending order,
// so blocking changes no bit, and neither does what else is in the matrix.

import { bytes, madd, storePart } from "./simd";

const TILE_ROWS: i32 = 6;
const TILE_COLUMNS: i32 = 8;
/** Rows of C whose part of A stays in the first-level cache while the columns of B pass by; a multiple of TILE_ROWS. */
const BLOCK_ROWS: i32 = 48;

/**
 * One tile: `rows` (1 to 6) by 8 columns of C in registers, of which the first `columns` are written.
 * Entry (m, k) of A lies at `a + m·aRow + k·aStep`, so the same code reads A and Aᵀ. `rows` and `whole` are constants at
 * each call, and what they rule out is compiled away.
 */
// @ts-ignore: decorator
@inline
function tile(
  rows: i32, whole: bool, columns: i32, accumulate: bool, depth: i32,
  a: usize, aRow: usize, aStep: usize, b: usize, bRow: usize, c: usize, cRow: usize,
): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero, c40 = zero, c41 = zero, c50 = zero, c51 = zero;
  const c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow, c4 = c3 + cRow, c5 = c4 + cRow;
  if (accumulate) {
    c00 = v128.load(c), c01 = v128.load(c, 16);
    if (rows > 1) c10 = v128.load(c1), c11 = v128.load(c1, 16);
    if (rows > 2) c20 = v128.load(c2), c21 = v128.load(c2, 16);
    if (rows > 3) c30 = v128.load(c3), c31 = v128.load(c3, 16);
    if (rows > 4) c40 = v128.load(c4), c41 = v128.load(c4, 16);
    if (rows > 5) c50 = v128.load(c5), c51 = v128.load(c5, 16);
  }
  let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
  for (let k = depth; k > 0; k--) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    b += bRow;
    let s = v128.load32_splat(a);
    c00 = madd(s, b0, c00), c01 = madd(s, b1, c01), a += aStep;
    if (rows > 1) s = v128.load32_splat(a1), c10 = madd(s, b0, c10), c11 = madd(s, b1, c11), a1 += aStep;
    if (rows > 2) s = v128.load32_splat(a2), c20 = madd(s, b0, c20), c21 = madd(s, b1, c21), a2 += aStep;
    if (rows > 3) s = v128.load32_splat(a3), c30 = madd(s, b0, c30), c31 = madd(s, b1, c31), a3 += aStep;
    if (rows > 4) s = v128.load32_splat(a4), c40 = madd(s, b0, c40), c41 = madd(s, b1, c41), a4 += aStep;
    if (rows > 5) s = v128.load32_splat(a5), c50 = madd(s, b0, c50), c51 = madd(s, b1, c51), a5 += aStep;
  }
  storeRow(whole, columns, c, c00, c01);
  if (rows > 1) storeRow(whole, columns, c1, c10, c11);
  if (rows > 2) storeRow(whole, columns, c2, c20, c21);
  if (rows > 3) storeRow(whole, columns, c3, c30, c31);
  if (rows > 4) storeRow(whole, columns, c4, c40, c41);
  if (rows > 5) storeRow(whole, columns, c5, c50, c51);
}

// @ts-ignore: decorator
@inline
function storeRow(whole: bool, columns: i32, to: usize, low: v128, high: v128): void {
  if (whole) {
    v128.store(to, low);
    v128.store(to, high, 16);
  } else if (columns >= 4) {
    v128.store(to, low);
    if (columns > 4) storePart(to + 16, high, columns - 4);
  } else {
    storePart(to, low, columns);
  }
}

function tile6(acc: bool, k: i32, a: usize, ar: usize, as: usize, b: usize, br: usize, c: usize, cr: usize): void {
  tile(6, true, TILE_COLUMNS, acc, k, a, ar, as, b, br, c, cr);
}

function tileRest(
  rows: i32, acc: bool, k: i32, a: usize, ar: usize, as: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  if (rows == 1) tile(1, true, TILE_COLUMNS, acc, k, a, ar, as, b, br, c, cr);
  else if (rows == 2) tile(2, true, TILE_COLUMNS, acc, k, a, ar, as, b, br, c, cr);
  else if (rows == 3) tile(3, true, TILE_COLUMNS, acc, k, a, ar, as, b, br, c, cr);
  else if (rows == 4) tile(4, true, TILE_COLUMNS, acc, k, a, ar, as, b, br, c, cr);
  else tile(5, true, TILE_COLUMNS, acc, k, a, ar, as, b, br, c, cr);
}

function tileEdge(
  rows: i32, columns: i32, acc: bool, k: i32, a: usize, ar: usize, as: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  if (rows == 1) tile(1, false, columns, acc, k, a, ar, as, b, br, c, cr);
  else if (rows == 2) tile(2, false, columns, acc, k, a, ar, as, b, br, c, cr);
  else if (rows == 3) tile(3, false, columns, acc, k, a, ar, as, b, br, c, cr);
  else if (rows == 4) tile(4, false, columns, acc, k, a, ar, as, b, br, c, cr);
  else if (rows == 5) tile(5, false, columns, acc, k, a, ar, as, b, br, c, cr);
  else tile(6, false, columns, acc, k, a, ar, as, b, br, c, cr);
}

/**
 * C = A · B, or C + A · B where `accumulate`; with `transposed`, A is stored (K, M). Strides are floats from row to row.
 * Reads up to 7 floats behind the last row of B and C (of which nothing is kept), writes C alone.
 */
export function product(
  transposed: bool, rows: i32, columns: i32, depth: i32,
  a: usize, aStride: i32, b: usize, bStride: i32, accumulate: bool, c: usize, cStride: i32,
): void {
  const aRow: usize = transposed ? 4 : bytes(aStride), aStep: usize = transposed ? bytes(aStride) : 4;
  const bRow = bytes(bStride), cRow = bytes(cStride);
  for (let m0 = 0; m0 < rows; m0 += BLOCK_ROWS) {
    const end = min(m0 + BLOCK_ROWS, rows);
    for (let n = 0; n < columns; n += TILE_COLUMNS) {
      const bAt = b + bytes(n), left = columns - n;
      for (let m = m0; m < end; m += TILE_ROWS) {
        const height = min(end - m, TILE_ROWS);
        const aAt = a + <usize> m * aRow, cAt = c + <usize> m * cRow + bytes(n);
        if (left < TILE_COLUMNS) tileEdge(height, left, accumulate, depth, aAt, aRow, aStep, bAt, bRow, cAt, cRow);
        else if (height == TILE_ROWS) tile6(accumulate, depth, aAt, aRow, aStep, bAt, bRow, cAt, cRow);
        else tileRest(height, accumulate, depth, aAt, aRow, aStep, bAt, bRow, cAt, cRow);
      }
    }
  }
}
