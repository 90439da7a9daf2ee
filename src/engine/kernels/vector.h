#pragma once
/* Vectors of the machine's width, and of four floats where a sum must run over four lanes, whatever the machine has. Files
 * that include this are compiled without contraction: a multiply and an add are one rounding only where they are written as
 * `fused`. */
#include "library.h"

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX2__)
#define LANES 8
#else
#define LANES 4
#endif

#if defined(__wasm__)
#define KERNEL(name) name
#else
/* A kernel's name in the library, by the width it is compiled for. */
#define JOINED(name, lanes) name##_##lanes
#define WITH_LANES(name, lanes) JOINED(name, lanes)
#define KERNEL(name) WITH_LANES(name, LANES)
#endif

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef int ints __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float four __attribute__((vector_size(16), aligned(4), may_alias));
typedef int fourInts __attribute__((vector_size(16), aligned(4), may_alias));
typedef double fourDoubles __attribute__((vector_size(32), aligned(8)));
typedef __PTRDIFF_TYPE__ size;

/* A place in memory that stands there as a number of 64 bits, in bytes. */
INLINE const char *placeAt(const char *memory, double bytes) { return memory + (__SIZE_TYPE__)bytes; }

/* a · b + c of vectors, rounded once; twice in the plain build of WebAssembly, and in the relaxed one if the machine does. */
#if defined(__wasm_relaxed_simd__)
#define fused(a, b, c) ((__typeof__(c))__builtin_wasm_relaxed_madd_f32x4(a, b, c))
#elif defined(__wasm__)
#define fused(a, b, c) ((a) * (b) + (c))
#else
#define fused(a, b, c) __builtin_elementwise_fma(a, b, c)
#endif

INLINE vec load(const float *at) { return *(const vec *)at; }
INLINE void store(float *at, vec v) { *(vec *)at = v; }
INLINE vec splat(float value) { return value - (vec){}; }

/* A number in all lanes, for loops that use many: V8 builds a constant vector in the loop from several instructions, where a
 * load from a constant address in the first page is one. */
#if defined(__wasm__)
#define constant(V, value)                                   \
  ({                                                         \
    static const float held = value;                         \
    const float *at = &held;                                 \
    __asm__("" : "+r"(at)); /* not known to be a constant */ \
    splat(*at);                                              \
  })
#else
#define constant(V, value) ((value) - (V){})
#endif

/* The same of single floats. */
INLINE float fusedOne(float a, float b, float c) { return fused(splat(a), splat(b), splat(c))[0]; }

/* The first `count` lanes from memory, 0 in the others. */
INLINE vec loadPart(const float *at, int count) {
  vec v = {};
  for (int i = 0; i < count; i++) v[i] = at[i];
  return v;
}

/* Lanes of `a` where the mask is set, of `b` elsewhere. */
INLINE vec choose(ints mask, vec a, vec b) { return (vec)(((ints)a & mask) | ((ints)b & ~mask)); }

/* The first `count` lanes of a vector, `rest` in the others. */
INLINE vec firstLanes(vec v, int count, float rest) {
  ints lane;
  for (int i = 0; i < LANES; i++) lane[i] = i;
  return choose(lane < count - (ints){}, v, splat(rest));
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

/* b < a ? b : a of each lane, and a < b ? b : a: where one of the two is NaN, a. WebAssembly has both, and relaxed ones for
 * which the compiler would take them if it saw the comparison: those may give the other. */
#if defined(__wasm__)
#define smaller(V, INTS, a, b) ((V)__builtin_wasm_pmin_f32x4(a, b))
#define larger(V, INTS, a, b) ((V)__builtin_wasm_pmax_f32x4(a, b))
#else
#define smaller(V, INTS, a, b) ({ const V one = a, other = b; const INTS is = other < one; (V)(((INTS)other & is) | ((INTS)one & ~is)); })
#define larger(V, INTS, a, b) ({ const V one = a, other = b; const INTS is = one < other; (V)(((INTS)other & is) | ((INTS)one & ~is)); })
#endif
