// C (M, N) = A (M, K) · B (K, N), or C + A · B. Every entry of C is one chain of multiply-adds over k in ascending order,
// so blocking changes no bit, and neither does what else is in the matrix.

import { bytes, madd, storePart } from "./simd";

const TILE_ROWS: i32 = 6;
const TILE_COLUMNS: i32 = 8;
/** Rows of C whose part of A stays in the first-level cache while the columns of B pass by; a multiple of TILE_ROWS. */
const BLOCK_ROWS: i32 = 48;
/** Rows of Aᵀ and B that are summed before the next columns are visited. */
const BLOCK_DEPTH: i32 = 128;

/**
 * One tile: `rows` (1 to 6) by 8 columns of C in registers, of which the first `columns` are written.
 * `transposed`, `rows` and `whole` are constants at each call, and what they rule out is compiled away: Aᵀ is read from
 * one pointer that moves down its rows, A from a pointer for each row.
 */
// @ts-ignore: decorator
@inline
function tile(
  transposed: bool, rows: i32, whole: bool, columns: i32, accumulate: bool, depth: i32,
  a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize,
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
  if (transposed) {
    for (const end = a + <usize> depth * aRow; a < end; a += aRow, b += bRow) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let s = v128.load32_splat(a);
      c00 = madd(s, b0, c00), c01 = madd(s, b1, c01);
      if (rows > 1) s = v128.load32_splat(a, 4), c10 = madd(s, b0, c10), c11 = madd(s, b1, c11);
      if (rows > 2) s = v128.load32_splat(a, 8), c20 = madd(s, b0, c20), c21 = madd(s, b1, c21);
      if (rows > 3) s = v128.load32_splat(a, 12), c30 = madd(s, b0, c30), c31 = madd(s, b1, c31);
      if (rows > 4) s = v128.load32_splat(a, 16), c40 = madd(s, b0, c40), c41 = madd(s, b1, c41);
      if (rows > 5) s = v128.load32_splat(a, 20), c50 = madd(s, b0, c50), c51 = madd(s, b1, c51);
    }
  } else {
    let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow, a5 = a4 + aRow;
    for (const end = a + bytes(depth); a < end; a += 4, b += bRow) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let s = v128.load32_splat(a);
      c00 = madd(s, b0, c00), c01 = madd(s, b1, c01);
      if (rows > 1) s = v128.load32_splat(a1), c10 = madd(s, b0, c10), c11 = madd(s, b1, c11), a1 += 4;
      if (rows > 2) s = v128.load32_splat(a2), c20 = madd(s, b0, c20), c21 = madd(s, b1, c21), a2 += 4;
      if (rows > 3) s = v128.load32_splat(a3), c30 = madd(s, b0, c30), c31 = madd(s, b1, c31), a3 += 4;
      if (rows > 4) s = v128.load32_splat(a4), c40 = madd(s, b0, c40), c41 = madd(s, b1, c41), a4 += 4;
      if (rows > 5) s = v128.load32_splat(a5), c50 = madd(s, b0, c50), c51 = madd(s, b1, c51), a5 += 4;
    }
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

function fullTile(acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize): void {
  tile(false, TILE_ROWS, true, TILE_COLUMNS, acc, k, a, ar, b, br, c, cr);
}

function fullTileTransposed(acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize): void {
  tile(true, TILE_ROWS, true, TILE_COLUMNS, acc, k, a, ar, b, br, c, cr);
}

/** A tile of fewer rows or columns. */
// @ts-ignore: decorator
@inline
function partTile(
  t: bool, whole: bool, rows: i32, n: i32, acc: bool, k: i32,
  a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  if (rows == 1) tile(t, 1, whole, n, acc, k, a, ar, b, br, c, cr);
  else if (rows == 2) tile(t, 2, whole, n, acc, k, a, ar, b, br, c, cr);
  else if (rows == 3) tile(t, 3, whole, n, acc, k, a, ar, b, br, c, cr);
  else if (rows == 4) tile(t, 4, whole, n, acc, k, a, ar, b, br, c, cr);
  else if (rows == 5) tile(t, 5, whole, n, acc, k, a, ar, b, br, c, cr);
  else tile(t, 6, whole, n, acc, k, a, ar, b, br, c, cr);
}

function lowTile(
  rows: i32, acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  partTile(false, true, rows, TILE_COLUMNS, acc, k, a, ar, b, br, c, cr);
}

function lowTileTransposed(
  rows: i32, acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  partTile(true, true, rows, TILE_COLUMNS, acc, k, a, ar, b, br, c, cr);
}

function narrowTile(
  rows: i32, n: i32, acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  partTile(false, false, rows, n, acc, k, a, ar, b, br, c, cr);
}

function narrowTileTransposed(
  rows: i32, n: i32, acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  partTile(true, false, rows, n, acc, k, a, ar, b, br, c, cr);
}

/** C = A · B, or C + A · B where `accumulate`, in blocks; `transposed` is a constant at each call. */
// @ts-ignore: decorator
@inline
function blocks(
  transposed: bool, rows: i32, columns: i32, depth: i32,
  a: usize, aRow: usize, b: usize, bRow: usize, accumulate: bool, c: usize, cRow: usize,
): void {
  for (let m0 = 0; m0 < rows; m0 += BLOCK_ROWS) {
    const end = min(m0 + BLOCK_ROWS, rows);
    for (let n = 0; n < columns; n += TILE_COLUMNS) {
      const bAt = b + bytes(n), left = columns - n;
      for (let m = m0; m < end; m += TILE_ROWS) {
        const height = min(end - m, TILE_ROWS), cAt = c + <usize> m * cRow + bytes(n);
        const aAt = a + (transposed ? bytes(m) : <usize> m * aRow);
        if (left < TILE_COLUMNS) {
          if (transposed) narrowTileTransposed(height, left, accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
          else narrowTile(height, left, accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
        } else if (height < TILE_ROWS) {
          if (transposed) lowTileTransposed(height, accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
          else lowTile(height, accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
        } else {
          if (transposed) fullTileTransposed(accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
          else fullTile(accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
        }
      }
    }
  }
}

/**
 * C = A · B, or C + A · B where `accumulate`; with `transposed`, A is stored (K, M). Strides are floats from row to row.
 * Reads up to 7 floats behind the last row of B and C (of which nothing is kept), writes C alone.
 */
export function product(
  transposed: bool, rows: i32, columns: i32, depth: i32,
  a: usize, aStride: i32, b: usize, bStride: i32, accumulate: bool, c: usize, cStride: i32,
): void {
  const aRow = bytes(aStride), bRow = bytes(bStride), cRow = bytes(cStride);
  if (!transposed) {
    blocks(false, rows, columns, depth, a, aRow, b, bRow, accumulate, c, cRow);
    return;
  }
  // A strip of rows of A and B at a time, so that the columns being read stay in the first-level cache.
  for (let k = 0; k < depth; k += BLOCK_DEPTH) {
    const strip = min(BLOCK_DEPTH, depth - k), aAt = a + <usize> k * aRow, bAt = b + <usize> k * bRow;
    blocks(true, rows, columns, strip, aAt, aRow, bAt, bRow, accumulate || k > 0, c, cRow);
  }
}
