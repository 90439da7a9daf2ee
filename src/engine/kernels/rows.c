/* Whole rows: bias and its gradient, gathering and scattering, the embedding of mixtures and its gradient. */
#include "transpose.h"

INLINE void addRow(float *to, const float *from, int width) {
  int i = 0;
  for (; i + LANES <= width; i += LANES) store(to + i, load(to + i) + load(from + i));
  for (; i < width; i++) to[i] = to[i] + from[i];
}

INLINE void addScaledRow(float *to, float weight, const float *from, int width) {
  int i = 0;
  for (; i + LANES <= width; i += LANES) store(to + i, fused(splat(weight), load(from + i), load(to + i)));
  for (; i < width; i++) to[i] = fusedOne(weight, from[i], to[i]);
}

INLINE void copyRow(float *to, const float *from, size width) {
  size i = 0;
  for (; i + LANES <= width; i += LANES) store(to + i, load(from + i));
  for (; i < width; i++) to[i] = from[i];
}

INLINE void clear(float *at, size count) {
  size i = 0;
  for (; i + LANES <= count; i += LANES) store(at + i, (vec){});
  for (; i < count; i++) at[i] = 0;
}

EXPORT void KERNEL(transpose)(const float *from, int fromStride, int rows, int columns, float *to, int toStride) {
  transposed(from, fromStride, rows, columns, to, toStride);
}

/* to = from (rows, columns) in panels of `width` columns, one behind another, each in rows of `width`. */
EXPORT void KERNEL(pack)(const float *from, int fromStride, int rows, int columns, float *to, int width) {
  for (int c = 0; c < columns; c += width) {
    const int count = columns - c < width ? columns - c : width;
    float *panel = to + (size)c * rows;
    for (int r = 0; r < rows; r++) copyRow(panel + (size)r * width, from + (size)r * fromStride + c, count);
  }
}

/* The same of fromᵀ (columns, rows). */
EXPORT void KERNEL(packTransposed)(const float *from, int fromStride, int rows, int columns, float *to, int width) {
  for (int r = 0; r < rows; r += width) {
    const int count = rows - r < width ? rows - r : width;
    transposed(from + (size)r * fromStride, fromStride, count, columns, to + (size)r * columns, width);
  }
}

/* The bits of the bf16 nearest to a float, the even one of two that are as near; a NaN stays one. */
INLINE unsigned bf16Bits(float value) {
  union { float number; unsigned bits; } of = {value};
  if (value != value) return of.bits >> 16 | 0x40;
  return (of.bits + 0x7fff + (of.bits >> 16 & 1)) >> 16;
}

/* Two numbers as a word of a panel in bf16, see product.h. */
INLINE unsigned bothHalves(float low, float high) { return bf16Bits(low) | bf16Bits(high) << 16; }

/* As `pack`, in bf16, with zeros behind the last columns. */
EXPORT void KERNEL(packBf16)(const float *from, int fromStride, int rows, int columns, unsigned *to, int width) {
  const int half = width / 2;
  for (int c = 0; c < columns; c += width) {
    const int low = columns - c < half ? columns - c : half, high = columns - c - half < half ? columns - c - half : half;
    for (int r = 0; r < rows; r++, to += half) {
      const float *row = from + (size)r * fromStride + c;
      for (int i = 0; i < half; i++) to[i] = bothHalves(i < low ? row[i] : 0, i < high ? row[half + i] : 0);
    }
  }
}

/* As `packTransposed`, in bf16, with zeros behind the last columns. */
EXPORT void KERNEL(packTransposedBf16)(const float *from, int fromStride, int rows, int columns, unsigned *to, int width) {
  const int half = width / 2;
  for (int r = 0; r < rows; r += width) {
    const int low = rows - r < half ? rows - r : half, high = rows - r - half < half ? rows - r - half : half;
    const float *panel = from + (size)r * fromStride, *upper = panel + (size)half * fromStride;
    for (int c = 0; c < columns; c++, to += half) {
      for (int i = 0; i < half; i++) {
        const size at = (size)i * fromStride + c;
        to[i] = bothHalves(i < low ? panel[at] : 0, i < high ? upper[at] : 0);
      }
    }
  }
}

/* Each row of x (rows, width) += bias (width). */
EXPORT void KERNEL(addBias)(float *x, const float *bias, int rows, int width) {
  for (int r = 0; r < rows; r++) addRow(x + (size)r * width, bias, width);
}

/* sums (width) += the rows of x (rows, width), in order. */
EXPORT void KERNEL(addColumnSums)(const float *x, float *sums, int rows, int width) {
  for (int r = 0; r < rows; r++) addRow(sums, x + (size)r * width, width);
}

/* The first `width` floats of each row. */
EXPORT void KERNEL(copyRows)(const float *from, int fromStride, float *to, int toStride, int rows, int width) {
  for (int r = 0; r < rows; r++, from += fromStride, to += toStride) copyRow(to, from, width);
}

/* Row i of `to` = row index[i] of `from`; rows of `width` floats. */
EXPORT void KERNEL(gatherRows)(const float *from, const int *index, float *to, int count, int width) {
  for (int i = 0; i < count; i++) copyRow(to + (size)i * width, from + (size)index[i] * width, width);
}

/* Writes a row past the caches, which have no use for it, where it is of whole lines of vectors. */
INLINE void layRow(float *to, const float *from, size width) {
  typedef float aligned __attribute__((vector_size(4 * LANES), may_alias));
  if (((size)to | width * (size)sizeof(float)) % sizeof(aligned) != 0) {
    copyRow(to, from, width);
    return;
  }
  for (size i = 0; i < width; i += LANES) __builtin_nontemporal_store((aligned)load(from + i), (aligned *)(to + i));
}

/* Row index[i] of `to` = row i of `from`, which is read much later. */
EXPORT void KERNEL(scatterRows)(const float *from, const int *index, float *to, int count, int width) {
  for (int i = 0; i < count; i++) layRow(to + (size)index[i] * width, from + (size)i * width, width);
#if !defined(__wasm__)
  /* What goes past the caches of x86-64 may come after what is written later, unless told. */
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
#endif
}

/* Row index[i] of `to` += row i of `from`, in order. */
EXPORT void KERNEL(scatterAddRows)(const float *from, const int *index, float *to, int count, int width) {
  for (int i = 0; i < count; i++) addRow(to + (size)index[i] * width, from + (size)i * width, width);
}

EXPORT void KERNEL(fillZero)(float *at, size count) { clear(at, count); }

/* Row r of `out` = Σ_k weights[r,k] · table[ids[r,k]] + offset[r], without offset where there is none. ids, weights (rows,
 * kept). Weights of 0 cost nothing. */
EXPORT void KERNEL(embed)(const int *ids, const float *weights, const float *offset, int kept,
                          const float *table, float *out, int rows, int width) {
  for (int r = 0; r < rows; r++, out += width) {
    if (offset) copyRow(out, offset + (size)r * width, width);
    else clear(out, width);
    for (int k = 0; k < kept; k++, ids++, weights++) {
      if (*weights != 0) addScaledRow(out, *weights, table + (size)*ids * width, width);
    }
  }
}

/* Row ids[r,k] of dTable += weights[r,k] · row r of dOut, in order. */
EXPORT void KERNEL(embedBackward)(const int *ids, const float *weights, int kept, const float *dOut, float *dTable,
                                  int rows, int width) {
  for (int r = 0; r < rows; r++, dOut += width) {
    for (int k = 0; k < kept; k++, ids++, weights++) {
      if (*weights != 0) addScaledRow(dTable + (size)*ids * width, *weights, dOut, width);
    }
  }
}
