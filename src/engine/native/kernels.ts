/**
 * The kernels of a library on the engine's memory, under the names and arguments of those in WebAssembly.
 *
 * @module
 */
import type { Kernels } from "../kernels.ts";
import type { SharedMemory } from "../shared_memory.ts";
import { type CKernels, openLibrary } from "./library.ts";
import { ANSWERING, entryName, type KernelName, lettersOf, SIGNATURES, TYPES } from "./signatures.ts";

/** The kernels of the library. */
export type NativeKernels = Pick<Kernels, KernelName>;

/**
 * Loads the kernels over one shared memory, which never moves.
 *
 * @throws {BenchError} If the library cannot be loaded
 */
export function loadNativeKernels({ library, lanes }: CKernels, memory: SharedMemory): NativeKernels {
  const names = Object.keys(SIGNATURES) as KernelName[];
  const symbols = Object.fromEntries(names.map((name) => {
    const parameters = ["f64", ...lettersOf(name).map((letter) => TYPES[letter].ffi)];
    return [name, { name: entryName(name, lanes), parameters, result: ANSWERING.includes(name) ? "f64" : "void" }];
  })) as Record<string, Deno.ForeignFunction>;
  const opened = openLibrary(library, symbols) as Record<string, (base: number, ...numbers: number[]) => number>;
  const { address } = openLibrary(library, { address: { parameters: ["buffer"], result: "usize" } });
  const base = Number(address(new Uint8Array(memory.buffer)));
  return Object.fromEntries(names.map((name) => [name, opened[name].bind(null, base)])) as unknown as NativeKernels;
}
