/* Reads rows of logits, and turns slopes by what was read into gradients of the logits. Requests, readings and slopes lie on a
 * tape, which reading_tape.ts lays out: numbers of 64 bits, one after another in the order of parts, first a request's sizes,
 * then its lists. Addresses on it count from `memory`. */
#include "readings.h"

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

/* Logits below it are in no mean embedding. */
INLINE double leastVisible(double largest, double temperature) {
  return largest + temperature * nearestLogarithm(NEGLIGIBLE);
}

/* Puts the logits of some ids behind them; where the next reading goes. */
INLINE double *withLogits(double *ids, int size, const float *z) {
  for (int i = 0; i < size; i++) ids[size + i] = z[(int)ids[i]];
  return ids + 2 * size;
}

static void readRow(const char *memory, Row row, int count, const float *table, int width) {
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
    const double temperature = *asked++, least = leastVisible(law.largest, temperature);
    /* The mass of what it mixes stands behind it. */
    to[width] = meanEmbedding(law.z, count, law.largest, temperature, least, table, width, to);
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
  for (int r = 0; r < rowCount; r++)
    if (rows[r].request != 0) readRow(memory, rows[r], count, embedding, width);
}

static void addSlopes(const char *memory, Row row, int count, const float *table, int width, float *gradient) {
  const double *sizes = (const double *)placeAt(memory, row.request), *asked = sizes + PARTS;
  const double *readings = (const double *)placeAt(memory, row.readings), *read = readings + READINGS_HEADER;
  const double *slope = (const double *)placeAt(memory, row.slopes) + SLOPES_HEADER;
  Law law = {.z = (const float *)placeAt(memory, row.logits), .count = count, .largest = readings[1]};
  const float *z = law.z;
  const double largest = law.largest;

  for (int i = 0; i < sizes[ENTROPY]; i++) {
    const double temperature = *asked++, entropy = *read++, own = *slope++;
    if (own == 0) continue;
    const double mass = massAt(&law, temperature);
    addEntropySlope(z, count, largest, temperature, own / temperature, mass, nearestLogarithm(mass), entropy, gradient);
  }
  for (int i = 0; i < sizes[LOG_SUM_EXP]; i++) {
    const double temperature = *asked++, mass = *read++, own = *slope++;
    if (own != 0) addMassSlope(z, count, largest, temperature, own / temperature, mass, gradient);
  }
  if (sizes[MEAN_EMBEDDING] > 0) {
    const double temperature = *asked++, mass = read[width], least = leastVisible(largest, temperature);
    const double perLogit = *slope++ / temperature;
    if (perLogit != 0) {
      addMixtureSlope(z, count, largest, temperature, least, mass, table, width, read, slope, perLogit, gradient);
    }
    read += width + 1;
    slope += width;
  }
  if (sizes[DIVERGENCE] > 0) {
    const double temperature = asked[0], otherLargest = asked[1], otherLogMass = asked[2];
    const float *other = (const float *)placeAt(memory, asked[3]);
    asked += 4;
    const double divergence = *read++, own = *slope++;
    if (own != 0) {
      const double logMass = nearestLogarithm(massAt(&law, temperature));
      addDivergenceSlope(z, count, temperature, largest, logMass, other, otherLargest, otherLogMass, own / temperature,
                         divergence, gradient);
    }
  }
  for (int i = 0; i < sizes[AT]; i++) addTo(gradient + (int)*asked++, *slope++);
}

/* Adds d loss / d logits of each row that has slopes to a gradient (rowCount, count). */
EXPORT void KERNEL(addRowSlopes)(const char *memory, const Row *rows, int rowCount, int count, const float *embedding,
                                 int width, float *gradient) {
  for (int r = 0; r < rowCount; r++) {
    if (rows[r].request == 0 || *(const double *)placeAt(memory, rows[r].slopes) == 0) continue;
    addSlopes(memory, rows[r], count, embedding, width, gradient + (size)r * count);
  }
}

/* exp and log, for tests. */
EXPORT double KERNEL(exponential)(double x) { return nearestExponentials(x - (doubles){})[0]; }
EXPORT double KERNEL(logarithm)(double x) { return nearestLogarithm(x); }
