/**
 * The safetensors file format, read one tensor at a time and written one tensor at a time, so that no more than one
 * tensor is held twice: 8 bytes header length, a JSON header `{name: {dtype, shape, data_offsets}}`, the numbers.
 * Format: https://huggingface.co/docs/safetensors (little-endian throughout).
 *
 * @module
 */
import { withDiskErrors, withDiskErrorsMeanwhile, writeAll, writeAllMeanwhile } from "../files/write.ts";
import { BenchError } from "../errors.ts";
import { firstNonFinite, narrowToBfloat16, STORAGE_BYTES, type StorageType, widenInto } from "./half_floats.ts";
import type { HostTensor, NamedTensors } from "../models/language_model.ts";
import { elementCount } from "../models/parameters.ts";

/** Where one tensor lies in its file. */
export interface StoredTensor {
  readonly type: StorageType;
  readonly shape: readonly number[];
  /** First byte, from the start of the file. */
  readonly start: number;
}

const LENGTH_BYTES = 8;
/** The format's own limit on headers. */
const MAX_HEADER_BYTES = 100_000_000;
/** Stored numbers are widened in pieces of this many bytes. */
const PIECE_BYTES = 4 << 20;

/**
 * Reads the header of a safetensors file, and checks it against the file's length.
 *
 * @throws {BenchError} If the file is missing, truncated, or its header is not well formed
 */
export function readSafetensorsHeader(path: string): ReadonlyMap<string, StoredTensor> {
  using file = openToRead(path);
  const { size } = file.statSync();
  const fail = (found: string): never => {
    throw new BenchError(`Cannot read ${path}: ${found}; fetch or copy the file again`);
  };
  if (size < LENGTH_BYTES) fail(`it has ${size} bytes, a safetensors file has at least ${LENGTH_BYTES}`);
  const prefix = new Uint8Array(LENGTH_BYTES);
  readFully(file, prefix, 0, path);
  const headerBytes = Number(new DataView(prefix.buffer).getBigUint64(0, true));
  if (headerBytes > MAX_HEADER_BYTES) {
    fail(`it claims a header of ${headerBytes} bytes, so it is not a safetensors file`);
  }
  const dataStart = LENGTH_BYTES + headerBytes;
  if (dataStart > size) fail(`it is truncated: ${size} bytes found, its header alone ends at ${dataStart}`);
  const headerText = new Uint8Array(headerBytes);
  readFully(file, headerText, LENGTH_BYTES, path);

  const tensors = new Map<string, StoredTensor>();
  const spans: { readonly name: string; readonly first: number; readonly last: number }[] = [];
  for (const [name, entry] of Object.entries(parseHeader(headerText, path))) {
    if (name === "__metadata__") continue;
    const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
    if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
      fail(`header entry "${name}" has no valid shape and data_offsets`);
    }
    const [first, last] = offsets as number[];
    const type = dtype as StorageType;
    if (!Object.hasOwn(STORAGE_BYTES, String(dtype))) {
      throw new BenchError(
        `Cannot read ${path}: tensor "${name}" has dtype ${dtype}, supported are ${
          Object.keys(STORAGE_BYTES).join(", ")
        }; take the checkpoint that it was made from, or dequantize it with transformers and save it as bfloat16`,
      );
    }
    const bytes = elementCount(shape as number[]) * STORAGE_BYTES[type];
    if (last - first !== bytes) {
      fail(
        `tensor "${name}" of shape [${shape}] and dtype ${dtype} needs ${bytes} bytes, its offsets span ${
          last - first
        }`,
      );
    }
    tensors.set(name, { type, shape: shape as number[], start: dataStart + first });
    spans.push({ name, first, last });
  }
  spans.sort((a, b) => a.first - b.first || a.last - b.last);
  const shared = spans.findIndex(({ first }, i) => i > 0 && first < spans[i - 1].last);
  if (shared >= 0) fail(`tensors "${spans[shared - 1].name}" and "${spans[shared].name}" take the same bytes`);
  const end = dataStart + (spans.at(-1)?.last ?? 0);
  if (end > size) fail(`it is truncated: ${size} bytes found, its tensors end at ${end}`);
  return tensors;
}

/**
 * Reads one tensor as 32-bit floats.
 *
 * @throws {BenchError} If the file ends early, or a weight is NaN or infinite
 */
