/**
 * Small arrays, cut from large ones: in V8 an array with a buffer of its own takes a microsecond to make, a part of another
 * one a twentieth of that, and each position of a completion makes about twenty.
 *
 * @module
 */

/** Of a buffer that arrays are cut from; whoever keeps one array keeps this much. */
const BUFFER_BYTES = 16_384;
/** Larger arrays have buffers of their own. */
const MOST_BYTES = 1024;
/** Each part starts at a multiple of this. */
const ALIGNMENT = 8;

let buffer = new ArrayBuffer(BUFFER_BYTES);
let used = 0;

/** Where the next part of the current buffer begins; no byte is handed out twice. */
function take(bytes: number): number {
  if (used + bytes > BUFFER_BYTES) {
    buffer = new ArrayBuffer(BUFFER_BYTES);
    used = 0;
  }
  const start = used;
  used += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  return start;
}

/** `count` zeros. */
export function float64s(count: number): Float64Array<ArrayBuffer> {
  const bytes = count * Float64Array.BYTES_PER_ELEMENT;
  if (bytes > MOST_BYTES) return new Float64Array(count);
  const start = take(bytes);
  return new Float64Array(buffer, start, count);
}

/** `count` zeros. */
export function float32s(count: number): Float32Array<ArrayBuffer> {
  const bytes = count * Float32Array.BYTES_PER_ELEMENT;
  if (bytes > MOST_BYTES) return new Float32Array(count);
  const start = take(bytes);
  return new Float32Array(buffer, start, count);
}

/** `count` zeros. */
export function int32s(count: number): Int32Array<ArrayBuffer> {
  const bytes = count * Int32Array.BYTES_PER_ELEMENT;
  if (bytes > MOST_BYTES) return new Int32Array(count);
  const start = take(bytes);
  return new Int32Array(buffer, start, count);
}

/** A few numbers, rounded to 32 bits. */
export function float32sOf(values: readonly number[]): Float32Array<ArrayBuffer> {
  const filled = float32s(values.length);
  for (let i = 0; i < values.length; i++) filled[i] = values[i];
  return filled;
}

/** A few whole numbers. */
export function int32sOf(values: readonly number[]): Int32Array<ArrayBuffer> {
  const filled = int32s(values.length);
  for (let i = 0; i < values.length; i++) filled[i] = values[i];
  return filled;
}
