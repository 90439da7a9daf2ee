/**
 * Blocks of one shared memory. Freed blocks are used again, so that equal steps never grow it.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { createSharedMemory, PAGE_BYTES } from "./kernels.ts";
import { growMemory, type SharedMemory, WASM_CAPACITY } from "./shared_memory.ts";

/** The lowest addresses stay free: 0 means "none" to the kernels. */
export const FIRST_ADDRESS = PAGE_BYTES;
/** Blocks start at multiples of a cache line. */
const LINE_BYTES = 64;
/** Kernels read up to 7 floats behind a matrix; every block ends with a line that may be read. */
const SLACK_BYTES = LINE_BYTES;
export const FLOAT_BYTES = 4;
export const NUMBER_BYTES = 8;

/** Part of the memory; addresses are bytes. */
export interface Block {
  readonly address: number;
  readonly bytes: number;
}

/** Bytes of a block of so many floats. */
export function blockBytes(floats: number): number {
  return Math.ceil(Math.max(floats, 1) * FLOAT_BYTES / LINE_BYTES) * LINE_BYTES + SLACK_BYTES;
}

/** An allocator over one growable shared memory: first fit, neighbours joined when freed. */
export class EngineMemory {
  readonly shared: SharedMemory;
  /** Free blocks by address; no two touch. */
  #free: Block[] = [];
  #end = FIRST_ADDRESS;

  /** @param shared where the blocks lie (default a memory of WebAssembly) */
  constructor(shared: SharedMemory = createSharedMemory()) {
    this.shared = shared;
  }

  /** Bytes held by the memory, free blocks included. */
  get size(): number {
    return this.shared.buffer.byteLength;
  }

  /** Address from which on nothing is held. */
  get tail(): number {
    const last = this.#free.at(-1);
    return last !== undefined && last.address + last.bytes === this.#end ? last.address : this.#end;
  }

  /**
   * A block of at least `floats` floats with whatever they held.
   *
   * @throws {BenchError} If the memory cannot be so large
   */
  allocate(floats: number): Block {
    const bytes = blockBytes(floats);
    const index = this.#free.findIndex((block) => block.bytes >= bytes);
    if (index < 0) return this.#append(bytes);
    const found = this.#free[index];
    if (found.bytes === bytes) this.#free.splice(index, 1);
    else this.#free[index] = { address: found.address + bytes, bytes: found.bytes - bytes };
    return { address: found.address, bytes };
  }

  /** A block of zeros. */
  allocateZeroed(floats: number): Block {
    const block = this.allocate(floats);
    new Uint8Array(this.shared.buffer, block.address, block.bytes).fill(0);
    return block;
  }

  #append(bytes: number): Block {
    // A free block at the end is extended rather than left behind.
    const address = this.tail;
    const end = address + bytes;
    this.#reserve(end);
    if (address !== this.#end) this.#free.pop();
    this.#end = end;
    return { address, bytes };
  }

  #reserve(end: number): void {
    const pages = Math.ceil((end - this.size) / PAGE_BYTES);
    if (pages <= 0) return;
    const [what, most] = this.shared instanceof WebAssembly.Memory
      ? ["32-bit WebAssembly", WASM_CAPACITY] as const
      : ["native code", this.shared.buffer.maxByteLength] as const;
    if (end > most) {
      throw new BenchError(
        `Cannot hold ${gibibytes(end)} for the engine: ${what} ends at ${gibibytes(most)}; ` +
          "use a smaller model or batch, or another backend",
      );
    }
    try {
      growMemory(this.shared, pages);
    } catch (cause) {
      throw new BenchError(`Cannot hold ${gibibytes(end)} for the engine: this machine's memory does not suffice`, {
        cause,
      });
    }
  }

  /** Gives a block back. */
  free(block: Block): void {
    let { address, bytes } = block;
    const after = this.#free.findIndex((other) => other.address > address);
    let index = after < 0 ? this.#free.length : after;
    const next = this.#free[index];
    if (next !== undefined && address + bytes === next.address) {
      bytes += next.bytes;
      this.#free.splice(index, 1);
    }
    const previous = this.#free[index - 1];
    if (previous !== undefined && previous.address + previous.bytes === address) {
      address = previous.address;
      bytes += previous.bytes;
      index--;
      this.#free.splice(index, 1);
    }
    this.#free.splice(index, 0, { address, bytes });
  }

  /** A view; valid as long as the block, though a later view may see a larger memory. */
  floats(address: number, count: number): Float32Array {
    return new Float32Array(this.shared.buffer, address, count);
  }

  ints(address: number, count: number): Int32Array {
    return new Int32Array(this.shared.buffer, address, count);
  }

  /** Numbers of 64 bits. */
  numbers(address: number, count: number): Float64Array {
    return new Float64Array(this.shared.buffer, address, count);
  }
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

