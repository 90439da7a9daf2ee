/* C (m, n) = op(A) B, or C + op(A) B where `accumulate`, on rows of floats; with `transposed`, A is stored (k, m). Every
 * entry of C is one chain of multiply-adds over k in ascending order, so blocking changes no bit, and neither does what
 * else is in the matrix. For the machine's own vectors; product_wasm.c is WebAssembly's.
 *
 * B lies in rows, `bPanel` being 0, or in panels of PANEL columns behind one another, that many floats apart: a panel is
 * read as it lies, which a large matrix needs where A has few rows. */
#include "product.h"

enum {
#if LANES == 16
  ROWS = 12, /* with 2 vectors a row, the sums fit 32 registers */
#else
  ROWS = 6, /* and here 16 */
#endif
  COLUMNS = PANEL,      /* of a tile */
  BLOCK_ROWS = 48,      /* of A that stay in the first-level cache, whole tiles */
  BLOCK_COLUMNS = 1024, /* of B that stay in the second-level cache while the rows of A pass by, whole tiles */
  BLOCK_DEPTH = 128,    /* steps of k before the next columns */
};

/* `rows` is a constant at each call, so the sums live in registers, and so is `narrow`, whether B is in bf16. What lies
 * `ahead` of B, in floats, is fetched meanwhile unless that is 0. */
INLINE void tile(const int narrow, const int rows, const size ahead, int accumulate, size depth, const float *a, size aRow, size aStep,
                 const float *b, size bRow, float *c, size cRow) {
  vec sums[ROWS][2];
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
    sums[i][0] = accumulate ? *(const vec *)(c + i * cRow) : (vec){};
    sums[i][1] = accumulate ? *(const vec *)(c + i * cRow + LANES) : (vec){};
  }
  for (; depth > 0; depth--, a += aStep, b += bRow) {
    const vec b0 = narrow ? lowHalves(b) : load(b), b1 = narrow ? highHalves(b) : load(b + LANES);
    if (ahead) {
      __builtin_prefetch(b + ahead);
      if (!narrow) __builtin_prefetch(b + ahead + LANES);
    }
#pragma GCC unroll 12
    for (int i = 0; i < rows; i++) {
      const vec spread = splat(a[i * aRow]);
      sums[i][0] = fused(spread, b0, sums[i][0]);
      sums[i][1] = fused(spread, b1, sums[i][1]);
    }
  }
#pragma GCC unroll 12
  for (int i = 0; i < rows; i++) {
    *(vec *)(c + i * cRow) = sums[i][0];
    *(vec *)(c + i * cRow + LANES) = sums[i][1];
  }
}

INLINE void anyTile(const int narrow, int rows, const size ahead, int accumulate, size depth, const float *a, size aRow, size aStep,
                    const float *b, size bRow, float *c, size cRow) {
  switch (rows) {
    case 1: tile(narrow, 1, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 2: tile(narrow, 2, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 3: tile(narrow, 3, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 4: tile(narrow, 4, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 5: tile(narrow, 5, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
#if LANES == 16
    case 6: tile(narrow, 6, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 7: tile(narrow, 7, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 8: tile(narrow, 8, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 9: tile(narrow, 9, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 10: tile(narrow, 10, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 11: tile(narrow, 11, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
#endif
    default: tile(narrow, ROWS, ahead, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow);
  }
}

/* `columns` floats, so few that no call is worth its while. */
INLINE void copy(float *to, const float *from, int columns) {
  for (int j = 0; j < columns; j++) to[j] = from[j];
}

/* Which tile fetches the next columns of B, or its next panel: of rows, which lie in pages of their own, the first one; of
 * panels, which the machine foresees from their beginning on, the last that reads one for the first time. For a single row
 * the machine alone is faster. */
INLINE int fetches(int inRows, int m, int m0, int i, int end) {
  return inRows ? i == 0 : m > 1 && m0 == 0 && i + ROWS >= end;
}

/* Both products; panels in bf16 have zeros behind the last columns. */
INLINE void multiply(const int narrow, int transposed, int m, int n, int k, const float *a, int aStride, const float *b,
                     int bStride, int bPanel, int accumulate, float *c, int cStride) {
  const size aRow = transposed ? 1 : aStride, aStep = transposed ? aStride : 1;
  float padded[BLOCK_DEPTH * COLUMNS];
  const int whole = n / COLUMNS * COLUMNS, left = n - whole, inRows = bPanel == 0;
  const int pads = left && !narrow;
  /* A panel lies in one piece, so that the machine foresees all of it. */
  const int block = inRows || pads ? BLOCK_DEPTH : k;
  for (int k0 = 0; k0 < k; k0 += block) {
    const int depth = k - k0 < block ? k - k0 : block, more = accumulate || k0 > 0;
    const float *strip = b + (size)k0 * bStride;
    if (pads) {
      for (int i = 0; i < depth; i++) {
        copy(padded + i * COLUMNS, strip + columnAt(whole, bPanel) + (size)i * bStride, left);
        for (int j = left; j < COLUMNS; j++) padded[i * COLUMNS + j] = 0;
      }
    }
    for (int j0 = 0; j0 < n; j0 += BLOCK_COLUMNS) {
      const int endColumn = n - j0 < BLOCK_COLUMNS ? n : j0 + BLOCK_COLUMNS;
      for (int m0 = 0; m0 < m; m0 += BLOCK_ROWS) {
        const int end = m - m0 < BLOCK_ROWS ? m : m0 + BLOCK_ROWS;
        for (int j = j0; j < endColumn; j += COLUMNS)
          for (int i = m0; i < end; i += ROWS) {
            const int rows = end - i < ROWS ? end - i : ROWS;
            const float *aAt = a + i * aRow + k0 * aStep, *bAt = strip + columnAt(j, bPanel);
            float *out = c + (size)i * cStride + j, part[ROWS * COLUMNS];
            size bRow = bStride, outRow = cStride;
            if (j >= whole) {
              /* The last columns, fewer than a tile has: on a copy of C with zeros behind them. */
              for (int x = 0; x < ROWS * COLUMNS; x++) part[x] = 0;
              for (int r = 0; r < rows; r++) copy(part + r * COLUMNS, out + r * cStride, left);
              if (pads) bAt = padded, bRow = COLUMNS;
              out = part, outRow = COLUMNS;
            }
            if (fetches(inRows, m, m0, i, end)) {
              const size ahead = inRows ? COLUMNS : bPanel;
              anyTile(narrow, rows, ahead, more, depth, aAt, aRow, aStep, bAt, bRow, out, outRow);
            } else anyTile(narrow, rows, 0, more, depth, aAt, aRow, aStep, bAt, bRow, out, outRow);
            if (j >= whole)
              for (int r = 0; r < rows; r++) copy(c + (size)(i + r) * cStride + j, part + r * COLUMNS, left);
          }
      }
    }
  }
}

void PRODUCT(int transposed, int m, int n, int k, const float *a, int aStride, const float *b, int bStride,
             int bPanel, int accumulate, float *c, int cStride) {
  multiply(0, transposed, m, n, k, a, aStride, b, bStride, bPanel, accumulate, c, cStride);
}

void PRODUCT_BF16(int m, int n, int k, const float *a, int aStride, const float *b, int accumulate, float *c,
                  int cStride) {
  multiply(1, 0, m, n, k, a, aStride, b, LANES, k * LANES, accumulate, c, cStride);
}
