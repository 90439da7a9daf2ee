#pragma once
/* Vectors of the machine's width, and of four floats where a sum must run as in WebAssembly: over four lanes, whatever the
 * machine has. Files that include this are compiled without contraction: a multiply and an add are one rounding only where
 * they are written as `fused`. */
#include "library.h"

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

/* A kernel's name in the library, by the width it is compiled for. */
#define JOINED(name, lanes) name##_##lanes
#define WITH_LANES(name, lanes) JOINED(name, lanes)
#define KERNEL(name) WITH_LANES(name, LANES)

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int ints __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
typedef int fourInts __attribute__((vector_size(16), aligned(4), may_alias));
typedef double fourDoubles __attribute__((vector_size(32), aligned(8)));
typedef __PTRDIFF_TYPE__ size;

/* a · b + c, rounded once. */
#define fused(a, b, c) __builtin_elementwise_fma(a, b, c)

INLINE vec load(const float *at) { return *(const vec *)at; }
INLINE void store(float *at, vec v) { *(vec *)at = v; }
INLINE vec splat(float value) { return value - (vec){}; }

/* The first `count` lanes from memory, 0 in the others. */
INLINE vec loadPart(const float *at, int count) {
  vec v = {};
  for (int i = 0; i < count; i++) v[i] = at[i];
  return v;
}

INLINE void storePart(float *at, vec v, int count) {
  for (int i = 0; i < count; i++) at[i] = v[i];
}

INLINE four loadFourPart(const float *at, int count) {
  four v = {};
  for (int i = 0; i < count; i++) v[i] = at[i];
  return v;
}

/* Sum of the lanes, in pairs. */
INLINE float sumFour(four v) { return (v[0] + v[1]) + (v[2] + v[3]); }

/* Lanes of `a` where the mask is set, of `b` elsewhere. */
INLINE vec choose(ints mask, vec a, vec b) { return (vec)(((ints)a & mask) | ((ints)b & ~mask)); }
