/* h = f(gate) · up, f = SiLU or GELU: Shazeer, arXiv:2002.05202, equations 5 and 6. A row is `width` gates, then `width` ups.
 * Each f is gate · p(gate), p the share that passes. */
#include "exponential.h"

/* Which f, a constant at each call; GELU by the error function, or its approximation by tanh: Hendrycks and Gimpel,
 * arXiv:1606.08415, section 2. */
enum { SILU, GELU, GELU_TANH };

#define HALF_ROOT 0.70710678f
#define NORMAL 0.39894228f
#define TANH_SLOPE 1.5957691f
#define TANH_CUBIC 0.044715f

INLINE vec sigmoid(vec x) {
  const vec one = constant(vec, 1.0f);
  return one / (one + exponentials(-x));
}

/* The normal distribution function, to about 1e-7 of the smaller tail (erfcc of Numerical Recipes, section 6.2). */
INLINE vec normal(vec x) {
  const vec z = (vec)((ints)x & 0x7fffffff) * HALF_ROOT;
  const vec t = 1.0f / fused(z, splat(0.5f), splat(1.0f));
  vec p = splat(0.17087277f);
  p = fused(p, t, splat(-0.82215223f));
  p = fused(p, t, splat(1.48851587f));
  p = fused(p, t, splat(-1.13520398f));
  p = fused(p, t, splat(0.27886807f));
  p = fused(p, t, splat(-0.18628806f));
  p = fused(p, t, splat(0.09678418f));
  p = fused(p, t, splat(0.37409196f));
  p = fused(p, t, splat(1.00002368f));
  p = fused(p, t, splat(-1.26551223f));
  const vec tail = 0.5f * t * exponentials(p - z * z);
  return choose(x < 0.0f, tail, 1.0f - tail);
}

/* The share of the gate that passes. */
INLINE vec share(const int kind, vec gate) {
  if (kind == SILU) return sigmoid(gate);
  if (kind == GELU) return normal(gate);
  return sigmoid(fused(gate * gate * TANH_CUBIC, gate, gate) * TANH_SLOPE);
}

/* df / d gate, from the share and f. */
INLINE vec slope(const int kind, vec gate, vec p, vec f) {
  if (kind == SILU) return fused(f, 1.0f - p, p);
  if (kind == GELU) return fused(gate, exponentials(gate * gate * -0.5f) * NORMAL, p);
  const vec inner = gate * gate * (3 * TANH_CUBIC) + 1.0f;
  return fused(f * (inner * TANH_SLOPE), 1.0f - p, p);
}

/* gateUp (rows, 2·width) -> hidden (rows, width). */
INLINE void forward(const int kind, const float *gateUp, float *hidden, int rows, int width) {
  const int whole = width & -LANES, rest = width - whole;
  for (int r = 0; r < rows; r++, gateUp += 2 * width, hidden += width) {
    const float *up = gateUp + width;
    for (int i = 0; i < whole; i += LANES) {
      const vec gate = load(gateUp + i);
      store(hidden + i, gate * share(kind, gate) * load(up + i));
    }
    if (rest) {
      const vec gate = loadPart(gateUp + whole, rest);
      storePart(hidden + whole, gate * share(kind, gate) * loadPart(up + whole, rest), rest);
    }
  }
}

/* Overwrites gateUp with its gradient, from the gradient of hidden (rows, width). */
INLINE void backward(const int kind, float *gateUp, const float *dHidden, int rows, int width) {
  const int whole = width & -LANES, rest = width - whole;
  for (int r = 0; r < rows; r++, gateUp += 2 * width, dHidden += width) {
    float *up = gateUp + width;
    for (int i = 0; i < whole; i += LANES) {
      const vec g = load(gateUp + i), u = load(up + i), d = load(dHidden + i), p = share(kind, g), f = g * p;
      store(gateUp + i, d * u * slope(kind, g, p, f));
      store(up + i, d * f);
    }
    if (rest) {
      const vec g = loadPart(gateUp + whole, rest), u = loadPart(up + whole, rest);
      const vec d = loadPart(dHidden + whole, rest), p = share(kind, g), f = g * p;
      storePart(gateUp + whole, d * u * slope(kind, g, p, f), rest);
      storePart(up + whole, d * f, rest);
    }
  }
}

#define GATED(name, kind)                                                                 \
  EXPORT void KERNEL(name)(const float *gateUp, float *hidden, int rows, int width) {     \
    forward(kind, gateUp, hidden, rows, width);                                           \
  }                                                                                       \
  EXPORT void KERNEL(name##Backward)(float *gateUp, const float *dHidden, int rows, int width) { \
    backward(kind, gateUp, dHidden, rows, width);                                         \
  }

GATED(swiglu, SILU)
GATED(geglu, GELU)
GATED(gegluTanh, GELU_TANH)
