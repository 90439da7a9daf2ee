#pragma once
/* What is read of one row of logits, and what slopes by it add to the row's gradient: models/host_readings.ts where the
 * logits are. Sums run over ids in ascending order, one after another, in 64 bits, and exponentials and logarithms are
 * rounded to nearest, so nothing depends on the machine. `z` has `count` logits. read_rows.c says what is asked for. */
#include "nearest.h"
#include "philox.h"

#define INFINITE __builtin_inff()

/* Answers of `scanLogits` other than an id. */
enum { LAW = -1, NOTHING_POSSIBLE = -2 };

/* The first id with this logit. */
INLINE int firstOf(const float *z, int count, float value) {
  int id = 0;
  while (id + LANES <= count && !__builtin_reduce_or(load(z + id) == splat(value))) id += LANES;
  while (z[id] != value) id++;
  return id;
}

/* Whether logits are a law: -1, or the first id of NaN or Infinity, or -2 where all are -Infinity. `largest` receives the
 * largest of them, the first of equal ones: zeros have signs. */
static int scanLogits(const float *z, int count, double *largest) {
  const vec infinity = splat(INFINITE);
  const int wide = count & -LANES;
  vec highest = -infinity;
  ints lawful = highest < infinity;
  for (int i = 0; i < wide; i += LANES) {
    const vec v = load(z + i);
    highest = larger(vec, ints, highest, v);
    lawful &= v < infinity;
  }
  float top = -INFINITE;
  for (int i = 0; i < LANES; i++) top = highest[i] > top ? highest[i] : top;
  int isLaw = __builtin_reduce_and(lawful);
  for (int i = wide; i < count; i++) {
    isLaw = isLaw && z[i] < INFINITE;
    if (z[i] > top) top = z[i];
  }
  if (isLaw && top == 0) top = z[firstOf(z, count, top)];
  *largest = top;
  if (isLaw) return top > -INFINITE ? LAW : NOTHING_POSSIBLE;
  for (int id = 0; id < count; id++)
    if (!(z[id] < INFINITE)) return id;
  return LAW;
}

/* Ids whose exponentials are computed at once. */
enum { BLOCK = 64 };

/* Of each id of a block, the logit relative to the largest, divided by the temperature, and its exponential. */
typedef struct {
  double scaled[BLOCK], weights[BLOCK];
} Block;

static __attribute__((noinline)) void exponentialsOf(Block *block, int size) {
  const int padded = (size + HALF_LANES - 1) & -HALF_LANES;
  for (int i = size; i < padded; i++) block->scaled[i] = 0;
  for (int i = 0; i < padded; i += HALF_LANES) {
    *(doubles *)(block->weights + i) = nearestExponentials(*(const doubles *)(block->scaled + i));
  }
}

INLINE void scale(const float *z, int size, double top, double temperature, double *scaled) {
  for (int i = 0; i < size; i++) scaled[i] = ((double)z[i] - top) / temperature;
}

/* Both for ids from `first` on; how many there are. */
INLINE int weigh(Block *block, const float *z, int count, int first, double top, double temperature) {
  const int size = count - first < BLOCK ? count - first : BLOCK;
  scale(z + first, size, top, temperature, block->scaled);
  exponentialsOf(block, size);
  return size;
}

/* Σ exp((z - top) / temperature). */
static double exponentialSum(const float *z, int count, double top, double temperature) {
  Block block;
  double sum = 0;
  for (int first = 0; first < count; first += BLOCK) {
    const int size = weigh(&block, z, count, first, top, temperature);
    for (int i = 0; i < size; i++) sum += block.weights[i];
  }
  return sum;
}

/* Σ w and Σ w s, w = exp(s), s = (z - top) / temperature: what an entropy is made of. */
typedef struct {
  double mass, weighted;
} EntropySums;

static EntropySums entropySums(const float *z, int count, double top, double temperature) {
  Block block;
  double mass = 0, weighted = 0;
  for (int first = 0; first < count; first += BLOCK) {
    const int size = weigh(&block, z, count, first, top, temperature);
    for (int i = 0; i < size; i++) {
      mass += block.weights[i];
      /* w s is 0 in the limit of w 0, where a logit of -Infinity would give NaN. */
      if (block.weights[i] > 0) weighted += block.weights[i] * block.scaled[i];
    }
  }
  return (EntropySums){mass, weighted};
}

