/* The weight product of product.c for WebAssembly: the same chains over k, in tiles that V8 keeps in its registers.
 *
 * Deno's V8 checks the bounds of every load, so loads are what a tile must save. Of Aᵀ, four rows of a tile come with one
 * load and are spread over the lanes by shuffles. A is therefore transposed block by block where that pays. */
#include "product.h"
#include "transpose.h"

enum {
  /* What fits V8's 15 vector registers: 5·2 sums, 2 of B, 1 of A and 1 spread value. */
  ROWS = 5,
  COLUMNS = PANEL,
  /* Rows of C whose strip of Aᵀ stays in the first-level cache while the columns of B pass by; whole tiles. */
  BLOCK_ROWS = 40,
  /* Steps of k that are summed before the next columns are visited. */
  BLOCK_DEPTH = 128,
  /* Gathering a block of Aᵀ costs about as much as this many columns save. */
  LEAST_COLUMNS_TO_GATHER = 48,
};

/* What every tile takes. `columns` of C are written; `more` says that C is added to. */
#define OPERANDS int columns, int more, size depth, const float *a, size aRow, const float *b, size bRow, float *c, size cRow
#define GIVEN columns, more, depth, a, aRow, b, bRow, c, cRow

#define SPREAD(v, lane) __builtin_shufflevector(v, v, lane, lane, lane, lane)
/* Adds to a row of sums. The compiler must not mix the rows: their spread values together would not fit the registers. */
#define ADD_ROW(row, spread)                                      \
  {                                                               \
    const vec value = spread;                                     \
    sums[row][0] = fused(value, b0, sums[row][0]);                \
    sums[row][1] = fused(value, b1, sums[row][1]);                \
    __asm__ volatile("" : "+r"(sums[row][0]), "+r"(sums[row][1])); \
  }

INLINE void storeRow(const int whole, int columns, float *to, vec low, vec high) {
  if (whole || columns > LANES) store(to, low);
  else storePart(to, low, columns);
  if (whole) store(to + LANES, high);
  else if (columns > LANES) storePart(to + LANES, high, columns - LANES);
}

/* One tile: `rows` (1 to 5) by 8 columns of C in registers. With `transposed`, A is stored (k, rows); with `narrow`, B is in
 * bf16. `narrow`, `transposed`, `rows` and `whole` are constants at each call. Reads up to 7 floats behind the last
 * columns. */
INLINE void tile(const int narrow, const int transposed, const int rows, const int whole, OPERANDS) {
  vec sums[ROWS][2];
#pragma GCC unroll 5
  for (int i = 0; i < rows; i++) {
    sums[i][0] = more ? load(c + i * cRow) : (vec){};
    sums[i][1] = more ? load(c + i * cRow + LANES) : (vec){};
  }
  const size aStep = transposed ? aRow : 1;
  for (const float *end = a + depth * aStep; a < end; a += aStep, b += bRow) {
    const vec b0 = narrow ? lowHalves(b) : load(b), b1 = narrow ? highHalves(b) : load(b + LANES);
    if (transposed) {
      const vec four = load(a);
      ADD_ROW(0, SPREAD(four, 0))
      if (rows > 1) ADD_ROW(1, SPREAD(four, 1))
      if (rows > 2) ADD_ROW(2, SPREAD(four, 2))
      if (rows > 3) ADD_ROW(3, SPREAD(four, 3))
      if (rows > 4) ADD_ROW(4, splat(a[4]))
    } else {
#pragma GCC unroll 5
      for (int i = 0; i < rows; i++) ADD_ROW(i, splat(a[i * aRow]))
    }
  }
#pragma GCC unroll 5
  for (int i = 0; i < rows; i++) storeRow(whole, columns, c + i * cRow, sums[i][0], sums[i][1]);
}

/* Functions of their own: V8 shares out registers by function. */
#define CALLED __attribute__((noinline)) static

CALLED void fullTile(OPERANDS) { tile(0, 0, ROWS, 1, GIVEN); }
CALLED void fullTileTransposed(OPERANDS) { tile(0, 1, ROWS, 1, GIVEN); }

/* A tile of fewer rows or columns. */
INLINE void anyTile(const int narrow, const int transposed, int rows, OPERANDS) {
  switch (rows) {
    case 1: tile(narrow, transposed, 1, 0, GIVEN); return;
    case 2: tile(narrow, transposed, 2, 0, GIVEN); return;
    case 3: tile(narrow, transposed, 3, 0, GIVEN); return;
    case 4: tile(narrow, transposed, 4, 0, GIVEN); return;
    default: tile(narrow, transposed, ROWS, 0, GIVEN);
  }
}