export function readStoredTensor(path: string, name: string, stored: StoredTensor): HostTensor {
  using file = openToRead(path);
  const data = new Float32Array(elementCount(stored.shape));
  const bytesEach = STORAGE_BYTES[stored.type];
  if (stored.type === "F32") {
    readFully(file, new Uint8Array(data.buffer), stored.start, path);
  } else {
    const piece = new Uint8Array(Math.min(PIECE_BYTES, data.length * bytesEach));
    const pieceLength = piece.length / bytesEach;
    for (let first = 0; first < data.length; first += pieceLength) {
      const target = data.subarray(first, first + pieceLength);
      const bytes = piece.subarray(0, target.length * bytesEach);
      readFully(file, bytes, stored.start + first * bytesEach, path);
      widenInto(target, bytes, stored.type);
    }
  }
  const bad = firstNonFinite(data);
  if (bad >= 0) {
    throw new BenchError(
      `Cannot use ${path}: tensor "${name}" holds ${data[bad]} at index ${bad}, every weight must be finite; ` +
        `the checkpoint is damaged or its training diverged`,
    );
  }
  return { shape: stored.shape, data };
}

/**
 * Writes tensors in map order as F32 or BF16, and waits until they are on the disk.
 *
 * @param shapes shapes by name, which must be the tensors' own; given apart so that lazily read tensors are read once
 * @throws {BenchError} If a weight is NaN or infinite
 */
export function writeSafetensors(
  path: string,
  tensors: NamedTensors,
  shapes: ReadonlyMap<string, readonly number[]>,
  type: "F32" | "BF16",
): void {
  withDiskErrors(path, () => writeTensors(path, tensors, shapes, type));
}

/** As {@link writeSafetensors}, while other work goes on: a signal is heard, however large the model is. */
export async function writeSafetensorsMeanwhile(
  ...[path, ...what]: Parameters<typeof writeSafetensors>
): Promise<void> {
  await withDiskErrorsMeanwhile(path, async () => {
    using file = await Deno.open(path, { write: true, create: true, truncate: true });
    for (const piece of storedPieces(path, ...what)) await writeAllMeanwhile(file, piece);
    await file.sync();
  });
}

function writeTensors(...[path, ...what]: Parameters<typeof writeSafetensors>): void {
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  for (const piece of storedPieces(path, ...what)) writeAll(file, piece);
  file.syncSync();
}

/** The bytes of a file, one after another: its header, then each tensor. */
function* storedPieces(
  path: string,
  tensors: NamedTensors,
  shapes: ReadonlyMap<string, readonly number[]>,
  type: "F32" | "BF16",
): Generator<Uint8Array, void> {
  yield encodeHeader(shapes, type);
  for (const name of shapes.keys()) {
    const data = tensors.get(name)?.data;
    if (data?.length !== elementCount(shapes.get(name)!)) {
      throw new BenchError(
        `Cannot write ${path}: tensor "${name}" has ${data?.length ?? "no"} elements, its shape is [${
          shapes.get(name)
        }]`,
      );
    }
    const bad = firstNonFinite(data);
    if (bad >= 0) {
      throw new BenchError(
        `Cannot write ${path}: tensor "${name}" holds ${data[bad]} at index ${bad}; training diverged`,
      );
    }
    const stored = type === "F32" ? data : narrowToBfloat16(data);
    yield new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
  }
}

function encodeHeader(shapes: ReadonlyMap<string, readonly number[]>, type: StorageType): Uint8Array {
  // transformers refuses files without this key.
  const header: Record<string, unknown> = { __metadata__: { format: "pt" } };
  let offset = 0;
  for (const [name, shape] of shapes) {
    const end = offset + elementCount(shape) * STORAGE_BYTES[type];
    header[name] = { dtype: type, shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // Padded with spaces, so that the numbers start at a multiple of 8 as the format advises.
  const padded = new Uint8Array(LENGTH_BYTES + Math.ceil(json.length / LENGTH_BYTES) * LENGTH_BYTES).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - LENGTH_BYTES), true);
  padded.set(json, LENGTH_BYTES);
  return padded;
}

function parseHeader(text: Uint8Array, path: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(text));
    if (typeof header === "object" && header !== null && !Array.isArray(header)) {
      return header as Record<string, unknown>;
    }
  } catch {
    // Reported below, with the path.
  }
  throw new BenchError(`Cannot read ${path}: its header is not a JSON object, so it is not a safetensors file`);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function openToRead(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new BenchError(`Cannot read ${path}: there is no such file`);
    throw error;
  }
}

function readFully(file: Deno.FsFile, target: Uint8Array, position: number, path: string): void {
  file.seekSync(position, Deno.SeekMode.Start);
  for (let filled = 0; filled < target.length;) {
    const count = file.readSync(target.subarray(filled));
    if (count === null) {
      throw new BenchError(`Cannot read ${path}: it ends at byte ${position + filled}, more was expected`);
    }
    filled += count;
  }
}
