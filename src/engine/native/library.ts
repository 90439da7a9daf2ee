/**
 * Native libraries, and an OpenBLAS in the hook for weight products, called on the engine's memory by address.
 *
 * @module
 */
import { BenchError } from "../../errors.ts";
import type { SharedMemory } from "../shared_memory.ts";
import type { Sgemm } from "../weight_product.ts";

/** Our C kernels: a file of `prebuilt/`, and the lanes of those in it that this machine runs. */
export interface CKernels {
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
export type NativeLibrary = CKernels | BlasProduct;

// Names and numbers of the C interface of BLAS.
const ROW_MAJOR = 101, NOT_TRANSPOSED = 111, TRANSPOSED = 112;

/**
 * Loads an OpenBLAS over one shared memory, which never moves.
 *
 * @throws {BenchError} If it cannot be loaded
 */
export function loadBlas({ library }: BlasProduct, memory: SharedMemory): Sgemm {
  const base = Number(Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(memory.buffer))));
  const { cblas_sgemm, openblas_set_num_threads } = openLibrary(library, {
    cblas_sgemm: {
      parameters: [
        ...["i32", "i32", "i32", "i32", "i32", "i32"] as const,
        ...["f32", "usize", "i32", "usize", "i32", "f32", "usize", "i32"] as const,
      ],
      result: "void",
    },
    openblas_set_num_threads: { parameters: ["i32"], result: "void" },
  });
  // It knows no panels: what is packed for it has one, which are rows. The engine's workers are the threads.
  openblas_set_num_threads(1);
  return (transposed, m, n, k, a, aStride, b, bStride, _bPanel, accumulate, c, cStride) =>
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

/** Asks the system to hold a memory in large pages, all that it may grow to. Nothing depends on whether it does. */
export function askForLargePages({ library }: CKernels, memory: SharedMemory, bytes: number): void {
  const { askForLargePages } = openLibrary(library, {
    askForLargePages: { parameters: ["buffer", "f64"], result: "void" },
  });
  askForLargePages(new Uint8Array(memory.buffer), bytes);
}

/** Opens a library; a reason why it does not load is named. */
export function openLibrary<S extends Deno.ForeignLibraryInterface>(
  library: string,
  symbols: S,
): Deno.DynamicLibrary<S>["symbols"] {
  try {
    return Deno.dlopen(library, symbols).symbols;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BenchError(`Cannot load ${library} of the engine: ${reason}`, { cause });
  }
}