/* Adds to a gradient, rounded to 32 bits. */
INLINE void addTo(float *gradient, double term) { *gradient = (float)((double)*gradient + term); }

/* gradient += perLogit · exp((z - top) / temperature) / mass. */
static void addMassSlope(const float *z, int count, double top, double temperature, double perLogit, double mass,
                                 float *gradient) {
  Block block;
  for (int first = 0; first < count; first += BLOCK) {
    const int size = weigh(&block, z, count, first, top, temperature);
    for (int i = 0; i < size; i++) addTo(gradient + first + i, perLogit * block.weights[i] / mass);
  }
}

/* gradient -= perLogit · p · (log p + entropy), p = exp((z - top) / temperature) / mass. */
static void addEntropySlope(const float *z, int count, double top, double temperature, double perLogit,
                                    double mass, double logMass, double entropy, float *gradient) {
  Block block;
  for (int first = 0; first < count; first += BLOCK) {
    const int size = weigh(&block, z, count, first, top, temperature);
    for (int i = 0; i < size; i++) {
      const double w = block.weights[i];
      if (w > 0) addTo(gradient + first + i, -(perLogit * (w / mass) * (block.scaled[i] - logMass + entropy)));
    }
  }
}

/* A heap of ids with their logits: no entry is better than its parent. One is better by a larger logit, and of equals by a
 * smaller id. */
INLINE int isWorse(double id, double logit, double otherId, double otherLogit) {
  return logit < otherLogit || (logit == otherLogit && id > otherId);
}

/* Puts an entry where the one at `index` was, and the better of the two ends deeper. */
INLINE void siftDown(double *ids, double *logits, int size, int index, double id, double logit) {
  for (int child = 2 * index + 1; child < size; child = 2 * index + 1) {
    const int other = child + 1;
    if (other < size && isWorse(ids[other], logits[other], ids[child], logits[child])) child = other;
    if (!isWorse(ids[child], logits[child], id, logit)) break;
    ids[index] = ids[child], logits[index] = logits[child];
    index = child;
  }
  ids[index] = id, logits[index] = logit;
}

/* The `size` (at most `count`) largest logits with their ids, falling; equal ones by rising id. */
static void topLogits(const float *z, int count, int size, double *ids, double *logits) {
  for (int id = 0; id < size; id++) ids[id] = id, logits[id] = z[id];
  for (int index = (size >> 1) - 1; index >= 0; index--) siftDown(ids, logits, size, index, ids[index], logits[index]);
  int id = size;
  while (id < count) {
    const vec leasts = splat((float)logits[0]);
    /* Most vectors hold nothing that is large enough. */
    while (id + LANES <= count && !__builtin_reduce_or(load(z + id) > leasts)) id += LANES;
    for (const int end = count - id < LANES ? count : id + LANES; id < end; id++) {
      if (z[id] > logits[0]) siftDown(ids, logits, size, 0, id, z[id]);
    }
  }
  for (int last = size - 1; last > 0; last--) {
    const double worstId = ids[0], worstLogit = logits[0];
    siftDown(ids, logits, last, 0, ids[last], logits[last]);
    ids[last] = worstId, logits[last] = worstLogit;
  }
}

/* The best token so far, by z · inverse + noise. */
typedef struct {
  int id;
  double score;
} Best;

/* Whether one of HALF_LANES tokens could beat a score by the words that they draw. */
INLINE int mayBeat(const float *z, double inverse, const unsigned *words, double score) {
  const doubles own = __builtin_convertvector(*(const halfFloats *)z, doubles) * inverse;
  return __builtin_reduce_or(own + gumbelBoundsOf(words) > score);
}

INLINE Best betterOf(Best best, int id, double own, unsigned word) {
  if (own + gumbelBoundOf(word) <= best.score) return best;
  const double score = own + gumbelOf(word);
  return score <= best.score ? best : (Best){id, score};
}

/* The id of the largest z · inverse + Gumbel noise, the first of equal ones but for the most probable token, which is tried
 * first. Tokens that could not pass the best so far with the largest noise there is are left out, many at once. */
