/**
 * What computes: native code where it may and loads, WebAssembly elsewhere; for weight products alone, an OpenBLAS.
 *
 * @module
 */
import { BenchError } from "../../errors.ts";
import type { KernelPath } from "../kernels.ts";
import type { NativeLibrary } from "./library.ts";

/** What to compute with: our kernels in WebAssembly, those in C, or an OpenBLAS for weight products. */
export type Products = "wasm" | NativeLibrary["kind"];

/** What was chosen, absent for WebAssembly, and a line that says it. */
export interface ChosenProducts {
  readonly native?: NativeLibrary;
  readonly line: string;
}

/**
 * Chooses, unless told. What was asked for never falls back to another.
 *
 * @throws {BenchError} If what was asked for does not work here
 */
export async function chooseProducts(asked: Products | undefined, path: KernelPath): Promise<ChosenProducts> {
  if (asked === "wasm") return { line: "in WebAssembly, as asked" };
  if (asked === "blas") {
    const native = (await import("./find_blas.ts")).findBlas();
    return { native, line: `products by ${native.library}` };
  }
  const found = path === "plain"
    ? { reason: "native code rounds as the plain kernels do not" }
    : await (await import("./find_prebuilt.ts")).findPrebuilt();
  if ("native" in found) return { native: found.native, line: `native code, ${found.native.lanes} lanes` };
  if (asked === undefined) return { line: `in WebAssembly, as ${found.reason}` };
  throw new BenchError(`Cannot compute in native code: ${found.reason}; leave it to the engine`);
}
