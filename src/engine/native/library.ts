/**
 * A native library in the hook for weight products, called on the engine's memory by address.
 *
 * @module
 */
import { BenchError } from "../../errors.ts";
import type { Sgemm } from "../weight_product.ts";

/** Our C kernel: a file of `prebuilt/`, and the lanes of the product in it that this machine runs. */
export interface CProduct {
  readonly kind: "c";
  readonly library: string;
  readonly lanes: number;
}

/** An OpenBLAS: a path, or a name that the system's loader knows. */
export interface BlasProduct {
  readonly kind: "blas";
  readonly library: string;
}

/** A library as workers load it. */
export type NativeProduct = CProduct | BlasProduct;

/**
 * Loads the library over one shared memory. The memory never moves: a shared WebAssembly memory grows in place.
 *
 * @throws {BenchError} If it cannot be loaded
 */
export function loadNativeProduct(native: NativeProduct, memory: WebAssembly.Memory): Sgemm {
  const bytes = new Uint8Array(memory.buffer);
  return native.kind === "c" ? loadC(native.library, native.lanes, bytes) : loadBlas(native.library, bytes);
}

function loadC(library: string, lanes: number, memory: Uint8Array<ArrayBufferLike>): Sgemm {
  const { address, product } = open(library, {
    // The library tells the address: Deno would for those alone who may load any library.
    address: { parameters: ["buffer"], result: "usize" },
    product: {
      name: `product_${lanes}`,
      parameters: ["i32", "i32", "i32", "i32", "usize", "i32", "usize", "i32", "i32", "usize", "i32"],
      result: "void",
    },
  });
  const base = Number(address(memory));
  return (transposed, m, n, k, a, aStride, b, bStride, accumulate, c, cStride) =>
    product(Number(transposed), m, n, k, base + a, aStride, base + b, bStride, Number(accumulate), base + c, cStride);
}
// Names and numbers of the C interface of BLAS.
const ROW_MAJOR = 101, NOT_TRANSPOSED = 111, TRANSPOSED = 112;

function loadBlas(library: string, memory: Uint8Array<ArrayBufferLike>): Sgemm {
  const base = Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(memory)));
  const { cblas_sgemm, openblas_set_num_threads } = open(library, {
    cblas_sgemm: {
      parameters: [
        ...["i32", "i32", "i32", "i32", "i32", "i32"] as const,
        ...["f32", "usize", "i32", "usize", "i32", "f32", "usize", "i32"] as const,
      ],
      result: "void",
    },
    openblas_set_num_threads: { parameters: ["i32"], result: "void" },
  });
  // The engine's workers are the threads.
  openblas_set_num_threads(1);
  return (transposed, m, n, k, a, aStride, b, bStride, accumulate, c, cStride) =>
    cblas_sgemm(
      ROW_MAJOR,
      transposed ? TRANSPOSED : NOT_TRANSPOSED,
      NOT_TRANSPOSED,
      m,
      n,
      k,
      1,
      base + a,
      aStride,
      base + b,
      bStride,
      accumulate ? 1 : 0,
      base + c,
      cStride,
    );
}

function open<S extends Deno.ForeignLibraryInterface>(
  library: string,
  symbols: S,
): Deno.DynamicLibrary<S>["symbols"] {
  try {
    return Deno.dlopen(library, symbols).symbols;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError(`Cannot load ${library} for weight products: ${reason}`, { cause });
  }
}
