/**
 * The memory that all threads of an engine see. It grows where it is, so addresses stay: WebAssembly's own, which ends at
 * 4 GiB, or for native code one without that end.
 *
 * @module
 */
import { MAX_PAGES, PAGE_BYTES } from "./kernels.ts";
import { askForLargePages, type CKernels, type NativeLibrary } from "./native/library.ts";

/** Either of them; structured clones of it share what it holds. */
export type SharedMemory = WebAssembly.Memory | { readonly buffer: SharedArrayBuffer };

/** Bytes that a memory of WebAssembly has at most. */
export const WASM_CAPACITY = MAX_PAGES * PAGE_BYTES;
/** The same for native code: addresses are set aside from the start, memory is taken as it grows. */
export const NATIVE_CAPACITY = 64 * 2 ** 30;

/** Bytes at most, by what computes: an OpenBLAS stands beside kernels in WebAssembly. */
export function capacityOf(native: NativeLibrary | undefined): number {
  return native?.kind === "c" ? NATIVE_CAPACITY : WASM_CAPACITY;
}

/**
 * A memory of one page for native code.
 *
 * @param kernels ask the system for large pages; absent: nobody asks
 */
export function nativeMemory(kernels?: CKernels): SharedMemory {
  const memory = { buffer: new SharedArrayBuffer(PAGE_BYTES, { maxByteLength: NATIVE_CAPACITY }) };
  if (kernels !== undefined) askForLargePages(kernels, memory, NATIVE_CAPACITY);
  return memory;
}

/**
 * Makes a memory larger.
 *
 * @param pages how many more
 * @throws {RangeError} If the machine does not have them
 */
export function growMemory(memory: SharedMemory, pages: number): void {
  if (memory instanceof WebAssembly.Memory) memory.grow(pages);
  else memory.buffer.grow(memory.buffer.byteLength + pages * PAGE_BYTES);
}
