/* Reads rows of logits, and turns slopes by what was read into gradients of the logits. Requests, readings and slopes lie on a
 * tape, which reading_tape.ts lays out: numbers of 64 bits, one after another in the order of parts, first a request's sizes,
 * then its lists. Addresses on it count from `memory`. */
#include "mixtures.h"

/* What may be asked for: those with a derivative first, in the order in which slopes are added to a gradient. */
enum { ENTROPY, LOG_SUM_EXP, MEAN_EMBEDDING, DIVERGENCE, AT, TOP, GUMBEL_ARGMAX, QUANTILES, KEPT_LAW, PARTS };

/* Before a row's readings: what `scanLogits` answers, and the largest logit or the faulty one. Before its slopes: whether there
 * are any. */
enum { READINGS_HEADER = 2, SLOPES_HEADER = 1 };

/* Entries whose weight relative to the heaviest is below this are left out of a mean embedding, as host_readings.ts says. */
#define NEGLIGIBLE 1e-13

/* Addresses of a row: its logits, its request (0 where nothing is read), readings and slopes. */
typedef struct {
  double logits, request, readings, slopes;
} Row;

/* One row, with sums that were found already, by temperature. */
enum { MOST_KNOWN = 4 };
typedef struct {
  const float *z;
  int count, known;
  double largest, temperatures[MOST_KNOWN], masses[MOST_KNOWN];
} Law;

INLINE void keepMass(Law *law, double temperature, double mass) {
  if (law->known == MOST_KNOWN) return;
  law->temperatures[law->known] = temperature;
  law->masses[law->known++] = mass;
}

static double massAt(Law *law, double temperature) {
  for (int i = 0; i < law->known; i++)
    if (law->temperatures[i] == temperature) return law->masses[i];
  const double mass = exponentialSum(law->z, law->count, law->largest, temperature);
  keepMass(law, temperature, mass);
  return mass;
}

/* What a mean embedding mixes. */
INLINE Visible visibleOf(const Law *law, double temperature) {
  return (Visible){law->z, law->largest, temperature, law->largest + temperature * nearestLogarithm(NEGLIGIBLE)};
}

/* Puts the logits of some ids behind them; where the next reading goes. */
INLINE double *withLogits(double *ids, int size, const float *z) {
  for (int i = 0; i < size; i++) ids[size + i] = z[(int)ids[i]];
  return ids + 2 * size;
}

/* Means that are still to be made. */
typedef struct {
  int size;
  Mixture own[MOST_MIXTURES];
} Mixtures;

static void readRow(const char *memory, Row row, int count, int width, Mixtures *mixtures) {
  Law law = {.z = (const float *)placeAt(memory, row.logits), .count = count};
  const double *sizes = (const double *)placeAt(memory, row.request), *asked = sizes + PARTS;
  double *readings = (double *)placeAt(memory, row.readings), *to = readings + READINGS_HEADER;
  const int scanned = scanLogits(law.z, count, &law.largest);
  readings[0] = scanned;
  readings[1] = scanned >= 0 ? law.z[scanned] : law.largest;
  if (scanned != LAW) return;

  for (int i = 0; i < sizes[ENTROPY]; i++) {
    const double temperature = *asked++;
    const EntropySums sums = entropySums(law.z, count, law.largest, temperature);
    keepMass(&law, temperature, sums.mass);
    *to++ = nearestLogarithm(sums.mass) - sums.weighted / sums.mass;
  }
  for (int i = 0; i < sizes[LOG_SUM_EXP]; i++) *to++ = massAt(&law, *asked++);
  if (sizes[MEAN_EMBEDDING] > 0) {
    const Visible visible = visibleOf(&law, *asked++);
    /* The mass of what it mixes stands behind it. */
    to[width] = visibleMass(&visible, count);
    mixtures->own[mixtures->size++] = (Mixture){visible, to[width], to};
    to += width + 1;
  }
  if (sizes[DIVERGENCE] > 0) {
    const double temperature = asked[0], otherLargest = asked[1], otherLogMass = asked[2];
    const float *other = (const float *)placeAt(memory, asked[3]);
    asked += 4;
    const double logMass = nearestLogarithm(massAt(&law, temperature));
    *to++ = divergenceFrom(law.z, count, temperature, law.largest, logMass, other, otherLargest, otherLogMass);
  }
  for (int i = 0; i < sizes[AT]; i++) *to++ = law.z[(int)*asked++];
  const int top = (int)sizes[TOP];
  if (top > 0) {
    topLogits(law.z, count, top, to, to + top);
    to += 2 * top;
  }
  if (sizes[GUMBEL_ARGMAX] > 0) {
    const double inverse = 1.0 / asked[0];
    const unsigned counter1 = (unsigned)asked[1], counter2 = (unsigned)asked[2], counter3 = (unsigned)asked[3];
    *to = gumbelArgmax(law.z, count, law.largest, inverse, counter1, counter2, counter3, (unsigned)asked[4],
                       (unsigned)asked[5]);
    asked += 6;
    to = withLogits(to, 1, law.z);
  }
  const int quantiles = (int)sizes[QUANTILES];
  if (quantiles > 0) {
    const double temperature = *asked++, mass = massAt(&law, temperature);
    /* Thresholds stand where the logits will. */
    for (int j = 0; j < quantiles; j++) to[quantiles + j] = *asked++ * mass;
    quantileIds(law.z, count, law.largest, temperature, to + quantiles, quantiles, to);
    to = withLogits(to, quantiles, law.z);
  }
  if (sizes[KEPT_LAW] > 0) *to = massAt(&law, *asked);
}

