#pragma once
/* Philox 4x32-10 and Gumbel noise from it: src/random/philox.ts and src/random/distributions.ts once more. */
#include "nearest.h"

enum { PHILOX_ROUNDS = 10, PHILOX_WORDS = 4 };
#define MULTIPLIER_0 0xd2511f53ull
#define MULTIPLIER_1 0xcd9e8d57ull
#define WEYL_0 0x9e3779b9
#define WEYL_1 0xbb67ae85
#define LN2_DOUBLE 0.6931471805599453

/* The words of one counter value. */
typedef struct {
  unsigned word[PHILOX_WORDS];
} PhiloxWords;

INLINE PhiloxWords philox(unsigned c0, unsigned c1, unsigned c2, unsigned c3, unsigned k0, unsigned k1) {
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    const bits64 first = MULTIPLIER_0 * c0, second = MULTIPLIER_1 * c2;
    c0 = (unsigned)(second >> 32) ^ c1 ^ k0;
    c1 = (unsigned)second;
    c2 = (unsigned)(first >> 32) ^ c3 ^ k1;
    c3 = (unsigned)first;
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
  return (PhiloxWords){{c0, c1, c2, c3}};
}

typedef unsigned naturals __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef bits64 wideNaturals __attribute__((vector_size(8 * LANES)));

/* Both halves of the products with a factor. */
INLINE void multiplyWide(naturals a, bits64 factor, naturals *high, naturals *low) {
  const wideNaturals product = __builtin_convertvector(a, wideNaturals) * factor;
  *high = __builtin_convertvector(product >> 32, naturals);
  *low = __builtin_convertvector(product, naturals);
}

/* The words of counters c0, c0 + 1, …, one a lane, in the order of counters. */
INLINE void philoxInLanes(unsigned c0, unsigned c1, unsigned c2, unsigned c3, unsigned k0, unsigned k1,
                          unsigned words[PHILOX_WORDS * LANES]) {
  naturals v[PHILOX_WORDS] = {(naturals){} + c0, (naturals){} + c1, (naturals){} + c2, (naturals){} + c3};
#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++) v[0][i] += (unsigned)i;
  for (int round = 0; round < PHILOX_ROUNDS; round++) {
    naturals firstHigh, firstLow, secondHigh, secondLow;
    multiplyWide(v[0], MULTIPLIER_0, &firstHigh, &firstLow);
    multiplyWide(v[2], MULTIPLIER_1, &secondHigh, &secondLow);
    v[0] = secondHigh ^ v[1] ^ k0;
    v[1] = secondLow;
    v[2] = firstHigh ^ v[3] ^ k1;
    v[3] = firstLow;
    k0 += WEYL_0;
    k1 += WEYL_1;
  }
#pragma GCC unroll 16
  for (int i = 0; i < LANES; i++)
    for (int j = 0; j < PHILOX_WORDS; j++) words[i * PHILOX_WORDS + j] = v[j][i];
}

/* Standard Gumbel draw of a word, -log(-log1p(-u)), u = (~word + 1/2) / 2^32: 1 - u is a double. */
INLINE double gumbelOf(unsigned word) {
  const double u = ((double)~word + 0.5) * 0x1p-32;
  return -nearestLogarithm(-nearestLogarithm(1.0 - u));
}

enum { WORD_BITS = 32 };

/* A bound that the draw does not exceed, without a logarithm. */
INLINE double gumbelBoundOf(unsigned word) {
  const unsigned rest = ~word;
  return ((rest == 0 ? WORD_BITS : __builtin_clz(rest)) + 1) * LN2_DOUBLE;
}

typedef float halfFloats __attribute__((vector_size(4 * HALF_LANES), aligned(4), may_alias));
typedef unsigned halfNaturals __attribute__((vector_size(4 * HALF_LANES), aligned(4), may_alias));
enum { FLOAT_MANTISSA_BITS = 23, FLOAT_BIAS = 127 };

/* Bounds of as many draws, of one leading zero more than a float's exponent tells: rounding up a word loses one. */
INLINE doubles gumbelBoundsOf(const unsigned *words) {
  const halfNaturals rest = ~*(const halfNaturals *)words;
  const halfNaturals exponents = (halfNaturals)__builtin_convertvector(rest, halfFloats) >> FLOAT_MANTISSA_BITS;
  return (WORD_BITS + 1 + FLOAT_BIAS - __builtin_convertvector(exponents, doubles)) * LN2_DOUBLE;
}
