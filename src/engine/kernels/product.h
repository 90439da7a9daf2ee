#pragma once
/* The weight product, for other kernels. */
#include "vector.h"

/* Columns of a panel: those of a tile. */
enum { PANEL = 2 * LANES };

/* Where a tile's first column begins in B, in floats. */
INLINE size columnAt(int column, int bPanel) { return bPanel ? (size)(column / PANEL) * bPanel : column; }

#define PRODUCT KERNEL(product)

EXPORT void PRODUCT(int transposed, int m, int n, int k, const float *a, int aStride, const float *b, int bStride,
                    int bPanel, int accumulate, float *c, int cStride);
