/**
 * The memory that all threads of an engine see. It grows where it is, so addresses stay: WebAssembly's own, which ends at
 * 4 GiB, or for native code one without that end.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { MAX_PAGES, PAGE_BYTES } from "./kernels.ts";
import { askForLargePages, type CKernels, type NativeLibrary } from "./native/library.ts";

/** What native code computes on. */
export interface NativeMemory {
  readonly buffer: SharedArrayBuffer;
}

/** Either of them; structured clones of it share what it holds. */
export type SharedMemory = WebAssembly.Memory | NativeMemory;

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
 * @throws {BenchError} If the process may not have the addresses
 */
export function nativeMemory(kernels?: CKernels): NativeMemory {
  const memory = { buffer: reserve(NATIVE_CAPACITY) };
  if (kernels !== undefined) askForLargePages(kernels, memory, memory.buffer.maxByteLength);
  return memory;
}

/** Sets aside addresses for so many bytes, or for half as many where a process may not have that (`ulimit -v`). */
function reserve(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(PAGE_BYTES, { maxByteLength: bytes });
  } catch (cause) {
    if (bytes > WASM_CAPACITY) return reserve(bytes / 2);
    throw new BenchError(
      `Cannot start the engine: this process may not set aside ${bytes / 2 ** 30} GiB of addresses; ` +
        "raise its limit of virtual memory (ulimit -v), or give --sandboxed",
      { cause },
    );
  }
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
