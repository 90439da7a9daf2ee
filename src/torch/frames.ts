/**
 * Messages to and from the worker: the length of a JSON header (4 bytes, little-endian), the header, then raw
 * little-endian arrays in the order that it names. `worker/frames.py` is the other end.
 *
 * @module
 */
import { endianness } from "node:os";
import { BenchError } from "../errors.ts";

/** What a message holds beside its header. */
export type FrameArray = Int32Array | Uint32Array | Float32Array | Float64Array;

/** An array with its sizes, outermost first. */
export interface ShapedArray {
  readonly shape: readonly number[];
  readonly data: FrameArray;
}

/** A message as it was sent or received. */
export interface Message {
  /** Plain JSON. */
  readonly header: Readonly<Record<string, unknown>>;
  /** By name. */
  readonly arrays: Readonly<Record<string, ShapedArray>>;
}

const KINDS = {
  i32: Int32Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type Kind = keyof typeof KINDS;
type Described = readonly [name: string, kind: Kind, shape: readonly number[]];

const LENGTH_BYTES = 4;
/** A header names a few arrays; more is another program's bytes. */
const LARGEST_HEADER = 64 << 20;
/** Pieces that a pipe passes on without a copy of the whole. */
const PIECE_BYTES = 1 << 20;

/** Writes one message. */
export async function writeMessage(
  writer: WritableStreamDefaultWriter<Uint8Array>,
  { header, arrays }: Message,
): Promise<void> {
  if (endianness() !== "LE") throw new BenchError("Cannot speak with PyTorch here: this processor is big-endian");
  const described = Object.entries(arrays).map(([name, { shape, data }]): Described => [name, kindOf(data), shape]);
  const json = new TextEncoder().encode(JSON.stringify({ ...header, arrays: described }));
  const start = new Uint8Array(LENGTH_BYTES + json.length);
  new DataView(start.buffer).setUint32(0, json.length, true);
  start.set(json, LENGTH_BYTES);
  for (const bytes of [start, ...Object.values(arrays).map(({ data }) => bytesOf(data))]) {
    for (let first = 0; first < bytes.length; first += PIECE_BYTES) {
      await writer.write(bytes.subarray(first, first + PIECE_BYTES));
    }
  }
}

/** Reads one message; undefined where the stream ends. */
export async function readMessage(reader: ReadableStreamBYOBReader): Promise<Message | undefined> {
  const length = await readExactly(reader, LENGTH_BYTES);
  if (length === undefined) return undefined;
  const size = new DataView(length.buffer).getUint32(0, true);
  if (size > LARGEST_HEADER) {
    throw new BenchError(`Cannot understand the PyTorch worker: it sent a header of ${size} bytes`);
  }
  const json = await readExactly(reader, size);
  if (json === undefined) return undefined;
  const { arrays: described = [], ...header } = JSON.parse(new TextDecoder().decode(json));
  const arrays: Record<string, ShapedArray> = {};
  for (const [name, kind, shape] of described as readonly Described[]) {
    const count = shape.reduce((product, extent) => product * extent, 1);
    const data = await readExactly(reader, count * KINDS[kind].BYTES_PER_ELEMENT);
    if (data === undefined) return undefined;
    arrays[name] = { shape, data: new KINDS[kind](data.buffer) };
  }
  return { header, arrays };
}

async function readExactly(
  reader: ReadableStreamBYOBReader,
  count: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  let bytes = new Uint8Array(count);
  for (let filled = 0; filled < count;) {
    const piece = Math.min(PIECE_BYTES, count - filled);
    const { value, done } = await reader.read(new Uint8Array(bytes.buffer, filled, piece));
    if (done || value === undefined) return undefined;
    bytes = new Uint8Array(value.buffer as ArrayBuffer);
    filled += value.length;
  }
  return bytes;
}

function kindOf(data: FrameArray): Kind {
  return (Object.keys(KINDS) as Kind[]).find((kind) => data instanceof KINDS[kind])!;
}

function bytesOf(data: FrameArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** An array of one dimension. */
export function vector(data: FrameArray): ShapedArray {
  return { shape: [data.length], data };
}

/** An array of rows. */
export function matrix(rows: number, columns: number, data: FrameArray): ShapedArray {
  return { shape: [rows, columns], data };
}
