#pragma once
/* The rows of attention probabilities. */
#include "exponential.h"

#define INFINITE __builtin_inff()

/* The `from`-th four lanes of a vector. */
INLINE four fourOf(vec v, int from) { return (four){v[from], v[from + 1], v[from + 2], v[from + 3]}; }

/* Turns `count` scores into softmax(scale · scores), scale > 0, of which the last `window` count; those before become 0. Up
 * to 3 floats behind them become 0. */
INLINE void softmaxRow(float *scores, int count, int window, float scale) {
  const int padded = (count + 3) & ~3, wide = padded & -LANES;
  for (int i = 0; i < count - window; i++) scores[i] = -INFINITE;
  for (int i = count; i < padded; i++) scores[i] = -INFINITE;
  vec highest = splat(-INFINITE);
  for (int i = 0; i < wide; i += LANES) {
    highest = larger(vec, ints, highest, load(scores + i));
  }
  float top = -INFINITE;
  for (int i = 0; i < LANES; i++) top = top < highest[i] ? highest[i] : top;
  for (int i = wide; i < padded; i++) top = top < scores[i] ? scores[i] : top;
  four sums = {};
  for (int i = 0; i < wide; i += LANES) {
    const vec e = exponentials((load(scores + i) - top) * scale);
    store(scores + i, e);
#pragma GCC unroll 4
    for (int j = 0; j < LANES; j += 4) sums += fourOf(e, j);
  }
  for (int i = wide; i < padded; i += 4) {
    const four e = fourExponentials((*(const four *)(scores + i) - top) * scale);
    *(four *)(scores + i) = e;
    sums += e;
  }
  const float inverse = 1.0f / sumFour(sums);
  for (int i = 0; i < wide; i += LANES) store(scores + i, load(scores + i) * inverse);
  for (int i = wide; i < padded; i += 4) *(four *)(scores + i) = *(const four *)(scores + i) * inverse;
}

/* Overwrites `count` gradients of probabilities with those of scores: scale · p · (dp - Σ p·dp). */
INLINE void softmaxRowBackward(const float *p, float *gradients, int count, float scale) {
  const int whole = count & ~3, wide = count & -LANES;
  four dots = {};
  for (int i = 0; i < whole; i += 4) dots = fused(*(const four *)(p + i), *(const four *)(gradients + i), dots);
  if (count > whole) {
    dots = fused(loadFourPart(p + whole, count - whole), loadFourPart(gradients + whole, count - whole), dots);
  }
  const float dot = sumFour(dots);
  for (int i = 0; i < wide; i += LANES) {
    store(gradients + i, load(p + i) * (load(gradients + i) - dot) * scale);
  }
  for (int i = wide; i < count; i++) gradients[i] = p[i] * (gradients[i] - dot) * scale;
}
