#pragma once
/* exp of each lane, as kernels/simd.ts has it: to about 1 unit in the last place, NaN stays NaN. */
#include "vector.h"

/* Beyond these exp leaves the normal floats: it is held at e^88 above, and 0 below. */
#define EXP_HIGHEST 88.0f
#define EXP_LOWEST -87.0f
#define LOG2_E 1.44269504f
/* ln 2 in two parts, so that n times the first is exact. */
#define MINUS_LN2_HIGH -0.693359375f
#define MINUS_LN2_LOW 2.12194440e-4f
/* 1.5 · 2²³: adding it rounds a small float to an integer, which then stands in the lowest bits. */
#define ROUNDER 12582912.0f
#define MANTISSA_BITS 23

/* Polynomial of Cephes, expf, on |r| <= ln(2)/2. */
#define EXPONENTIAL(V, INTS, name)                                              \
  INLINE V name(V x) {                                                          \
    const V none = {}, one = 1.0f - none, highest = EXP_HIGHEST - none, lowest = EXP_LOWEST - none; \
    const INTS above = highest < x;                                             \
    V held = (V)(((INTS)highest & above) | ((INTS)x & ~above));                 \
    const INTS below = held < lowest;                                           \
    held = (V)(((INTS)lowest & below) | ((INTS)held & ~below));                 \
    const V shifted = held * LOG2_E + ROUNDER, n = shifted - ROUNDER;           \
    const V r = fused(n, MINUS_LN2_LOW - none, fused(n, MINUS_LN2_HIGH - none, held)); \
    V p = 1.9875691500e-4f - none;                                              \
    p = fused(p, r, 1.3981999507e-3f - none);                                   \
    p = fused(p, r, 8.3334519073e-3f - none);                                   \
    p = fused(p, r, 4.1665795894e-2f - none);                                   \
    p = fused(p, r, 1.6666665459e-1f - none);                                   \
    p = fused(p, r, 5.0000001201e-1f - none);                                   \
    p = fused(r * r, p, r) + one;                                               \
    /* The bits of 1 are the exponent's bias, in place. */                      \
    const V power = (V)(((INTS)shifted << MANTISSA_BITS) + (INTS)one);          \
    return (V)((INTS)(p * power) & ~(x < lowest));                              \
  }

EXPONENTIAL(vec, ints, exponentials)
#if LANES > 4
EXPONENTIAL(four, fourInts, fourExponentials)
#else
#define fourExponentials exponentials
#endif
