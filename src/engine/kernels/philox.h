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

/* Standard Gumbel draw of a word, -log(-log1p(-u)), u = (~word + 1/2) / 2^32: 1 - u is a double. */
INLINE double gumbelOf(unsigned word) {
  const double u = ((double)~word + 0.5) * 0x1p-32;
  return -nearestLogarithm(-nearestLogarithm(1.0 - u));
}

/* A bound that the draw does not exceed, without a logarithm. */
INLINE double gumbelBoundOf(unsigned word) {
  const unsigned rest = ~word;
  return (rest == 0 ? 33 : __builtin_clz(rest) + 1) * LN2_DOUBLE;
}
