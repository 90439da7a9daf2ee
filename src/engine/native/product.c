/* C (m, n) = op(A) B, or C + op(A) B where `accumulate`, on rows of floats: the weight product of the engine for the
 * machine's own vectors. Every entry of C is one chain of fused multiply-adds over k in ascending order, as in
 * kernels/matrix_product.ts, so both give the same bytes. Compiled with -ffp-contract=fast; compile.ts checks that the
 * result fuses. */
#include <string.h>

#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

enum {
  ROWS = 6,            /* with 2 vectors a row, the sums fit 16 registers */
  COLUMNS = 2 * LANES, /* of a tile */
  BLOCK_ROWS = 48,     /* of A that stay in the first-level cache */
  BLOCK_DEPTH = 128,   /* steps of k before the next columns */
};

#define INLINE static inline __attribute__((always_inline))

/* `rows` is a constant at each call, so the sums live in registers. */
INLINE void tile(const int rows, int accumulate, long depth, const float *a, long aRow, long aStep, const float *b,
                 long bRow, float *c, long cRow) {
  vec sums[ROWS][2];
#pragma GCC unroll 6
  for (int i = 0; i < rows; i++) {
    sums[i][0] = accumulate ? *(const vec *)(c + i * cRow) : (vec){};
    sums[i][1] = accumulate ? *(const vec *)(c + i * cRow + LANES) : (vec){};
  }
  for (; depth > 0; depth--, a += aStep, b += bRow) {
    const vec b0 = *(const vec *)b, b1 = *(const vec *)(b + LANES);
#pragma GCC unroll 6
    for (int i = 0; i < rows; i++) {
      const vec spread = a[i * aRow] - (vec){};
      sums[i][0] += spread * b0;
      sums[i][1] += spread * b1;
    }
  }
#pragma GCC unroll 6
  for (int i = 0; i < rows; i++) {
    *(vec *)(c + i * cRow) = sums[i][0];
    *(vec *)(c + i * cRow + LANES) = sums[i][1];
  }
}

INLINE void anyTile(int rows, int accumulate, long depth, const float *a, long aRow, long aStep, const float *b,
                    long bRow, float *c, long cRow) {
  switch (rows) {
    case 1: tile(1, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 2: tile(2, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 3: tile(3, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 4: tile(4, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    case 5: tile(5, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow); return;
    default: tile(6, accumulate, depth, a, aRow, aStep, b, bRow, c, cRow);
  }
}

/* The last columns, fewer than a tile has: on copies with zeros behind them. */
static void edge(int rows, int columns, int accumulate, long depth, const float *a, long aRow, long aStep,
                 const float *b, float *c, long cRow) {
  float part[ROWS * COLUMNS] = {0};
  if (accumulate)
    for (int i = 0; i < rows; i++) memcpy(part + i * COLUMNS, c + i * cRow, columns * sizeof(float));
  anyTile(rows, accumulate, depth, a, aRow, aStep, b, COLUMNS, part, COLUMNS);
  for (int i = 0; i < rows; i++) memcpy(c + i * cRow, part + i * COLUMNS, columns * sizeof(float));
}

void product(int transposed, int m, int n, int k, const float *a, int aStride, const float *b, int bStride,
             int accumulate, float *c, int cStride) {
  const long aRow = transposed ? 1 : aStride, aStep = transposed ? aStride : 1;
  float padded[BLOCK_DEPTH * COLUMNS];
  for (int k0 = 0; k0 < k; k0 += BLOCK_DEPTH) {
    const int depth = k - k0 < BLOCK_DEPTH ? k - k0 : BLOCK_DEPTH, more = accumulate || k0 > 0;
    const float *strip = b + (long)k0 * bStride;
    const int whole = n / COLUMNS * COLUMNS, left = n - whole;
    if (left) {
      memset(padded, 0, sizeof padded);
      for (int i = 0; i < depth; i++)
        memcpy(padded + i * COLUMNS, strip + (long)i * bStride + whole, left * sizeof(float));
    }
    for (int m0 = 0; m0 < m; m0 += BLOCK_ROWS) {
      const int end = m - m0 < BLOCK_ROWS ? m : m0 + BLOCK_ROWS;
      for (int j = 0; j < n; j += COLUMNS)
        for (int i = m0; i < end; i += ROWS) {
          const int rows = end - i < ROWS ? end - i : ROWS;
          const float *aAt = a + i * aRow + k0 * aStep;
          float *out = c + (long)i * cStride + j;
          if (j < whole) anyTile(rows, more, depth, aAt, aRow, aStep, strip + j, bStride, out, cStride);
          else edge(rows, left, more, depth, aAt, aRow, aStep, padded, out, cStride);
        }
    }
  }
}