/* Reads what is asked of each row of a tape's table. `embedding` (count, width) is what mean embeddings mix. */
EXPORT void KERNEL(readRows)(const char *memory, const Row *rows, int rowCount, int count, const float *embedding,
                             int width) {
  Mixtures mixtures = {.size = 0};
  for (int r = 0; r < rowCount; r++) {
    if (rows[r].request != 0) readRow(memory, rows[r], count, width, &mixtures);
    if (mixtures.size < MOST_MIXTURES && r + 1 < rowCount) continue;
    mixEmbeddings(mixtures.own, mixtures.size, count, embedding, width);
    mixtures.size = 0;
  }
}

/* A row whose slopes are being added: what of its request, readings and slopes is next. */
typedef struct {
  Law law;
  const double *sizes, *asked, *read, *slope;
  float *gradient;
} SlopedRow;

static SlopedRow slopedRow(const char *memory, Row row, int count, float *gradient) {
  const double *sizes = (const double *)placeAt(memory, row.request);
  const double *readings = (const double *)placeAt(memory, row.readings);
  return (SlopedRow){
    .law = {.z = (const float *)placeAt(memory, row.logits), .count = count, .largest = readings[1]},
    .sizes = sizes,
    .asked = sizes + PARTS,
    .read = readings + READINGS_HEADER,
    .slope = (const double *)placeAt(memory, row.slopes) + SLOPES_HEADER,
    .gradient = gradient,
  };
}

/* Those of entropies and log-sum-exps. */
static void addFirstSlopes(SlopedRow *row) {
  Law *law = &row->law;
  for (int i = 0; i < row->sizes[ENTROPY]; i++) {
    const double temperature = *row->asked++, entropy = *row->read++, own = *row->slope++;
    if (own == 0) continue;
    const double mass = massAt(law, temperature);
    addEntropySlope(law->z, law->count, law->largest, temperature, own / temperature, mass, nearestLogarithm(mass),
                    entropy, row->gradient);
  }
  for (int i = 0; i < row->sizes[LOG_SUM_EXP]; i++) {
    const double temperature = *row->asked++, mass = *row->read++, own = *row->slope++;
    if (own != 0) {
      addMassSlope(law->z, law->count, law->largest, temperature, own / temperature, mass, row->gradient);
    }
  }
}

/* Those of a mean embedding; how many there are of it. */
static int mixtureSlopeOf(SlopedRow *row, int width, MixtureSlope *mixture) {
  if (row->sizes[MEAN_EMBEDDING] == 0) return 0;
  const double temperature = *row->asked++, perLogit = *row->slope++ / temperature;
  *mixture = (MixtureSlope){
    .law = visibleOf(&row->law, temperature),
    .mass = row->read[width],
    .perLogit = perLogit,
    .mean = row->read,
    .slopes = row->slope,
    .gradient = row->gradient,
  };
  row->read += width + 1;
  row->slope += width;
  return perLogit != 0;
}

/* Those of a divergence and of single logits. */
static void addLastSlopes(const char *memory, SlopedRow *row) {
  Law *law = &row->law;
  if (row->sizes[DIVERGENCE] > 0) {
    const double temperature = row->asked[0], otherLargest = row->asked[1], otherLogMass = row->asked[2];
    const float *other = (const float *)placeAt(memory, row->asked[3]);
    row->asked += 4;
    const double divergence = *row->read++, own = *row->slope++;
    if (own != 0) {
      const double logMass = nearestLogarithm(massAt(law, temperature));
      addDivergenceSlope(law->z, law->count, temperature, law->largest, logMass, other, otherLargest, otherLogMass,
                         own / temperature, divergence, row->gradient);
    }
  }
  for (int i = 0; i < row->sizes[AT]; i++) addTo(row->gradient + (int)*row->asked++, *row->slope++);
}

/* Adds d loss / d logits of each row that has slopes to a gradient (rowCount, count). */
EXPORT void KERNEL(addRowSlopes)(const char *memory, const Row *rows, int rowCount, int count, const float *embedding,
                                 int width, float *gradient) {
  SlopedRow sloped[MOST_MIXTURES];
  MixtureSlope mixtures[MOST_MIXTURES];
  for (int r = 0; r < rowCount;) {
    int taken = 0, mixed = 0;
    for (; r < rowCount && taken < MOST_MIXTURES; r++) {
      if (rows[r].request == 0 || *(const double *)placeAt(memory, rows[r].slopes) == 0) continue;
      sloped[taken++] = slopedRow(memory, rows[r], count, gradient + (size)r * count);
    }
    for (int i = 0; i < taken; i++) {
      addFirstSlopes(sloped + i);
      mixed += mixtureSlopeOf(sloped + i, width, mixtures + mixed);
    }
    if (mixed > 0) addMixtureSlopes(mixtures, mixed, count, embedding, width);
    for (int i = 0; i < taken; i++) addLastSlopes(memory, sloped + i);
  }
}

/* exp and log, for tests. */
EXPORT double KERNEL(exponential)(double x) { return nearestExponentials(x - (doubles){})[0]; }
EXPORT double KERNEL(logarithm)(double x) { return nearestLogarithm(x); }
