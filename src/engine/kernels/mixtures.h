#pragma once
/* Means of embeddings under softmaxes, and what slopes by them add to gradients of logits: of several rows at once, for the
 * table of embeddings is far larger than the machine's caches. Every sum runs as for one row alone. */
#include "readings.h"
#include "transpose.h"

enum {
  /* Rows that share a passage through the table. */
  MOST_MIXTURES = 16,
  /* Embeddings that are added at once, so that a mean is loaded and stored once for all. */
  TOGETHER = 8,
  /* Columns of the table that are turned at once. */
  CHUNK = 64,
};

/* A softmax over the ids whose logit is at least `least`; the others are negligible. */
typedef struct {
  const float *z;
  double top, temperature, least;
} Visible;

/* The visible ids of a block, with their exponentials. */
typedef struct {
  int size, ids[BLOCK];
  Block block;
} VisibleBlock;

/* Of ids `first` to `end` - 1, at most a block. */
static void findVisible(const Visible *law, int first, int end, VisibleBlock *found) {
  int size = 0;
  for (int id = first; id < end; id++) {
    if ((double)law->z[id] < law->least) continue;
    found->block.scaled[size] = ((double)law->z[id] - law->top) / law->temperature;
    found->ids[size++] = id;
  }
  found->size = size;
  exponentialsOf(&found->block, size);
}

INLINE int blockEnd(int first, int size, int count) { return count - first < size ? count : first + size; }

/* The mass of the visible ids relative to the largest logit. */
static double visibleMass(const Visible *law, int count) {
  double mass = 0;
  VisibleBlock found;
  for (int first = 0; first < count; first += BLOCK) {
    findVisible(law, first, blockEnd(first, BLOCK, count), &found);
    for (int i = 0; i < found.size; i++) mass += found.block.weights[i];
  }
  return mass;
}

/* A mean to be made: (width), under a law of this mass. */
typedef struct {
  Visible law;
  double mass, *mean;
} Mixture;

/* mean += p[k] · embeddings[k], one after another. */
INLINE void addEmbeddings(const int together, const double *p, const float *const *embeddings, int width, double *mean) {
  const int whole = width / HALF_LANES * HALF_LANES;
  for (int j = 0; j < whole; j += HALF_LANES) {
    doubles sums = *(const doubles *)(mean + j);
#pragma GCC unroll 8
    for (int k = 0; k < together; k++) {
      sums += p[k] * __builtin_convertvector(*(const halfFloats *)(embeddings[k] + j), doubles);
    }
    *(doubles *)(mean + j) = sums;
  }
  for (int j = whole; j < width; j++)
    for (int k = 0; k < together; k++) mean[j] += p[k] * (double)embeddings[k][j];
}

/* The mean of the rows of a table (count, width) under each law. */
static void mixEmbeddings(const Mixture *mixtures, int rows, int count, const float *table, int width) {
  for (int m = 0; m < rows; m++)
    for (int j = 0; j < width; j++) mixtures[m].mean[j] = 0;
  VisibleBlock found;
  for (int first = 0; first < count; first += BLOCK) {
    for (int m = 0; m < rows; m++) {
      double p[BLOCK];
      const float *embeddings[BLOCK];
      findVisible(&mixtures[m].law, first, blockEnd(first, BLOCK, count), &found);
      for (int i = 0; i < found.size; i++) {
        p[i] = found.block.weights[i] / mixtures[m].mass;
        embeddings[i] = table + (size)found.ids[i] * width;
      }
      double *mean = mixtures[m].mean;
      int i = 0;
      for (; i + TOGETHER <= found.size; i += TOGETHER) addEmbeddings(TOGETHER, p + i, embeddings + i, width, mean);
      for (; i < found.size; i++) addEmbeddings(1, p + i, embeddings + i, width, mean);
    }
  }
}

/* A mean with slopes by it, both (width), and the gradient of its logits. */
typedef struct {
  Visible law;
  double mass, perLogit;
  const double *mean, *slopes;
  float *gradient;
} MixtureSlope;

/* `depth` columns of the embeddings of `ids` ids, (depth, LANES); 0 where there is no id. */
INLINE void turnColumns(const float *embeddings, int ids, int depth, int width, double *columns) {
  float turned[CHUNK * LANES];
  if (ids < LANES)
    for (int i = 0; i < CHUNK * LANES; i++) turned[i] = 0;
  transposed(embeddings, width, ids, depth, turned, LANES);
  for (int i = 0; i < depth * LANES; i += HALF_LANES) {
    *(doubles *)(columns + i) = __builtin_convertvector(*(const halfFloats *)(turned + i), doubles);
  }
}

/* Whether any of some ids is visible. */
INLINE int isAnyVisible(const Visible *law, int first, int end) {
  int any = 0;
  for (int id = first; id < end; id++) any |= (double)law->z[id] >= law->least;
  return any;
}

/* projections += slopes · columns (depth, LANES), a chain for each lane. */
INLINE void project(const double *slopes, const double *columns, int depth, doubles *projections) {
  doubles low = projections[0], high = projections[1];
  for (int j = 0; j < depth; j++) {
    low += slopes[j] * *(const doubles *)(columns + j * LANES);
    high += slopes[j] * *(const doubles *)(columns + j * LANES + HALF_LANES);
  }
  projections[0] = low, projections[1] = high;
}

/* gradient += perLogit · p · (embedding - mean)·slopes of each id that a mean mixes, p under `mass`; MOST_MIXTURES at most. */
static void addMixtureSlopes(const MixtureSlope *mixtures, int rows, int count, const float *table, int width) {
  double along[MOST_MIXTURES];
  for (int m = 0; m < rows; m++) {
    along[m] = 0;
    for (int j = 0; j < width; j++) along[m] += mixtures[m].slopes[j] * mixtures[m].mean[j];
  }
  for (int first = 0; first < count; first += LANES) {
    const int end = blockEnd(first, LANES, count);
    int seen = 0;
    /* Near certainty all but nothing is left of these sums, so that their order shows. */
    doubles projections[MOST_MIXTURES][2];
    for (int m = 0; m < rows; m++) {
      seen |= isAnyVisible(&mixtures[m].law, first, end);
      projections[m][0] = projections[m][1] = -along[m] - (doubles){};
    }
    if (!seen) continue;
    for (int from = 0; from < width; from += CHUNK) {
      double columns[CHUNK * LANES];
      const int depth = blockEnd(from, CHUNK, width) - from;
      turnColumns(table + (size)first * width + from, end - first, depth, width, columns);
      for (int m = 0; m < rows; m++) project(mixtures[m].slopes + from, columns, depth, projections[m]);
    }
    for (int m = 0; m < rows; m++) {
      const MixtureSlope row = mixtures[m];
      const double *own = (const double *)projections[m];
      VisibleBlock found;
      findVisible(&row.law, first, end, &found);
      for (int i = 0; i < found.size; i++) {
        const double p = found.block.weights[i] / row.mass;
        addTo(row.gradient + found.ids[i], row.perLogit * p * own[found.ids[i] - first]);
      }
    }
  }
}
