/**
 * The one hook for products with weights, where nearly all arithmetic is: filled by the WebAssembly kernel `product`, by
 * our C `product` or by an OpenBLAS (`native/`). Every entry of the kernels' C is one chain of multiply-adds over k in
 * ascending order; a filler that keeps this order and rounds once gives the same bytes as the relaxed kernels.
 *
 * @module
 */
/**
 * C (M, N) = op(A) · B, or C + op(A) · B where `accumulate`; op(A) is A (M, K), or the transpose of A (K, M).
 * Addresses are bytes in the shared memory, strides floats from row to row.
 */
export type Sgemm = (
  transposedA: boolean,
  m: number,
  n: number,
  k: number,
  a: number,
  aStride: number,
  b: number,
  bStride: number,
  accumulate: boolean,
  c: number,
  cStride: number,
) => void;
