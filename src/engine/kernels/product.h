#pragma once
/* The weight product, for other kernels. */
#include "vector.h"

#define PRODUCT KERNEL(product)

EXPORT void PRODUCT(int transposed, int m, int n, int k, const float *a, int aStride, const float *b, int bStride,
             int accumulate, float *c, int cStride);
