#pragma once
/* The weight product, for other kernels. */
#include "vector.h"

/* Columns of a panel: those of a tile. */
enum { PANEL = 2 * LANES };

/* Where a tile's first column begins in B, in floats. */
INLINE size columnAt(int column, int bPanel) { return bPanel ? (size)(column / PANEL) * bPanel : column; }

/* A row of a panel in bf16 is LANES words: word i has column i in its low half and column LANES + i in its high half. A
 * bf16 is the upper half of the float that it stands for. */
INLINE vec lowHalves(const float *at) { return (vec)(*(const ints *)at << 16); }
INLINE vec highHalves(const float *at) {
  ints halves = *(const ints *)at >> 16;
#if defined(__wasm__)
  __asm__("" : "+r"(halves)); /* kept as two shifts: V8 would build the mask of one `and` in every step */
#endif
  return (vec)(halves << 16);
}

#define PRODUCT KERNEL(product)
#define PRODUCT_BF16 KERNEL(productBf16)

EXPORT void PRODUCT(int transposed, int m, int n, int k, const float *a, int aStride, const float *b, int bStride,
                    int bPanel, int accumulate, float *c, int cStride);

/* The same with B in panels of bf16 behind one another, and A in rows: the same chains, as each number is read as a float. */
EXPORT void PRODUCT_BF16(int m, int n, int k, const float *a, int aStride, const float *b, int accumulate, float *c,
                         int cStride);
