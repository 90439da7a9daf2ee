/**
 * Conversion between the storage formats of checkpoints and 32-bit floats.
 *
 * @module
 */

/** Storage formats of weights that are read, by their safetensors names. */
export type StorageType = "F64" | "F32" | "F16" | "BF16";

/** Bytes of one stored number. */
export const STORAGE_BYTES: Readonly<Record<StorageType, number>> = { F64: 8, F32: 4, F16: 2, BF16: 2 };

/** Reads stored little-endian numbers into `target`; exactly but for F64, which is rounded. */
export function widenInto(target: Float32Array, stored: Uint8Array<ArrayBuffer>, type: StorageType): void {
  if (type === "F32") return target.set(new Float32Array(stored.buffer, stored.byteOffset, target.length));
  if (type === "F64") return target.set(new Float64Array(stored.buffer, stored.byteOffset, target.length));
  if (type === "F16") return target.set(new Float16Array(stored.buffer, stored.byteOffset, target.length));
  const source = new Uint16Array(stored.buffer, stored.byteOffset, target.length);
  const bits = new Uint32Array(target.buffer, target.byteOffset, target.length);
  for (let i = 0; i < bits.length; i++) bits[i] = source[i] << 16;
}

/**
 * Rounds to BF16, to nearest and ties to even, as PyTorch does.
 *
 * @param values finite numbers
 */
export function narrowToBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const narrowed = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const lowestKept = (bits[i] >>> 16) & 1;
    narrowed[i] = (bits[i] + 0x7fff + lowestKept) >>> 16;
  }
  return narrowed;
}

/** Index of the first NaN or infinity, or -1. */
export function firstNonFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (values[i] - values[i] !== 0) return i;
  return -1;
}
