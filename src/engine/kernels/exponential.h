#pragma once
/* exp of each lane, to about 1 unit in the last place. NaN stays NaN. */
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
#define EXPONENTIAL(V, INTS, name)                                                                        \
  INLINE V name(V x) {                                                                                    \
    const V one = constant(V, 1.0f), highest = constant(V, EXP_HIGHEST), lowest = constant(V, EXP_LOWEST); \
    const V held = larger(V, INTS, smaller(V, INTS, x, highest), lowest);                                  \
    const V rounder = constant(V, ROUNDER), shifted = held * constant(V, LOG2_E) + rounder, n = shifted - rounder; \
    const V r = fused(n, constant(V, MINUS_LN2_LOW), fused(n, constant(V, MINUS_LN2_HIGH), held));        \
    V p = constant(V, 1.9875691500e-4f);                                                                  \
    p = fused(p, r, constant(V, 1.3981999507e-3f));                                                       \
    p = fused(p, r, constant(V, 8.3334519073e-3f));                                                       \
    p = fused(p, r, constant(V, 4.1665795894e-2f));                                                       \
    p = fused(p, r, constant(V, 1.6666665459e-1f));                                                       \
    p = fused(p, r, constant(V, 5.0000001201e-1f));                                                       \
    p = fused(r * r, p, r) + one;                                                                         \
    /* The bits of 1 are the exponent's bias, in place. */                                                \
    const V power = (V)(((INTS)shifted << MANTISSA_BITS) + (INTS)one);                                    \
    return (V)((INTS)(p * power) & ~(x < lowest));                                                        \
  }

EXPONENTIAL(vec, ints, exponentials)
#if LANES > 4
EXPONENTIAL(four, fourInts, fourExponentials)
#else
#define fourExponentials exponentials
#endif
