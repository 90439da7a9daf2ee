// C (M, N) = op(A) · B (K, N), or C + op(A) · B. Every entry of C is one chain of multiply-adds over k in ascending order,
// so blocking changes no bit, and neither does what else is in the matrix.
//
// Deno's V8 checks the bounds of every load, so loads are what a tile must save. Of Aᵀ, four rows of a tile come with one
// load and are spread over the lanes by shuffles: 5 by 8 entries of C for 4 loads per step, 52 GFLOPS where loading each
// value of A by itself gives 43 (Zen 4, 3.7 GHz, limit 58.7). A is therefore transposed block by block where that pays.

import { bytes, madd, storePart } from "./simd";
import { copyRows } from "./rows";
import { transpose } from "./transpose";

/** What fits V8's 15 vector registers: 5·2 sums, 2 of B, 1 of A and 1 spread value. */
const TILE_ROWS: i32 = 5;
const TILE_COLUMNS: i32 = 8;
/** Rows of C whose strip of Aᵀ stays in the first-level cache while the columns of B pass by; a multiple of TILE_ROWS. */
const BLOCK_ROWS: i32 = 40;
/** Steps of k that are summed before the next columns are visited. */
const BLOCK_DEPTH: i32 = 128;
/** Gathering a block of Aᵀ costs about as much as this many columns save. */
const LEAST_COLUMNS_TO_GATHER: i32 = 48;

/** Where this instance gathers a block of Aᵀ, (BLOCK_DEPTH, BLOCK_ROWS). */
let scratch: usize = 0;

/** Each worker has scratch of its own. */
export function setScratch(address: usize): void {
  scratch = address;
}

export function scratchFloats(): i32 {
  return BLOCK_ROWS * BLOCK_DEPTH;
}

/** Lane `lane` of `v` in all lanes. */
// @ts-ignore: decorator
@inline
function spread0(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 0, 0, 0, 0);
}
// @ts-ignore: decorator
@inline
function spread1(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 1, 1, 1, 1);
}
// @ts-ignore: decorator
@inline
function spread2(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 2, 2, 2, 2);
}
// @ts-ignore: decorator
@inline
function spread3(v: v128): v128 {
  return v128.shuffle<f32>(v, v, 3, 3, 3, 3);
}

/**
 * One tile: `rows` (1 to 5) by 8 columns of C in registers, of which the first `columns` are written.
 * `transposed`, `rows` and `whole` are constants at each call, and what they rule out is compiled away.
 */
// @ts-ignore: decorator
@inline
function tile(
  transposed: bool, rows: i32, whole: bool, columns: i32, accumulate: bool, depth: i32,
  a: usize, aRow: usize, b: usize, bRow: usize, c: usize, cRow: usize,
): void {
  const zero = f32x4.splat(0);
  let c00 = zero, c01 = zero, c10 = zero, c11 = zero, c20 = zero, c21 = zero;
  let c30 = zero, c31 = zero, c40 = zero, c41 = zero;
  const c1 = c + cRow, c2 = c1 + cRow, c3 = c2 + cRow, c4 = c3 + cRow;
  if (accumulate) {
    c00 = v128.load(c), c01 = v128.load(c, 16);
    if (rows > 1) c10 = v128.load(c1), c11 = v128.load(c1, 16);
    if (rows > 2) c20 = v128.load(c2), c21 = v128.load(c2, 16);
    if (rows > 3) c30 = v128.load(c3), c31 = v128.load(c3, 16);
    if (rows > 4) c40 = v128.load(c4), c41 = v128.load(c4, 16);
  }
  if (transposed) {
    for (const end = a + <usize> depth * aRow; a < end; a += aRow, b += bRow) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let four = v128.load(a);
      let s = spread0(four);
      c00 = madd(s, b0, c00), c01 = madd(s, b1, c01);
      if (rows > 1) s = spread1(four), c10 = madd(s, b0, c10), c11 = madd(s, b1, c11);
      if (rows > 2) s = spread2(four), c20 = madd(s, b0, c20), c21 = madd(s, b1, c21);
      if (rows > 3) s = spread3(four), c30 = madd(s, b0, c30), c31 = madd(s, b1, c31);
      if (rows > 4) four = v128.load(a, 16), s = spread0(four), c40 = madd(s, b0, c40), c41 = madd(s, b1, c41);
    }
  } else {
    let a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow, a4 = a3 + aRow;
    for (const end = a + bytes(depth); a < end; a += 4, b += bRow) {
      const b0 = v128.load(b), b1 = v128.load(b, 16);
      let s = v128.load32_splat(a);
      c00 = madd(s, b0, c00), c01 = madd(s, b1, c01);
      if (rows > 1) s = v128.load32_splat(a1), c10 = madd(s, b0, c10), c11 = madd(s, b1, c11), a1 += 4;
      if (rows > 2) s = v128.load32_splat(a2), c20 = madd(s, b0, c20), c21 = madd(s, b1, c21), a2 += 4;
      if (rows > 3) s = v128.load32_splat(a3), c30 = madd(s, b0, c30), c31 = madd(s, b1, c31), a3 += 4;
      if (rows > 4) s = v128.load32_splat(a4), c40 = madd(s, b0, c40), c41 = madd(s, b1, c41), a4 += 4;
    }
  }
  storeRow(whole, columns, c, c00, c01);
  if (rows > 1) storeRow(whole, columns, c1, c10, c11);
  if (rows > 2) storeRow(whole, columns, c2, c20, c21);
  if (rows > 3) storeRow(whole, columns, c3, c30, c31);
  if (rows > 4) storeRow(whole, columns, c4, c40, c41);
}

