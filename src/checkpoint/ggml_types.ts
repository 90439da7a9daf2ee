/**
 * The number formats of GGUF files -> 32-bit floats. Quantized formats hold blocks: a few scales in half precision and small
 * integers. The arithmetic is that of ggml-quants.c (dequantize_row_*), float by float.
 *
 * @module
 */
import { widenInto } from "./half_floats.ts";

/** One format. */
export interface GgmlType {
  readonly name: string;
  /** Numbers of a block, and its bytes. */
  readonly numbers: number;
  readonly bytes: number;
  /** Reads whole blocks: `target.length / numbers` of them. */
  readonly read: (target: Float32Array, blocks: Uint8Array<ArrayBuffer>) => void;
}

/** Formats by their number in ggml. */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map<number, GgmlType>([
  [0, { name: "F32", numbers: 1, bytes: 4, read: (target, bytes) => widenInto(target, bytes, "F32") }],
  [1, { name: "F16", numbers: 1, bytes: 2, read: (target, bytes) => widenInto(target, bytes, "F16") }],
  [2, blockwise("Q4_0", 32, 18, readQ4Zero)],
  [3, blockwise("Q4_1", 32, 20, readQ4One)],
  [8, blockwise("Q8_0", 32, 34, readQ8Zero)],
  [12, blockwise("Q4_K", 256, 144, readQ4K)],
  [14, blockwise("Q6_K", 256, 210, readQ6K)],
  [30, { name: "BF16", numbers: 1, bytes: 2, read: (target, bytes) => widenInto(target, bytes, "BF16") }],
]);

type ReadBlock = (target: Float32Array, block: DataView) => void;

function blockwise(name: string, numbers: number, bytes: number, read: ReadBlock): GgmlType {
  return {
    name,
    numbers,
    bytes,
    read: (target, blocks) => {
      for (let i = 0; i * numbers < target.length; i++) {
        const block = new DataView(blocks.buffer, blocks.byteOffset + i * bytes, bytes);
        read(target.subarray(i * numbers, (i + 1) * numbers), block);
      }
    },
  };
}

const { fround } = Math;

/** A scale, then 16 bytes of two numbers each, that of the block's first half below; 8 is zero. */
function readQ4Zero(target: Float32Array, block: DataView): void {
  const scale = block.getFloat16(0, true);
  for (let i = 0; i < 16; i++) {
    const pair = block.getUint8(2 + i);
    target[i] = scale * ((pair & 15) - 8);
    target[i + 16] = scale * ((pair >> 4) - 8);
  }
}

/** As Q4_0, with a least value in place of the 8. */
function readQ4One(target: Float32Array, block: DataView): void {
  const scale = block.getFloat16(0, true), least = block.getFloat16(2, true);
  for (let i = 0; i < 16; i++) {
    const pair = block.getUint8(4 + i);
    target[i] = fround(scale * (pair & 15)) + least;
    target[i + 16] = fround(scale * (pair >> 4)) + least;
  }
}

/** A scale, then 32 signed bytes. */
function readQ8Zero(target: Float32Array, block: DataView): void {
  const scale = block.getFloat16(0, true);
  for (let i = 0; i < 32; i++) target[i] = scale * block.getInt8(2 + i);
}

/**
 * Eight parts of 32, each with a scale and a least value of 6 bits, both in units of the block's; then 4 bits a number,
 * neighbouring parts in the halves of the same bytes.
 */
function readQ4K(target: Float32Array, block: DataView): void {
  const unit = block.getFloat16(0, true), leastUnit = block.getFloat16(2, true);
  const packed = (i: number) => block.getUint8(4 + i);
  for (let part = 0; part < 8; part++) {
    const [scale, least] = part < 4
      ? [packed(part) & 63, packed(part + 4) & 63]
      : [(packed(part + 4) & 15) | (packed(part - 4) >> 6 << 4), (packed(part + 4) >> 4) | (packed(part) >> 6 << 4)];
    const step = fround(unit * scale), below = fround(leastUnit * least);
    const bytes = 16 + (part >> 1) * 32, shift = (part & 1) * 4;
    for (let i = 0; i < 32; i++) {
      target[part * 32 + i] = fround(step * (block.getUint8(bytes + i) >> shift & 15)) - below;
    }
  }
}

/**
 * 128 bytes of low halves, 64 of two high bits each, 16 signed scales of 16 numbers each, and the block's scale; 32 is
 * zero. Half a block, 128 numbers, is in four parts of 32.
 */
function readQ6K(target: Float32Array, block: DataView): void {
  const unit = block.getFloat16(208, true);
  for (let i = 0; i < 256; i++) {
    const half = i >> 7, part = i >> 5 & 3, at = i & 31;
    const low = block.getUint8(half * 64 + (part & 1) * 32 + at) >> (part >> 1) * 4 & 15;
    const high = block.getUint8(128 + half * 32 + at) >> part * 2 & 3;
    const scale = block.getInt8(192 + half * 8 + part * 2 + (at >> 4));
    target[i] = fround(unit * scale) * ((low | high << 4) - 32);
  }
}
