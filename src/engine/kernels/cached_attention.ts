// Attention of one new position per sequence over cached keys and values: those of a shared prompt, then the sequence's own.
//
// A cache of `capacity` positions (a multiple of KEY_BLOCK) holds for each key-value head the keys as blocks
// (capacity / 16, size, 16), so that 16 scores are computed side by side, and the values as rows (capacity, size):
// 2 · capacity · size floats per head. Sums run as in attention.ts, so decoding and training give the same bits.

import { bytes, madd, storePart } from "./simd";
import { softmaxRow } from "./softmax";

const KEY_BLOCK: i32 = 16;

/** Capacity of a cache is a multiple of this. */
export function keyBlock(): i32 {
  return KEY_BLOCK;
}

/** Writes key and value rows (heads · size each) into a cache at `position`. */
// @ts-ignore: decorator
@inline
function storeOne(key: usize, value: usize, cache: usize, capacity: i32, position: i32, heads: i32, size: i32): void {
  const block = position / KEY_BLOCK, lane = position % KEY_BLOCK;
  for (let h = 0; h < heads; h++) {
    const keys = cache + bytes(2 * h * capacity * size), values = keys + bytes(capacity * size);
    const column = keys + bytes(block * size * KEY_BLOCK + lane);
    for (let i = 0; i < size; i++) store<f32>(column + bytes(i * KEY_BLOCK), load<f32>(key + bytes(h * size + i)));
    memory.copy(values + bytes(position * size), value + bytes(h * size), bytes(size));
  }
}

/** Writes `count` rows of keys and values, positions 0 and on, into a cache. */
export function storeKeysValues(
  keys: usize, values: usize, stride: i32, count: i32, cache: usize, capacity: i32, heads: i32, size: i32,
): void {
  for (let i = 0; i < count; i++) {
    storeOne(keys + bytes(i * stride), values + bytes(i * stride), cache, capacity, i, heads, size);
  }
}

/** scores (blocks · 16) = q · key, for whole blocks of keys; two blocks at a time keep the multiply-adds busy. */
function scoreKeys(q: usize, keys: usize, blocks: i32, size: i32, scores: usize): void {
  const zero = f32x4.splat(0), blockBytes = bytes(size * KEY_BLOCK), end = q + bytes(size);
  for (; blocks >= 2; blocks -= 2) {
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero, b0 = zero, b1 = zero, b2 = zero, b3 = zero;
    let a = keys, b = keys + blockBytes;
    for (let i = q; i < end; i += 4) {
      const s = v128.load32_splat(i);
      a0 = madd(s, v128.load(a), a0), a1 = madd(s, v128.load(a, 16), a1);
      a2 = madd(s, v128.load(a, 32), a2), a3 = madd(s, v128.load(a, 48), a3);
      b0 = madd(s, v128.load(b), b0), b1 = madd(s, v128.load(b, 16), b1);
      b2 = madd(s, v128.load(b, 32), b2), b3 = madd(s, v128.load(b, 48), b3);
      a += bytes(KEY_BLOCK), b += bytes(KEY_BLOCK);
    }
    v128.store(scores, a0), v128.store(scores, a1, 16), v128.store(scores, a2, 32), v128.store(scores, a3, 48);
    v128.store(scores, b0, 64), v128.store(scores, b1, 80), v128.store(scores, b2, 96), v128.store(scores, b3, 112);
    keys = b, scores += bytes(2 * KEY_BLOCK);
  }
  if (blocks > 0) {
    let a0 = zero, a1 = zero, a2 = zero, a3 = zero;
    for (let i = q; i < end; i += 4) {
      const s = v128.load32_splat(i);
      a0 = madd(s, v128.load(keys), a0), a1 = madd(s, v128.load(keys, 16), a1);
      a2 = madd(s, v128.load(keys, 32), a2), a3 = madd(s, v128.load(keys, 48), a3);
      keys += bytes(KEY_BLOCK);
    }
    v128.store(scores, a0), v128.store(scores, a1, 16), v128.store(scores, a2, 32), v128.store(scores, a3, 48);
  }
}