/** A block of equal parts, such as one a worker, that is given back as a whole. */
export class DividedBlock {
  readonly #memory: EngineMemory;
  readonly #block: Block;
  readonly #partBytes: number;

  /** @param partBytes bytes of a part, in whole lines as {@link Region} measures them */
  constructor(memory: EngineMemory, parts: number, partBytes: number) {
    this.#memory = memory;
    this.#partBytes = partBytes;
    this.#block = memory.allocate(parts * partBytes / FLOAT_BYTES);
  }

  /** Bytes that such a block takes. */
  static bytes(parts: number, partBytes: number): number {
    return blockBytes(parts * partBytes / FLOAT_BYTES);
  }

  /** Address of a part. */
  part(index: number): number {
    return this.#block.address + index * this.#partBytes;
  }

  free(): void {
    this.#memory.free(this.#block);
  }
}

/** A block that is replaced by a larger one when more is asked for, and kept otherwise. */
export class GrowingBlock {
  /** Asked-for sizes are met with this much to spare, so that slowly growing work settles soon. */
  static readonly SPARE = 1.25;
  readonly #memory: EngineMemory;
  #block: Block | undefined;

  constructor(memory: EngineMemory) {
    this.#memory = memory;
  }

  /** Most bytes that a block takes which is asked for these sizes one after another, with the holes that it leaves. */
  static mostBytes(sizes: readonly number[]): number {
    let bytes = 0, held = 0;
    for (const size of sizes) {
      if (size <= held) continue;
      held = blockBytes(Math.ceil(size * GrowingBlock.SPARE / FLOAT_BYTES));
      bytes += held;
    }
    return bytes;
  }

  /** Address of at least `bytes` bytes; what the block held is lost when it is replaced. */
  reserve(bytes: number): number {
    if (this.#block === undefined || this.#block.bytes < bytes) {
      this.free();
      this.#block = this.#memory.allocate(Math.ceil(bytes * GrowingBlock.SPARE / FLOAT_BYTES));
    }
    return this.#block.address;
  }

  free(): void {
    if (this.#block !== undefined) this.#memory.free(this.#block);
    this.#block = undefined;
  }
}

/** Hands out consecutive parts of a block from `start`; with `start` 0 it measures how much they need. */
export class Region {
  readonly #start: number;
  #next: number;

  constructor(start = 0) {
    this.#start = start;
    this.#next = start;
  }

  /** Address of `count` floats (or 32-bit integers). */
  take(count: number): number {
    const address = this.#next;
    this.#next += Math.ceil(count * FLOAT_BYTES / LINE_BYTES) * LINE_BYTES + SLACK_BYTES;
    return address;
  }

  /** The same of numbers of 64 bits. */
  takeNumbers(count: number): number {
    return this.take(count * NUMBER_BYTES / FLOAT_BYTES);
  }

  /** Bytes handed out. */
  get bytes(): number {
    return this.#next - this.#start;
  }
}
