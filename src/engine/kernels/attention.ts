// Causal attention of one head over a span: `own` rows that see `prefix` earlier rows (a shared prompt) and, of
// themselves, the rows up to each; of all these the last `window`. Forward and backward go in blocks of query rows, so that nothing of size (own, own)
// is ever held; backward computes the probabilities again.
//
// q, k, v and their gradients lie in rows of `stride` floats; kPrefix and vPrefix are the prefix's first rows.
// total = prefix + own; `scoreStride` is total rounded up to a multiple of 4. Scratch: keysT, valuesT (size,
// scoreStride), p and dp (BLOCK_ROWS, scoreStride), each with the slack that matrix_product reads.

import { product } from "./matrix_product";
import { bytes } from "./simd";
import { softmaxRow, softmaxRowBackward } from "./softmax";
import { transpose } from "./transpose";

/** Query rows per block; a multiple of the product's 5 rows, small beside a completion so that little is computed above the diagonal. */
const BLOCK_ROWS: i32 = 20;

/** Rows of scratch that `p` and `dp` need. */
export function attentionBlockRows(): i32 {
  return BLOCK_ROWS;
}

/** to (size, total) = the prefix's rows, then the span's own, transposed. */
// @ts-ignore: decorator
@inline
function transposeBoth(
  prefixRows: usize, ownRows: usize, stride: i32, prefix: i32, own: i32, size: i32, to: usize, toStride: i32,
): void {
  transpose(prefixRows, stride, prefix, size, to, toStride);
  transpose(ownRows, stride, own, size, to + bytes(prefix), toStride);
}

/** p (rows, prefix + first + rows) = causal softmax of scores of query rows `first` and on; 0 above the diagonal. */
function probabilities(
  q: usize, stride: i32, prefix: i32, first: i32, rows: i32, size: i32, window: i32, scale: f32,
  keysT: usize, scoreStride: i32, p: usize,
): void {
  const seen = prefix + first + rows;
  product(false, rows, seen, size, q, stride, keysT, scoreStride, false, p, scoreStride);
  for (let r = 0; r < rows; r++) {
    const row = p + bytes(r * scoreStride), count = prefix + first + r + 1;
    softmaxRow(row, count, window, scale);
    const padded = (count + 3) & ~3;
    if (padded < seen) memory.fill(row + bytes(padded), 0, bytes(seen - padded));
  }
}

/** out (own, size) (+)= a (own, total) · the prefix's rows, then the span's own: one chain over both. */
// @ts-ignore: decorator
@inline
function productBoth(
  rows: i32, size: i32, prefix: i32, own: i32, a: usize, aStride: i32,
  prefixRows: usize, ownRows: usize, stride: i32, out: usize, outStride: i32,
): void {
  if (prefix > 0) product(false, rows, size, prefix, a, aStride, prefixRows, stride, false, out, outStride);
  product(false, rows, size, own, a + bytes(prefix), aStride, ownRows, stride, prefix > 0, out, outStride);
}

/** out (own, size) = softmax(scale · q · kᵀ) · v, of the last `window` positions up to each row. */
export function attention(
  q: usize, k: usize, v: usize, kPrefix: usize, vPrefix: usize, stride: i32, prefix: i32, own: i32, size: i32,
  window: i32, scale: f32, out: usize, outStride: i32, keysT: usize, p: usize, scoreStride: i32,
): void {
  transposeBoth(kPrefix, k, stride, prefix, own, size, keysT, scoreStride);
  for (let first = 0; first < own; first += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, own - first);
    probabilities(q + bytes(first * stride), stride, prefix, first, rows, size, window, scale, keysT, scoreStride, p);
    const outRows = out + bytes(first * outStride);
    productBoth(rows, size, prefix, first + rows, p, scoreStride, vPrefix, v, stride, outRows, outStride);
  }
}

/**
 * dq = …, and dk, dv, dkPrefix, dvPrefix += …, from dOut (own, size).
 * Gradients lie in rows of `stride` floats, as q, k and v do.
 */
export function attentionBackward(
  q: usize, k: usize, v: usize, kPrefix: usize, vPrefix: usize, stride: i32, prefix: i32, own: i32, size: i32,
  window: i32, scale: f32, dOut: usize, outStride: i32,
  dq: usize, dk: usize, dv: usize, dkPrefix: usize, dvPrefix: usize,
  keysT: usize, valuesT: usize, p: usize, dp: usize, scoreStride: i32,
): void {
  transposeBoth(kPrefix, k, stride, prefix, own, size, keysT, scoreStride);
  transposeBoth(vPrefix, v, stride, prefix, own, size, valuesT, scoreStride);
  for (let first = 0; first < own; first += BLOCK_ROWS) {
    const rows = min(BLOCK_ROWS, own - first), seen = first + rows;
    const queries = q + bytes(first * stride), dOutRows = dOut + bytes(first * outStride);
    probabilities(queries, stride, prefix, first, rows, size, window, scale, keysT, scoreStride, p);
    product(false, rows, prefix + seen, size, dOutRows, outStride, valuesT, scoreStride, false, dp, scoreStride);
    for (let r = 0; r < rows; r++) {
      const row = dp + bytes(r * scoreStride), count = prefix + first + r + 1;
      softmaxRowBackward(p + bytes(r * scoreStride), row, count, scale);
      memory.fill(row + bytes(count), 0, bytes(prefix + seen - count));
    }
    const dqRows = dq + bytes(first * stride), pOwn = p + bytes(prefix), dpOwn = dp + bytes(prefix);
    productBoth(rows, size, prefix, seen, dp, scoreStride, kPrefix, k, stride, dqRows, stride);
    product(true, prefix, size, rows, dp, scoreStride, queries, stride, true, dkPrefix, stride);
    product(true, seen, size, rows, dpOwn, scoreStride, queries, stride, true, dk, stride);
    product(true, prefix, size, rows, p, scoreStride, dOutRows, outStride, true, dvPrefix, stride);
    product(true, seen, size, rows, pOwn, scoreStride, dOutRows, outStride, true, dv, stride);
  }
}
