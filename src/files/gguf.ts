/**
 * The container of GGUF: what a file says of itself (metadata), and where its tensors lie. All little-endian.
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, versions 2 and 3.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { isFolder, isPresent } from "./read.ts";

/** A value of the metadata; 64-bit integers become numbers. */
export type GgufValue = string | number | boolean | readonly GgufValue[];

/** Where a tensor lies. */
export interface GgufTensor {
  /** Sizes, outermost first. */
  readonly shape: readonly number[];
  /** Number of its type in ggml. */
  readonly type: number;
  /** First byte, from the start of the file. */
  readonly start: number;
}

/** What stands before the numbers. */
export interface Gguf {
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** Whether a path is that of a GGUF file, by its name. */
export function isGguf(path: string): boolean {
  return path.endsWith(".gguf") && isPresent(path) && !isFolder(path);
}

const MAGIC = 0x46554747;
const VERSIONS = [2, 3];
const DEFAULT_ALIGNMENT = 32;
const LARGEST_ALIGNMENT = 65536;
/** No tensor has more. */
const MOST_DIMENSIONS = 4;
/** Lists within lists; those of real files hold plain values. */
const MOST_DEPTH = 4;

/**
 * Reads a file's metadata and its table of tensors.
 *
 * @throws {BenchError} If it is not a GGUF file of a version that is known, or damaged
 */
export function readGguf(path: string): Gguf {
  using cursor = new Cursor(path);
  if (cursor.size < 4 || cursor.uint32() !== MAGIC) cursor.fail("it is not a GGUF file");
  const version = cursor.uint32();
  if (!VERSIONS.includes(version)) cursor.fail(`its version is ${version}, supported are ${VERSIONS.join(" and ")}`);
  const tensorCount = cursor.count(), metadataCount = cursor.count();
  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < metadataCount; i++) metadata.set(cursor.string(), cursor.value(cursor.uint32()));
  const tensors = new Map<string, GgufTensor>();
  for (let i = 0; i < tensorCount; i++) {
    const name = cursor.string(), dimensions = cursor.uint32();
    if (dimensions > MOST_DIMENSIONS) cursor.fail(`tensor "${name}" has ${dimensions} dimensions`);
    const shape = Array.from({ length: dimensions }, () => cursor.integer()).reverse();
    tensors.set(name, { shape, type: cursor.uint32(), start: cursor.integer() });
  }
  const alignment = metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  if (!Number.isSafeInteger(alignment) || !((alignment as number) > 0 && (alignment as number) <= LARGEST_ALIGNMENT)) {
    cursor.fail(`its alignment is ${JSON.stringify(alignment)}`);
  }
  const data = Math.ceil(cursor.position / (alignment as number)) * (alignment as number);
  return {
    path,
    size: cursor.size,
    metadata,
    tensors: new Map(tensors.entries().map(([name, tensor]) => [name, { ...tensor, start: data + tensor.start }])),
  };
}

/** Reads a file from its start, in pieces. */
class Cursor implements Disposable {
  static readonly #PIECE = 1 << 20;
  static readonly #text = new TextDecoder("utf-8", { fatal: false });
  readonly size: number;
  readonly #path: string;
  readonly #file: Deno.FsFile;
  /** What was read last, and where in the file it begins. */
  #piece = new Uint8Array();
  #start = 0;
  position = 0;

  constructor(path: string) {
    this.#path = path;
    this.#file = Deno.openSync(path);
    this.size = this.#file.statSync().size;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  fail(found: string): never {
    throw new BenchError(`Cannot read ${this.#path}: ${found}; fetch or convert the file again`);
  }

  /** The next bytes, which are valid until the next call. */
  #take(bytes: number): Uint8Array<ArrayBuffer> {
    if (bytes > this.size - this.position) {
      this.fail(`it is truncated: it has ${this.size} bytes, ${bytes} more are announced at byte ${this.position}`);
    }
    if (this.position + bytes > this.#start + this.#piece.length) this.#load(bytes);
    const from = this.position - this.#start;
    this.position += bytes;
    return this.#piece.subarray(from, from + bytes) as Uint8Array<ArrayBuffer>;
  }

