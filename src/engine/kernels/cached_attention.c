/* Attention of one new position per sequence over cached keys and values: those of a shared prompt, then the sequence's own.
 *
 * A cache of `capacity` positions (a multiple of KEY_BLOCK) holds for each key-value head the keys as blocks
 * (capacity / 16, width, 16), so that 16 scores are computed side by side, and the values as rows (capacity, width):
 * 2 · capacity · width floats per head. Sums run as in attention.c, so decoding and training give the same bits. */
#include "softmax.h"

/* The caches of many sequences are larger than those of the machine, and lie in pieces that it does not foresee. They are
 * fetched into its second cache, which waits for more of them at once than the first: in half the time from memory. */
#if defined(__wasm__)
#define FETCH(at) ((void)0)
#else
enum { FOR_READING = 0, SECOND_CACHE = 2 };
#define FETCH(at) __builtin_prefetch(at, FOR_READING, SECOND_CACHE)
#endif

enum {
  KEY_BLOCK = 16,
  KEY_VECTORS = KEY_BLOCK / LANES,
  /* Of a strip of values, so that their sums live in registers. */
  STRIP_VECTORS = 8,
};

/* Capacity of a cache is a multiple of this. */
EXPORT int KERNEL(keyBlock)(void) { return KEY_BLOCK; }

/* Writes one head's key and value into its part of a cache at `position`. */
INLINE void storeHead(const float *key, const float *value, float *keys, int capacity, int position, int width) {
  const int block = position / KEY_BLOCK, lane = position % KEY_BLOCK;
  float *column = keys + (size)block * width * KEY_BLOCK + lane;
  float *row = keys + (size)(capacity + position) * width;
  for (int i = 0; i < width; i++) column[i * KEY_BLOCK] = key[i];
  for (int i = 0; i < width; i++) row[i] = value[i];
}

/* Writes `count` rows of keys and values, positions 0 and on, into a cache. */
EXPORT void KERNEL(storeKeysValues)(const float *keys, const float *values, int stride, int count, float *cache,
                                    int capacity, int heads, int width) {
  for (int i = 0; i < count; i++, keys += stride, values += stride)
    for (int h = 0; h < heads; h++) {
      storeHead(keys + h * width, values + h * width, cache + (size)2 * h * capacity * width, capacity, i, width);
    }
}

/* `blocks` (1, 2 or 4) blocks of scores side by side: one alone would wait for itself. What lies `ahead`, in floats, is
 * fetched meanwhile. */
INLINE void scoreBlocks(const int blocks, const float *q, const float *keys, size ahead, int width, float *scores) {
  vec sums[4 * KEY_VECTORS] = {};
  const size blockFloats = (size)width * KEY_BLOCK;
  for (int i = 0; i < width; i++) {
    const vec spread = splat(q[i]);
#pragma GCC unroll 16
    for (int j = 0; j < blocks * KEY_VECTORS; j++) {
      const float *at = keys + (j / KEY_VECTORS) * blockFloats + (size)i * KEY_BLOCK + (j % KEY_VECTORS) * LANES;
      if (j % KEY_VECTORS == 0) FETCH(at + ahead);
      sums[j] = fused(spread, load(at), sums[j]);
    }
  }
#pragma GCC unroll 16
  for (int j = 0; j < blocks * KEY_VECTORS; j++) store(scores + j * LANES, sums[j]);
}

/* scores (blocks · 16) = q · key, for whole blocks of keys. */
INLINE void scoreKeys(const float *q, const float *keys, size ahead, int blocks, int width, float *scores) {
  const size blockFloats = (size)width * KEY_BLOCK;
  /* Fewer registers, fewer blocks at once. */
  const int most = KEY_VECTORS > 2 ? 2 : 4;
  for (; blocks >= most; blocks -= most, keys += most * blockFloats, scores += most * KEY_BLOCK) {
    scoreBlocks(most, q, keys, ahead, width, scores);
  }
  if (most > 2 && blocks >= 2) {
    scoreBlocks(2, q, keys, ahead, width, scores);
    blocks -= 2, keys += 2 * blockFloats, scores += 2 * KEY_BLOCK;
  }
  if (blocks > 0) scoreBlocks(1, q, keys, ahead, width, scores);
}

/* out = Σ_t p[t] · values[t], `vectors` wide: one chain over prefix and own. */
INLINE void weighStrip(const int vectors, const float *p, const float *prefix, int prefixCount, const float *own,
                       int ownCount, size ahead, int width, float *out) {
  vec sums[STRIP_VECTORS] = {};
  for (int t = 0; t < prefixCount + ownCount; t++) {
    const vec spread = splat(p[t]);
    const float *row = t < prefixCount ? prefix + (size)t * width : own + (size)(t - prefixCount) * width;
    if (t >= prefixCount)
      for (int j = 0; j < vectors * LANES; j += KEY_BLOCK) FETCH(row + ahead + j);
#pragma GCC unroll 8
    for (int j = 0; j < vectors; j++) sums[j] = fused(spread, load(row + j * LANES), sums[j]);
  }
#pragma GCC unroll 8
  for (int j = 0; j < vectors; j++) store(out + j * LANES, sums[j]);
}