CALLED void edgeTile(int rows, OPERANDS) { anyTile(0, 0, rows, GIVEN); }
CALLED void edgeTileTransposed(int rows, OPERANDS) { anyTile(0, 1, rows, GIVEN); }
CALLED void edgeTileBf16(int rows, OPERANDS) { anyTile(1, 0, rows, GIVEN); }

/* A strip of a panel in bf16, as floats in rows of a panel. */
INLINE void widen(const float *from, size depth, float *to) {
  for (const float *end = from + depth * LANES; from < end; from += LANES, to += PANEL) {
    store(to, lowHalves(from));
    store(to + LANES, highHalves(from));
  }
}

/* The operands of a tile among all. */
#define AT columns, more, depth, aAt, aRow, bAt, bRow, cAt, cRow

/* All tiles of some rows of C, column strip by column strip. With `transposed`, a strip of B in bf16 is widened once for all
 * of its tiles: within them, V8 takes an eighth longer. */
INLINE void tiles(const int narrow, const int transposed, int rows, int n, int more, size depth, const float *a, size aRow,
                  const float *b, size bStride, int bPanel, float *c, size cRow) {
  float wide[BLOCK_DEPTH * PANEL];
  for (int j = 0; j < n; j += COLUMNS) {
    const int columns = n - j < COLUMNS ? n - j : COLUMNS;
    const float *bAt = b + columnAt(j, bPanel);
    size bRow = bStride;
    if (narrow && transposed) {
      widen(bAt, depth, wide);
      bAt = wide, bRow = PANEL;
    }
    for (int i = 0; i < rows; i += ROWS) {
      const int height = rows - i < ROWS ? rows - i : ROWS;
      const float *aAt = a + (transposed ? i : i * aRow);
      float *cAt = c + i * cRow + j;
      if (narrow && !transposed) edgeTileBf16(height, AT);
      else if (columns < COLUMNS || height < ROWS) {
        if (transposed) edgeTileTransposed(height, AT);
        else edgeTile(height, AT);
      } else {
        if (transposed) fullTileTransposed(AT);
        else fullTile(AT);
      }
    }
  }
}

/* A block of Aᵀ as it is stored. */
INLINE void copyBlock(const float *from, size fromRow, int depth, int height, float *to) {
  for (int l = 0; l < depth; l++)
    for (int i = 0; i < height; i++) to[l * BLOCK_ROWS + i] = from[l * fromRow + i];
}

/* Both products. */
INLINE void multiply(const int narrow, const int transposedA, int m, int n, int k, const float *a, int aStride,
                     const float *b, int bStride, int bPanel, int accumulate, float *c, int cStride) {
  const size aRow = aStride, bRow = bStride, cRow = cStride;
  const int gathering = (narrow || n >= LEAST_COLUMNS_TO_GATHER) && m >= ROWS;
  if (!transposedA && !gathering) {
    for (int i = 0; i < m; i += BLOCK_ROWS) {
      const int height = m - i < BLOCK_ROWS ? m - i : BLOCK_ROWS;
      tiles(narrow, 0, height, n, accumulate, k, a + i * aRow, aRow, b, bRow, bPanel, c + i * cRow, cRow);
    }
    return;
  }
  float gathered[BLOCK_DEPTH * BLOCK_ROWS];
  for (int k0 = 0; k0 < k; k0 += BLOCK_DEPTH) {
    const int depth = k - k0 < BLOCK_DEPTH ? k - k0 : BLOCK_DEPTH;
    for (int i = 0; i < m; i += BLOCK_ROWS) {
      const int height = m - i < BLOCK_ROWS ? m - i : BLOCK_ROWS;
      const float *block = transposedA ? a + k0 * aRow + i : a + i * aRow + k0;
      size blockRow = aRow;
      if (gathering) {
        if (transposedA) copyBlock(block, aRow, depth, height, gathered);
        else transposed(block, aStride, height, depth, gathered, BLOCK_ROWS);
        block = gathered, blockRow = BLOCK_ROWS;
      }
      tiles(narrow, 1, height, n, accumulate || k0 > 0, depth, block, blockRow, b + k0 * bRow, bRow, bPanel, c + i * cRow,
            cRow);
    }
  }
}

void PRODUCT(int transposedA, int m, int n, int k, const float *a, int aStride, const float *b, int bStride,
             int bPanel, int accumulate, float *c, int cStride) {
  multiply(0, transposedA, m, n, k, a, aStride, b, bStride, bPanel, accumulate, c, cStride);
}

void PRODUCT_BF16(int m, int n, int k, const float *a, int aStride, const float *b, int accumulate, float *c,
                  int cStride) {
  multiply(1, 0, m, n, k, a, aStride, b, LANES, k * LANES, accumulate, c, cStride);
}
