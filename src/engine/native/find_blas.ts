/**
 * An OpenBLAS that is installed on this machine.
 *
 * @module
 */
import { BenchError } from "../../errors.ts";
import type { BlasProduct } from "./library.ts";

/** Names by which loaders and package managers know OpenBLAS. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  linux: ["libopenblas.so.0", "libopenblas.so"],
  darwin: ["/opt/homebrew/opt/openblas/lib/libopenblas.dylib", "/usr/local/opt/openblas/lib/libopenblas.dylib"],
  windows: ["libopenblas.dll", "openblas.dll"],
};

/**
 * The first OpenBLAS that loads.
 *
 * @throws {BenchError} If none does
 */
export function findBlas(names: readonly string[] = NAMES[Deno.build.os] ?? []): BlasProduct {
  for (const library of names) {
    try {
      Deno.dlopen(library, { cblas_sgemm: { parameters: [], result: "void" } }).close();
      return { kind: "blas", library };
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
    }
  }
  throw new BenchError(
    `Cannot use --native blas: no OpenBLAS on this machine (tried ${names.join(", ")}); ` +
      "install one (apt-get install libopenblas0, brew install openblas), or leave --native out",
  );
}
