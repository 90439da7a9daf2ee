/* Rotary position embedding, Su et al., arXiv:2104.09864, equation 34, in the half-split layout of Hugging Face: entry i of a
 * head turns with entry i + r/2, r the coordinates that turn, which are its first. */
#include "vector.h"

/* Turns `heads` heads of `width` in each row by the angles of its position, in place; back where `inverse`. `table`
 * (positions, r): r/2 cosines, then r/2 sines, r = `turned`. `positions` (rows). */
EXPORT void KERNEL(rope)(float *x, int xStride, const int *positions, const float *table, int rows, int heads, int width,
                         int turned, int inverse) {
  const int half = turned >> 1, whole = half & -LANES;
  const float sign = inverse ? -1.0f : 1.0f;
  for (int r = 0; r < rows; r++, x += xStride) {
    const float *cosines = table + (size)positions[r] * turned, *sines = cosines + half;
    for (int h = 0; h < heads; h++) {
      float *low = x + h * width, *high = low + half;
      for (int i = 0; i < whole; i += LANES) {
        const vec a = load(low + i), b = load(high + i), c = load(cosines + i), s = sign * load(sines + i);
        store(low + i, a * c - b * s);
        store(high + i, b * c + a * s);
      }
      for (int i = whole; i < half; i++) {
        const float a = low[i], b = high[i], c = cosines[i], s = sign * sines[i];
        low[i] = a * c - b * s;
        high[i] = b * c + a * s;
      }
    }
  }
}
