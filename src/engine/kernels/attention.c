/* Causal attention of one head over a span: `own` rows that see `prefix` earlier rows (a shared prompt) and, of themselves,
 * the rows up to each; of all these the last `window`. Forward and backward go in blocks of query rows, so that nothing of
 * size (own, own) is ever held; backward computes the probabilities again.
 *
 * q, k, v and their gradients lie in rows of `stride` floats; kPrefix and vPrefix are the prefix's first rows.
 * total = prefix + own; `scoreStride` is total rounded up to whole panels of any build. Scratch: keysT, valuesT (width,
 * scoreStride), p and dp (BLOCK_ROWS_OF_QUERIES, scoreStride), each with the slack that products read. */
#include "softmax.h"
#include "product.h"
#include "transpose.h"

/* Columns up to the end of the last tile: a product has whole tiles then, whose last columns nobody reads. */
INLINE int wholePanels(int columns) { return (columns + PANEL - 1) / PANEL * PANEL; }

INLINE void zero(float *at, int count) {
  for (int i = 0; i < count; i++) at[i] = 0;
}

/* to (size, total) = the prefix's rows, then the span's own, transposed, and zeros behind them. */
INLINE void transposeBoth(const float *prefixRows, const float *ownRows, int stride, int prefix, int own, int width,
                          float *to, int toStride) {
  transposed(prefixRows, stride, prefix, width, to, toStride);
  transposed(ownRows, stride, own, width, to + prefix, toStride);
  for (int i = 0; i < width; i++) zero(to + (size)i * toStride + prefix + own, toStride - prefix - own);
}

/* p (rows, prefix + first + rows) = causal softmax of scores of query rows `first` and on; 0 above the diagonal. */
INLINE void probabilities(const float *q, int stride, int prefix, int first, int rows, int width, int window, float scale,
                          const float *keysT, int scoreStride, float *p) {
  const int seen = prefix + first + rows;
  PRODUCT(0, rows, wholePanels(seen), width, q, stride, keysT, scoreStride, 0, 0, p, scoreStride);
  softmaxRows(p, scoreStride, rows, prefix + first + 1, window, scale);
  for (int r = 0; r < rows; r++) {
    const int padded = wholeVectors(prefix + first + r + 1);
    if (padded < seen) zero(p + (size)r * scoreStride + padded, seen - padded);
  }
}

/* out (own, size) (+)= a (own, total) · the prefix's rows, then the span's own: one chain over both. */
INLINE void productBoth(int rows, int width, int prefix, int own, const float *a, int aStride, const float *prefixRows,
                        const float *ownRows, int stride, float *out, int outStride) {
  if (prefix > 0) PRODUCT(0, rows, width, prefix, a, aStride, prefixRows, stride, 0, 0, out, outStride);
  PRODUCT(0, rows, width, own, a + prefix, aStride, ownRows, stride, 0, prefix > 0, out, outStride);
}

/* Rows of scratch that `p` and `dp` need. */
EXPORT int KERNEL(attentionBlockRows)(void) { return BLOCK_ROWS_OF_QUERIES; }

/* out (own, width) = softmax(scale · q · kᵀ) · v, of the last `window` positions up to each row. */
EXPORT void KERNEL(attention)(const float *q, const float *k, const float *v, const float *kPrefix, const float *vPrefix,
                              int stride, int prefix, int own, int width, int window, float scale, float *out,
                              int outStride, float *keysT, float *p, int scoreStride) {
  transposeBoth(kPrefix, k, stride, prefix, own, width, keysT, scoreStride);
  for (int first = 0; first < own; first += BLOCK_ROWS_OF_QUERIES) {
    const int rows = own - first < BLOCK_ROWS_OF_QUERIES ? own - first : BLOCK_ROWS_OF_QUERIES;
    probabilities(q + (size)first * stride, stride, prefix, first, rows, width, window, scale, keysT, scoreStride, p);
    productBoth(rows, width, prefix, first + rows, p, scoreStride, vPrefix, v, stride, out + (size)first * outStride,
                outStride);
  }
}

/* dq = …, and dk, dv, dkPrefix, dvPrefix += …, from dOut (own, width). */
EXPORT void KERNEL(attentionBackward)(const float *q, const float *k, const float *v, const float *kPrefix,
                                      const float *vPrefix, int stride, int prefix, int own, int width, int window,
                                      float scale, const float *dOut, int outStride, float *dq, float *dk, float *dv,
                                      float *dkPrefix, float *dvPrefix, float *keysT, float *valuesT, float *p,
                                      float *dp, int scoreStride) {
  transposeBoth(kPrefix, k, stride, prefix, own, width, keysT, scoreStride);
  transposeBoth(vPrefix, v, stride, prefix, own, width, valuesT, scoreStride);
  for (int first = 0; first < own; first += BLOCK_ROWS_OF_QUERIES) {
    const int rows = own - first < BLOCK_ROWS_OF_QUERIES ? own - first : BLOCK_ROWS_OF_QUERIES, seen = first + rows;
    const float *queries = q + (size)first * stride, *dOutRows = dOut + (size)first * outStride;
    probabilities(queries, stride, prefix, first, rows, width, window, scale, keysT, scoreStride, p);
    PRODUCT(0, rows, wholePanels(prefix + seen), width, dOutRows, outStride, valuesT, scoreStride, 0, 0, dp, scoreStride);
    softmaxRowsBackward(p, dp, scoreStride, rows, prefix + first + 1, scale);
    for (int r = 0; r < rows; r++) {
      const int count = prefix + first + r + 1;
      zero(dp + (size)r * scoreStride + count, prefix + seen - count);
    }
    productBoth(rows, width, prefix, seen, dp, scoreStride, kPrefix, k, stride, dq + (size)first * stride, stride);
    PRODUCT(1, prefix, width, rows, dp, scoreStride, queries, stride, 0, 1, dkPrefix, stride);
    PRODUCT(1, seen, width, rows, dp + prefix, scoreStride, queries, stride, 0, 1, dk, stride);
    PRODUCT(1, prefix, width, rows, p, scoreStride, dOutRows, outStride, 0, 1, dvPrefix, stride);
    PRODUCT(1, seen, width, rows, p + prefix, scoreStride, dOutRows, outStride, 0, 1, dv, stride);
  }
}