static int gumbelArgmax(const float *z, int count, double top, double inverse, unsigned counter1,
                                unsigned counter2, unsigned counter3, unsigned key0, unsigned key1) {
  const int likeliest = firstOf(z, count, (float)top);
  PhiloxWords words = philox((unsigned)likeliest / PHILOX_WORDS, counter1, counter2, counter3, key0, key1);
  Best best = {likeliest, top * inverse + gumbelOf(words.word[likeliest % PHILOX_WORDS])};
  const double most = gumbelOf(0xffffffff);
  enum { TOGETHER = PHILOX_WORDS * LANES };
  int first = 0;
  for (; first + TOGETHER <= count; first += TOGETHER) {
    vec highest = load(z + first);
    for (int i = LANES; i < TOGETHER; i += LANES) highest = larger(vec, ints, highest, load(z + first + i));
    /* 1 is far above any rounding. */
    const vec least = splat((float)((best.score - most - 1) / inverse));
    if (!__builtin_reduce_or(highest >= least)) continue;
    unsigned drawn[TOGETHER];
    philoxInLanes((unsigned)first / PHILOX_WORDS, counter1, counter2, counter3, key0, key1, drawn);
    for (int i = 0; i < TOGETHER; i += HALF_LANES) {
      if (!mayBeat(z + first + i, inverse, drawn + i, best.score)) continue;
      for (int id = first + i; id < first + i + HALF_LANES; id++) {
        best = betterOf(best, id, (double)z[id] * inverse, drawn[id - first]);
      }
    }
  }
  for (; first < count; first += PHILOX_WORDS) {
    words = philox((unsigned)first / PHILOX_WORDS, counter1, counter2, counter3, key0, key1);
    const int end = count - first < PHILOX_WORDS ? count : first + PHILOX_WORDS;
    for (int id = first; id < end; id++) best = betterOf(best, id, (double)z[id] * inverse, words.word[id - first]);
  }
  return best.id;
}

/* The first ids at which the sum of exp((z - top) / temperature) passes each threshold; the last one that can be drawn
 * where none does. */
static void quantileIds(const float *z, int count, double top, double temperature, const double *thresholds,
                                int size, double *ids) {
  for (int j = 0; j < size; j++) ids[j] = -1;
  Block block;
  double sum = 0;
  int last = 0, open = size;
  for (int first = 0; first < count && open > 0; first += BLOCK) {
    const int blockSize = weigh(&block, z, count, first, top, temperature);
    for (int i = 0; i < blockSize && open > 0; i++) {
      if (block.weights[i] == 0) continue;
      last = first + i;
      sum += block.weights[i];
      for (int j = 0; j < size; j++) {
        if (ids[j] >= 0 || sum <= thresholds[j]) continue;
        ids[j] = last;
        open--;
      }
    }
  }
  for (int j = 0; j < size; j++)
    if (ids[j] < 0) ids[j] = last;
}

/* log p = (z - top) / temperature - logMass of each id of a block, with p. */
INLINE int weighLaw(Block *block, const float *z, int count, int first, double top, double temperature, double logMass) {
  const int size = count - first < BLOCK ? count - first : BLOCK;
  scale(z + first, size, top, temperature, block->scaled);
  for (int i = 0; i < size; i++) block->scaled[i] -= logMass;
  exponentialsOf(block, size);
  return size;
}

/* KL(p ‖ q) = Σ p (log p - log q), log p = (z - top) / temperature - logMass and log q likewise of other logits. What
 * cannot be drawn adds nothing. */
static double divergenceFrom(const float *z, int count, double temperature, double top, double logMass,
                                     const float *other, double otherTop, double otherLogMass) {
  Block block;
  double value = 0;
  for (int first = 0; first < count; first += BLOCK) {
    const int size = weighLaw(&block, z, count, first, top, temperature, logMass);
    for (int i = 0; i < size; i++) {
      const double log = block.scaled[i];
      if (log == -__builtin_inf()) continue;
      const double otherLog = ((double)other[first + i] - otherTop) / temperature - otherLogMass;
      value += block.weights[i] * (log - otherLog);
    }
  }
  return value;
}

/* gradient += perLogit · p (log p - log q - divergence). */
static void addDivergenceSlope(const float *z, int count, double temperature, double top, double logMass,
                                       const float *other, double otherTop, double otherLogMass, double perLogit,
                                       double divergence, float *gradient) {
  Block block;
  for (int first = 0; first < count; first += BLOCK) {
    const int size = weighLaw(&block, z, count, first, top, temperature, logMass);
    for (int i = 0; i < size; i++) {
      const double log = block.scaled[i];
      if (log == -__builtin_inf()) continue;
      const double otherLog = ((double)other[first + i] - otherTop) / temperature - otherLogMass;
      addTo(gradient + first + i, perLogit * block.weights[i] * ((log - otherLog) - divergence));
    }
  }
}
