/* y = x · (w + o) / √(mean(x²) + ε), o an offset that is 0 but in Gemma, Zhang and Sennrich, arXiv:1910.07467, equation 4.
 * A row holds `groups` vectors of `width` floats, each normalised by itself: one for the residual stream, heads for queries
 * and keys. */
#include "vector.h"

/* sums += a · b over `width` floats, on four lanes. */
INLINE four dotFour(const float *a, const float *b, int width) {
  const int whole = width & ~3, rest = width - whole;
  four sums = {};
  for (int i = 0; i < whole; i += 4) sums = fused(*(const four *)(a + i), *(const four *)(b + i), sums);
  if (rest) sums = fused(loadFourPart(a + whole, rest), loadFourPart(b + whole, rest), sums);
  return sums;
}

/* `inverse` (rows, groups) receives 1 / √(mean(x²) + ε). x may be y. */
EXPORT void KERNEL(rmsNorm)(const float *x, int xStride, const float *weight, float *y, int yStride, float *inverse,
                            int rows, int groups, int width, float epsilon, float offset) {
  const int whole = width & -LANES, rest = width - whole;
  for (int r = 0; r < rows; r++, x += xStride, y += yStride) {
    for (int g = 0; g < groups; g++) {
      const float *xs = x + g * width;
      float *ys = y + g * width;
      const float mean = sumFour(dotFour(xs, xs, width)) / (float)width;
      const float scale = 1.0f / __builtin_elementwise_sqrt(mean + epsilon);
      *inverse++ = scale;
      for (int i = 0; i < whole; i += LANES) store(ys + i, load(xs + i) * scale * (load(weight + i) + offset));
      if (rest) {
        const vec v = loadPart(xs + whole, rest) * scale * (loadPart(weight + whole, rest) + offset);
        storePart(ys + whole, v, rest);
      }
    }
  }
}

/* dx (+)= dy · (w + o) · s - x · s³ · mean(x · dy · (w + o)), dw += x · dy · s, with s the stored `inverse`. dy may be dx where
 * nothing is accumulated. */
EXPORT void KERNEL(rmsNormBackward)(const float *x, int xStride, const float *weight, const float *inverse,
                                    const float *dy, int dyStride, int accumulate, float *dx, int dxStride,
                                    float *dWeight, int rows, int groups, int width, float offset) {
  const int whole = width & ~3, rest = width - whole;
  for (int r = 0; r < rows; r++, x += xStride, dy += dyStride, dx += dxStride) {
    for (int g = 0; g < groups; g++) {
      const float *xs = x + g * width, *dys = dy + g * width;
      float *dxs = dx + g * width;
      const float scale = *inverse++;
      four dot = {};
      for (int i = 0; i < whole; i += 4) {
        const four product = *(const four *)(xs + i) * *(const four *)(dys + i);
        dot = fused(product, *(const four *)(weight + i) + offset, dot);
        *(four *)(dWeight + i) = fused(product, scale - (four){}, *(const four *)(dWeight + i));
      }
      if (rest) {
        const four product = loadFourPart(xs + whole, rest) * loadFourPart(dys + whole, rest);
        dot = fused(product, loadFourPart(weight + whole, rest) + offset, dot);
        for (int i = 0; i < rest; i++) dWeight[whole + i] = fusedOne(product[i], scale, dWeight[whole + i]);
      }
      const float pull = -scale * scale * scale / (float)width * sumFour(dot);
      const int wide = width & -LANES, left = width - wide;
      for (int i = 0; i < wide; i += LANES) {
        vec v = fused(load(dys + i) * (load(weight + i) + offset), splat(scale), pull * load(xs + i));
        if (accumulate) v = v + load(dxs + i);
        store(dxs + i, v);
      }
      if (left) {
        vec v = fused(loadPart(dys + wide, left) * (loadPart(weight + wide, left) + offset), splat(scale),
                      pull * loadPart(xs + wide, left));
        if (accumulate) v = v + loadPart(dxs + wide, left);
        storePart(dxs + wide, v, left);
      }
    }
  }
}
