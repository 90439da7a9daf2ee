#pragma once
/* The rows of attention probabilities. */
#include "exponential.h"

#define INFINITE __builtin_inff()

/* The `from`-th four lanes of a vector. */
INLINE four fourOf(vec v, int from) { return (four){v[from], v[from + 1], v[from + 2], v[from + 3]}; }

/* The largest lane; NaN counts as none. */
INLINE float largestOf(vec v) {
  four most = fourOf(v, 0);
#pragma GCC unroll 4
  for (int i = 4; i < LANES; i += 4) most = larger(four, fourInts, most, fourOf(v, i));
  float top = most[0];
  for (int i = 1; i < 4; i++) top = top < most[i] ? most[i] : top;
  return top;
}

/* Whole vectors for `count` floats. */
INLINE int wholeVectors(int count) { return (count + LANES - 1) & -LANES; }

/* Query rows that are taken together, so that none waits for its own sums. Small beside a completion, so that little is
 * computed above the diagonal; whole tiles of WebAssembly's product. */
enum { BLOCK_ROWS_OF_QUERIES = 20 };

/* Turns at most a block of rows of scores, `count` in the first and one more in each further, into softmax(scale · scores),
 * scale > 0, of which the last `window` count; those before become 0. What is behind them in the last vector becomes 0. */
INLINE void softmaxRows(float *scores, int stride, int rows, int count, int window, float scale) {
  float tops[BLOCK_ROWS_OF_QUERIES], inverses[BLOCK_ROWS_OF_QUERIES];
  for (int r = 0; r < rows; r++) {
    float *row = scores + (size)r * stride;
    const int own = count + r, wide = wholeVectors(own);
    for (int i = 0; i < own - window; i++) row[i] = -INFINITE;
    store(row + wide - LANES, firstLanes(load(row + wide - LANES), own - wide + LANES, -INFINITE));
    vec highest = splat(-INFINITE);
    for (int i = 0; i < wide; i += LANES) highest = larger(vec, ints, highest, load(row + i));
    tops[r] = largestOf(highest);
  }
  for (int r = 0; r < rows; r++) {
    float *row = scores + (size)r * stride;
    const int wide = wholeVectors(count + r);
    const float top = tops[r];
    four sums = {};
    for (int i = 0; i < wide; i += LANES) {
      const vec e = exponentials((load(row + i) - top) * scale);
      store(row + i, e);
#pragma GCC unroll 4
      for (int j = 0; j < LANES; j += 4) sums += fourOf(e, j);
    }
    inverses[r] = 1.0f / sumFour(sums);
  }
  for (int r = 0; r < rows; r++) {
    float *row = scores + (size)r * stride;
    const int wide = wholeVectors(count + r);
    const float inverse = inverses[r];
    for (int i = 0; i < wide; i += LANES) store(row + i, load(row + i) * inverse);
  }
}

/* Overwrites rows of gradients of probabilities, sized as those of `softmaxRows`, with those of scores:
 * scale · p · (dp - Σ p·dp). What is behind them in the last vector is overwritten too. */
INLINE void softmaxRowsBackward(const float *p, float *gradients, int stride, int rows, int count, float scale) {
  float dots[BLOCK_ROWS_OF_QUERIES];
  for (int r = 0; r < rows; r++) {
    const float *row = gradients + (size)r * stride, *ps = p + (size)r * stride;
    const int own = count + r, whole = own & ~3;
    four sums = {};
    for (int i = 0; i < whole; i += 4) sums = fused(*(const four *)(ps + i), *(const four *)(row + i), sums);
    if (own > whole) sums = fused(loadFourPart(ps + whole, own - whole), loadFourPart(row + whole, own - whole), sums);
    dots[r] = sumFour(sums);
  }
  for (int r = 0; r < rows; r++) {
    float *row = gradients + (size)r * stride;
    const float *ps = p + (size)r * stride, dot = dots[r];
    for (int i = 0; i < wholeVectors(count + r); i += LANES) {
      store(row + i, load(ps + i) * (load(row + i) - dot) * scale);
    }
  }
}