/* The same for fewer columns than a vector has. */
INLINE void weighRest(const float *p, const float *prefix, int prefixCount, const float *own, int ownCount, int width,
                      int columns, float *out) {
  for (int i = 0; i < columns; i++) {
    float sum = 0;
    for (int t = 0; t < prefixCount; t++) sum = fusedOne(p[t], prefix[(size)t * width + i], sum);
    for (int t = 0; t < ownCount; t++) sum = fusedOne(p[prefixCount + t], own[(size)t * width + i], sum);
    out[i] = sum;
  }
}

INLINE void weighAll(const float *p, const float *prefix, int prefixCount, const float *own, int ownCount, size ahead,
                     int width, float *out) {
  int i = 0;
  for (; i + STRIP_VECTORS * LANES <= width; i += STRIP_VECTORS * LANES) {
    weighStrip(STRIP_VECTORS, p, prefix + i, prefixCount, own + i, ownCount, ahead, width, out + i);
  }
  for (; i + 4 * LANES <= width; i += 4 * LANES) {
    weighStrip(4, p, prefix + i, prefixCount, own + i, ownCount, ahead, width, out + i);
  }
  for (; i + 2 * LANES <= width; i += 2 * LANES) {
    weighStrip(2, p, prefix + i, prefixCount, own + i, ownCount, ahead, width, out + i);
  }
  for (; i + LANES <= width; i += LANES) {
    weighStrip(1, p, prefix + i, prefixCount, own + i, ownCount, ahead, width, out + i);
  }
  if (i < width) weighRest(p, prefix + i, prefixCount, own + i, ownCount, width, width - i, out + i);
}

/* For each row: appends its key and value to its sequence's own cache and writes softmax(scale · q · kᵀ) · v over the prefix
 * and the own positions, the new one included; of all these the last `window`.
 *
 * qkv (rows, stride): heads · width queries, then kvHeads · width keys, then as many values, rotated.
 * own: caches of this layer, sequence s at s · ownCapacity · 2 · kvHeads · width floats.
 * sequences, lengths (rows): the row's sequence, and the own positions that it holds before this one.
 * prefix: caches of this layer's prompts; prefixOffsets (rows): bytes from there to the row's prompt; prefixLengths (rows): its
 * positions, its capacity is that rounded up to a multiple of KEY_BLOCK.
 * scores: scratch, floats: longest prefix + own, plus 2 · KEY_BLOCK. */
EXPORT void KERNEL(cachedAttention)(const float *qkv, int stride, int rows, int heads, int kvHeads, int width,
                                    int window, float scale, float *own, int ownCapacity, const int *sequences,
                                    const int *lengths, const char *prefix, const double *prefixOffsets,
                                    const int *prefixLengths, float *scores, float *out) {
  const int group = heads / kvHeads;
  const size headFloats = (size)ownCapacity * 2 * width, ownFloats = headFloats * kvHeads;
  for (int r = 0; r < rows; r++, qkv += stride, out += heads * width) {
    float *cache = own + sequences[r] * ownFloats;
    const int ownCount = lengths[r] + 1, prefixCount = prefixLengths[r];
    const float *prompt = (const float *)placeAt(prefix, prefixOffsets[r]);
    const int prefixBlocks = (prefixCount + KEY_BLOCK - 1) / KEY_BLOCK;
    const int ownBlocks = (ownCount + KEY_BLOCK - 1) / KEY_BLOCK, prefixCapacity = prefixBlocks * KEY_BLOCK;
    const float *keys = qkv + heads * width, *values = keys + kvHeads * width;
    for (int h = 0; h < heads; h++) {
      const int kv = h / group;
      const float *prefixKeys = prompt + (size)2 * kv * prefixCapacity * width;
      float *ownKeys = cache + kv * headFloats;
      const float *next = h + 1 < heads  ? cache + (h + 1) / group * headFloats
                          : r + 1 < rows ? own + sequences[r + 1] * ownFloats
                                         : ownKeys;
      const size ahead = next - ownKeys;
      if (h % group == 0) {
        storeHead(keys + kv * width, values + kv * width, ownKeys, ownCapacity, ownCount - 1, width);
      }
      /* The prefix's last block may write scores beyond its positions; those of the own keys replace them. */
      scoreKeys(qkv + h * width, prefixKeys, 0, prefixBlocks, width, scores);
      scoreKeys(qkv + h * width, ownKeys, ahead, ownBlocks, width, scores + prefixCount);
      softmaxRows(scores, 0, 1, prefixCount + ownCount, window, scale);
      weighAll(scores, prefixKeys + (size)prefixCapacity * width, prefixCount, ownKeys + (size)ownCapacity * width,
               ownCount, ahead, width, out + h * width);
    }
  }
}