  #load(bytes: number): void {
    this.#piece = new Uint8Array(Math.min(Math.max(bytes, Cursor.#PIECE), this.size - this.position));
    this.#start = this.position;
    this.#file.seekSync(this.position, Deno.SeekMode.Start);
    for (let filled = 0; filled < this.#piece.length;) {
      filled += this.#file.readSync(this.#piece.subarray(filled)) ?? this.fail("it became shorter while it was read");
    }
  }

  #view(bytes: number): DataView {
    const taken = this.#take(bytes);
    return new DataView(taken.buffer, taken.byteOffset, bytes);
  }

  uint32(): number {
    return this.#view(4).getUint32(0, true);
  }

  /** A 64-bit integer. */
  integer(): number {
    const value = this.#view(8).getBigUint64(0, true);
    if (value > Number.MAX_SAFE_INTEGER) this.fail(`a size is ${value}`);
    return Number(value);
  }

  /** How many entries follow; each takes a byte or more. */
  count(): number {
    const count = this.integer();
    if (count > this.size) this.fail(`it announces ${count} entries in ${this.size} bytes`);
    return count;
  }

  string(): string {
    return Cursor.#text.decode(this.#take(this.integer()));
  }

  /** A value of that type. */
  value(type: number, depth = 0): GgufValue {
    switch (type) {
      case 0:
        return this.#view(1).getUint8(0);
      case 1:
        return this.#view(1).getInt8(0);
      case 2:
        return this.#view(2).getUint16(0, true);
      case 3:
        return this.#view(2).getInt16(0, true);
      case 4:
        return this.uint32();
      case 5:
        return this.#view(4).getInt32(0, true);
      case 6:
        return this.#view(4).getFloat32(0, true);
      case 7:
        return this.#view(1).getUint8(0) !== 0;
      case 8:
        return this.string();
      case 9: {
        if (depth >= MOST_DEPTH) this.fail("its metadata has lists within lists");
        const item = this.uint32(), count = this.count();
        const values: GgufValue[] = [];
        for (let i = 0; i < count; i++) values.push(this.value(item, depth + 1));
        return values;
      }
      case 10:
        return Number(this.#view(8).getBigUint64(0, true));
      case 11:
        return Number(this.#view(8).getBigInt64(0, true));
      case 12:
        return this.#view(8).getFloat64(0, true);
      default:
        return this.fail(`its metadata has a value of type ${type}`);
    }
  }
}

/** Typed access to the metadata of a file, with errors that name it. */
export class GgufFields {
  constructor(readonly gguf: Gguf) {}

  #of<T extends GgufValue>(key: string, passes: (value: GgufValue) => value is T, expected: string): T | undefined {
    const value = this.gguf.metadata.get(key);
    if (value === undefined || passes(value)) return value;
    throw new BenchError(`Cannot load ${this.gguf.path}: ${key} is not ${expected}; convert the model again`);
  }

  text(key: string): string | undefined {
    return this.#of(key, (value) => typeof value === "string", "a text");
  }

  number(key: string): number | undefined {
    return this.#of(key, (value) => typeof value === "number", "a number");
  }

  flag(key: string): boolean | undefined {
    return this.#of(key, (value) => typeof value === "boolean", "true or false");
  }

  texts(key: string): readonly string[] | undefined {
    return this.#of(key, (value): value is string[] => isListOf(value, "string"), "a list of texts");
  }

  numbers(key: string): readonly number[] | undefined {
    return this.#of(key, (value): value is number[] => isListOf(value, "number"), "a list of numbers");
  }
}

function isListOf(value: GgufValue, type: "string" | "number"): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === type);
}