// @ts-ignore: decorator
@inline
function storeRow(whole: bool, columns: i32, to: usize, low: v128, high: v128): void {
  if (whole || columns >= TILE_COLUMNS) {
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
function anyTile(
  t: bool, rows: i32, n: i32, acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  if (rows == 1) tile(t, 1, false, n, acc, k, a, ar, b, br, c, cr);
  else if (rows == 2) tile(t, 2, false, n, acc, k, a, ar, b, br, c, cr);
  else if (rows == 3) tile(t, 3, false, n, acc, k, a, ar, b, br, c, cr);
  else if (rows == 4) tile(t, 4, false, n, acc, k, a, ar, b, br, c, cr);
  else tile(t, 5, false, n, acc, k, a, ar, b, br, c, cr);
}

function edgeTile(
  rows: i32, n: i32, acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  anyTile(false, rows, n, acc, k, a, ar, b, br, c, cr);
}

function edgeTileTransposed(
  rows: i32, n: i32, acc: bool, k: i32, a: usize, ar: usize, b: usize, br: usize, c: usize, cr: usize,
): void {
  anyTile(true, rows, n, acc, k, a, ar, b, br, c, cr);
}

/** All tiles of some rows of C, column strip by column strip; `transposed` is a constant at each call. */
// @ts-ignore: decorator
@inline
function tiles(
  transposed: bool, rows: i32, columns: i32, depth: i32,
  a: usize, aRow: usize, b: usize, bRow: usize, accumulate: bool, c: usize, cRow: usize,
): void {
  for (let n = 0; n < columns; n += TILE_COLUMNS) {
    const bAt = b + bytes(n), width = min(columns - n, TILE_COLUMNS);
    for (let m = 0; m < rows; m += TILE_ROWS) {
      const height = min(rows - m, TILE_ROWS), cAt = c + <usize> m * cRow + bytes(n);
      const aAt = a + (transposed ? bytes(m) : <usize> m * aRow);
      if (width < TILE_COLUMNS || height < TILE_ROWS) {
        if (transposed) edgeTileTransposed(height, width, accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
        else edgeTile(height, width, accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
      } else {
        if (transposed) fullTileTransposed(accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
        else fullTile(accumulate, depth, aAt, aRow, bAt, bRow, cAt, cRow);
      }
    }
  }
}

/** `tiles` of Aᵀ, as a call. */
function transposedTiles(
  rows: i32, columns: i32, depth: i32,
  a: usize, aRow: usize, b: usize, bRow: usize, accumulate: bool, c: usize, cRow: usize,
): void {
  tiles(true, rows, columns, depth, a, aRow, b, bRow, accumulate, c, cRow);
}

/**
 * C = A · B, or C + A · B where `accumulate`; with `transposed`, A is stored (K, M). Strides are floats from row to row.
 * Reads up to 7 floats behind the last rows of A, B and C (of which nothing is kept), writes C alone.
 */
export function product(
  transposed: bool, rows: i32, columns: i32, depth: i32,
  a: usize, aStride: i32, b: usize, bStride: i32, accumulate: bool, c: usize, cStride: i32,
): void {
  const aRow = bytes(aStride), bRow = bytes(bStride), cRow = bytes(cStride);
  const gathering = columns >= LEAST_COLUMNS_TO_GATHER && rows >= TILE_ROWS;
  if (!transposed && !gathering) {
    for (let m = 0; m < rows; m += BLOCK_ROWS) {
      const height = min(BLOCK_ROWS, rows - m), aAt = a + <usize> m * aRow, cAt = c + <usize> m * cRow;
      tiles(false, height, columns, depth, aAt, aRow, b, bRow, accumulate, cAt, cRow);
    }
    return;
  }
  for (let k = 0; k < depth; k += BLOCK_DEPTH) {
    const strip = min(BLOCK_DEPTH, depth - k), bAt = b + <usize> k * bRow, more = accumulate || k > 0;
    for (let m = 0; m < rows; m += BLOCK_ROWS) {
      const height = min(BLOCK_ROWS, rows - m), cAt = c + <usize> m * cRow;
      let block = a + (transposed ? <usize> k * aRow + bytes(m) : <usize> m * aRow + bytes(k)), blockRow = aRow;
      if (gathering) {
        if (transposed) copyRows(block, aStride, scratch, BLOCK_ROWS, strip, height);
        else transpose(block, aStride, height, strip, scratch, BLOCK_ROWS);
        block = scratch, blockRow = bytes(BLOCK_ROWS);
      }
      transposedTiles(height, columns, strip, block, blockRow, bAt, bRow, more, cAt, cRow);
    }
  }
}
