/**
 * Which native library fills the hook for weight products.
 *
 * @module
 */

/** A library as workers load it. */
export interface NativeProduct {
  readonly kind: "c" | "blas";
  readonly library: string;
}
