/**
 * The one hook for products with weights, where nearly all arithmetic is: filled by the WebAssembly kernel `product`, by
 * our C `product` or by an OpenBLAS (`native/`). Every entry of the kernels' C is one chain of multiply-adds over k in
 * ascending order; a filler that keeps this order and rounds once gives the same bytes as the relaxed kernels.
 *
 * @module
 */
import type { NativeLibrary } from "./native/library.ts";

/** Columns of a panel of the kernels: two of their vectors. */
const VECTORS_OF_PANEL = 2;
/** Lanes of WebAssembly's vectors, and the most that any have. */
const WASM_LANES = 4, MOST_LANES = 16;
/** The widest panel of all. */
export const WIDEST_PANEL = VECTORS_OF_PANEL * MOST_LANES;

/**
 * C (M, N) = op(A) · B, or C + op(A) · B where `accumulate`; op(A) is A (M, K), or the transpose of A (K, M).
 * Addresses are bytes in the shared memory, strides floats from row to row. B lies in rows, `bPanel` being 0, or in panels
 * that are so many floats apart.
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
  bPanel: number,
  accumulate: boolean,
  c: number,
  cStride: number,
) => void;

/** How wide panels are of a matrix with so many columns, by what multiplies: OpenBLAS knows no panels, and gets one of all. */
export function panelWidths(native: NativeLibrary | undefined): (columns: number) => number {
  if (native?.kind === "blas") return (columns) => columns;
  const width = VECTORS_OF_PANEL * (native?.lanes ?? WASM_LANES);
  return () => width;
}

/** `ROWS` of product_wasm.c, and of product.c with registers of 256 bits: half of those with 512. */
const WASM_TILE_ROWS = 5, NATIVE_TILE_ROWS = 6;

/** Rows that a product takes at once, or of which it takes a multiple: others leave a part of a tile empty. */
export function tileRowsOf(native: NativeLibrary | undefined): number {
  return native === undefined ? WASM_TILE_ROWS : NATIVE_TILE_ROWS;
}