/** out = Σ_t p[t] · values[t], `vectors` (8, 4 or 1) vectors wide: one chain over prefix and own. */
// @ts-ignore: decorator
@inline
function weighValues(
  vectors: i32, p: usize, prefix: usize, prefixCount: i32, own: usize, ownCount: i32, size: i32, out: usize, keep: i32,
): void {
  const zero = f32x4.splat(0), row = bytes(size);
  let o0 = zero, o1 = zero, o2 = zero, o3 = zero, o4 = zero, o5 = zero, o6 = zero, o7 = zero;
  for (let part = 0; part < 2; part++) {
    let v = part == 0 ? prefix : own;
    for (const end = p + bytes(part == 0 ? prefixCount : ownCount); p < end; p += 4) {
      const s = v128.load32_splat(p);
      o0 = madd(s, v128.load(v), o0);
      if (vectors > 1) o1 = madd(s, v128.load(v, 16), o1), o2 = madd(s, v128.load(v, 32), o2);
      if (vectors > 1) o3 = madd(s, v128.load(v, 48), o3);
      if (vectors > 4) o4 = madd(s, v128.load(v, 64), o4), o5 = madd(s, v128.load(v, 80), o5);
      if (vectors > 4) o6 = madd(s, v128.load(v, 96), o6), o7 = madd(s, v128.load(v, 112), o7);
      v += row;
    }
  }
  if (keep < 4) {
    storePart(out, o0, keep);
    return;
  }
  v128.store(out, o0);
  if (vectors > 1) v128.store(out, o1, 16), v128.store(out, o2, 32), v128.store(out, o3, 48);
  if (vectors > 4) v128.store(out, o4, 64), v128.store(out, o5, 80), v128.store(out, o6, 96);
  if (vectors > 4) v128.store(out, o7, 112);
}

/** out (size) = Σ_t p[t] · values[t], in strips that fit the registers. */
// @ts-ignore: decorator
@inline
function weighAll(
  p: usize, prefix: usize, prefixCount: i32, own: usize, ownCount: i32, size: i32, out: usize,
): void {
  let i = 0;
  for (; i + 32 <= size; i += 32) {
    weighValues(8, p, prefix + bytes(i), prefixCount, own + bytes(i), ownCount, size, out + bytes(i), 32);
  }
  for (; i + 16 <= size; i += 16) {
    weighValues(4, p, prefix + bytes(i), prefixCount, own + bytes(i), ownCount, size, out + bytes(i), 16);
  }
  for (; i < size; i += 4) {
    weighValues(1, p, prefix + bytes(i), prefixCount, own + bytes(i), ownCount, size, out + bytes(i), size - i);
  }
}

/**
 * For each row: appends its key and value to its sequence's own cache and writes softmax(scale · q · kᵀ) · v over the
 * prefix and the own positions, the new one included; of all these the last `window`.
 *
 * @param qkv (rows, stride) heads · size queries, then kvHeads · size keys, then as many values, rotated
 * @param own caches of this layer, sequence s at `own + s · ownCapacity · 2 · kvHeads · size` floats
 * @param sequences, lengths (rows) i32: the row's sequence, and the own positions that it holds before this one
 * @param prefix caches of this layer's prompts
 * @param prefixOffsets (rows) u32: bytes from there to the row's prompt
 * @param prefixLengths (rows) i32: its positions; its capacity is that rounded up to a multiple of KEY_BLOCK
 * @param scores scratch, floats: longest prefix + own, plus 2 · KEY_BLOCK
 */
export function cachedAttention(
  qkv: usize, stride: i32, rows: i32, heads: i32, kvHeads: i32, size: i32, window: i32, scale: f32,
  own: usize, ownCapacity: i32, sequences: usize, lengths: usize,
  prefix: usize, prefixOffsets: usize, prefixLengths: usize, scores: usize, out: usize,
): void {
  const group = heads / kvHeads, ownBytes = bytes(ownCapacity * 2 * kvHeads * size);
  for (let r = 0; r < rows; r++) {
    const cache = own + <usize> load<u32>(sequences + bytes(r)) * ownBytes;
    const ownCount = load<i32>(lengths + bytes(r)) + 1;
    const prompt = prefix + <usize> load<u32>(prefixOffsets + bytes(r)), prefixCount = load<i32>(prefixLengths + bytes(r));
    const prefixBlocks = (prefixCount + KEY_BLOCK - 1) / KEY_BLOCK, ownBlocks = (ownCount + KEY_BLOCK - 1) / KEY_BLOCK;
    const prefixCapacity = prefixBlocks * KEY_BLOCK;
    const keys = qkv + bytes(heads * size), values = keys + bytes(kvHeads * size);
    storeOne(keys, values, cache, ownCapacity, ownCount - 1, kvHeads, size);
    for (let h = 0; h < heads; h++) {
      const q = qkv + bytes(h * size), kv = h / group;
      const prefixKeys = prompt + bytes(2 * kv * prefixCapacity * size);
      const ownKeys = cache + bytes(2 * kv * ownCapacity * size);
      // The prefix's last block may write scores beyond its positions; those of the own keys replace them.
      scoreKeys(q, prefixKeys, prefixBlocks, size, scores);
      scoreKeys(q, ownKeys, ownBlocks, size, scores + bytes(prefixCount));
      softmaxRow(scores, prefixCount + ownCount, window, scale);
      const prefixValues = prefixKeys + bytes(prefixCapacity * size), ownValues = ownKeys + bytes(ownCapacity * size);
      weighAll(scores, prefixValues, prefixCount, ownValues, ownCount, size, out + bytes(h * size));
    }
    qkv += bytes(stride);
    out += bytes(heads * size);
  }
}
