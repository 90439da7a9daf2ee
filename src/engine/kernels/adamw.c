/* The optimizer over a range of the parameters, a multiple of 4 floats. */
#include "vector.h"

/* Sums `shards` gradients that lie `shardBytes` apart into the first, in order; the sum of squares of the sums. */
EXPORT double KERNEL(sumShards)(float *first, size shardBytes, int shards, int count) {
  fourDoubles squares = {};
  for (int i = 0; i < count; i += 4) {
    four sum = *(const four *)(first + i);
    for (int s = 1; s < shards; s++) sum = sum + *(const four *)((const char *)(first + i) + s * shardBytes);
    *(four *)(first + i) = sum;
    const fourDoubles wide = __builtin_convertvector(sum, fourDoubles);
    squares = squares + wide * wide;
  }
  return (squares[0] + squares[2]) + (squares[1] + squares[3]);
}

/* AdamW, Loshchilov and Hutter, arXiv:1711.05101, algorithm 2:
 * m = β₁m + (1-β₁)g, v = β₂v + (1-β₂)g², w = (1 - ηλ)w - η · m / (1-β₁ᵗ) / (√(v / (1-β₂ᵗ)) + ε), g = gradientScale ·
 * gradient; decay is 1 - ηλ, rate η / (1-β₁ᵗ), correction 1 / √(1-β₂ᵗ). */
EXPORT void KERNEL(adamw)(float *weights, const float *gradients, float *first, float *second, int count,
                          float gradientScale, float beta1, float rest1, float beta2, float rest2, float decay,
                          float rate, float correction, float epsilon) {
  int i = 0;
#define UPDATE(V)                                                                              \
  {                                                                                            \
    const V none = {}, g = *(const V *)(gradients + i) * gradientScale;                        \
    const V m = fused(rest1 - none, g, beta1 * *(const V *)(first + i));                       \
    const V v = fused(rest2 - none, g * g, beta2 * *(const V *)(second + i));                  \
    *(V *)(first + i) = m;                                                                     \
    *(V *)(second + i) = v;                                                                    \
    const V step = rate * m / fused(__builtin_elementwise_sqrt(v), correction - none, epsilon - none); \
    *(V *)(weights + i) = decay * *(const V *)(weights + i) - step;                            \
  }
  for (; i + LANES <= count; i += LANES) UPDATE(vec)
  for (; i < count; i += 4) UPDATE(four)
}
