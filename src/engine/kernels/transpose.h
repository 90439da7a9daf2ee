#pragma once
/* to (columns, rows) = from (rows, columns)ᵀ; strides are floats from row to row. */
#include "vector.h"

INLINE void transposeFour(const float *from, size fromStride, float *to, size toStride) {
  const four r0 = *(const four *)from, r1 = *(const four *)(from + fromStride);
  const four r2 = *(const four *)(from + 2 * fromStride), r3 = *(const four *)(from + 3 * fromStride);
  const four low01 = __builtin_shufflevector(r0, r1, 0, 4, 1, 5), high01 = __builtin_shufflevector(r0, r1, 2, 6, 3, 7);
  const four low23 = __builtin_shufflevector(r2, r3, 0, 4, 1, 5), high23 = __builtin_shufflevector(r2, r3, 2, 6, 3, 7);
  *(four *)to = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
  *(four *)(to + toStride) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
  *(four *)(to + 2 * toStride) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
  *(four *)(to + 3 * toStride) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}

INLINE void transposed(const float *from, int fromStride, int rows, int columns, float *to, int toStride) {
  const int wholeRows = rows & ~3, wholeColumns = columns & ~3;
  for (int r = 0; r < wholeRows; r += 4)
    for (int c = 0; c < wholeColumns; c += 4)
      transposeFour(from + (size)r * fromStride + c, fromStride, to + (size)c * toStride + r, toStride);
  for (int r = 0; r < rows; r++)
    for (int c = r < wholeRows ? wholeColumns : 0; c < columns; c++)
      to[(size)c * toStride + r] = from[(size)r * fromStride + c];
}
