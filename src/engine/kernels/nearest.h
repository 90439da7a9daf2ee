#pragma once
/* exp and log of doubles, rounded to nearest: what they give does not depend on the machine, nor on how it is computed.
 *
 * Both are first computed as a sum of two doubles, to about 2^-67 of the value. Where the error could tell which double is
 * the nearest, which is rare, whole numbers of 192 bits decide. */
#include "vector.h"
#include "nearest_tables.h"

typedef long long whole;
typedef unsigned long long bits64;

#define HALF_LANES (LANES / 2)
typedef double doubles __attribute__((vector_size(8 * HALF_LANES), aligned(8)));
typedef whole wholes __attribute__((vector_size(8 * HALF_LANES), aligned(8)));

INLINE bits64 bitsOf(double x) { return __builtin_bit_cast(bits64, x); }
INLINE double ofBits(bits64 bits) { return __builtin_bit_cast(double, bits); }

#define DOUBLE_BITS 52
#define BIAS 1023ull
INLINE double powerOfTwo(int exponent) { return ofBits((BIAS + (bits64)exponent) << DOUBLE_BITS); }

/* ---- 192 bits ---- */

enum { WORDS = 7, LAST_WORD = WORDS - 1 };
/* A number in [0, 2^32), 32 bits each, the last before the point. */
typedef struct { unsigned words[WORDS]; } Fixed;

static const Fixed LN2 = {{0x7298b62d, 0x40f34326, 0x03f2f6af, 0xc9e3b398, 0xd1cf79ab, 0xb17217f7, 0}};

INLINE Fixed plus(Fixed a, Fixed b) {
  bits64 carry = 0;
  for (int i = 0; i < WORDS; i++) {
    carry += (bits64)a.words[i] + b.words[i];
    a.words[i] = (unsigned)carry;
    carry >>= 32;
  }
  return a;
}

/* a - b, a >= b. */
INLINE Fixed minus(Fixed a, Fixed b) {
  whole borrow = 0;
  for (int i = 0; i < WORDS; i++) {
    borrow += (whole)a.words[i] - b.words[i];
    a.words[i] = (unsigned)borrow;
    borrow >>= 32;
  }
  return a;
}

INLINE Fixed timesWhole(Fixed a, unsigned factor) {
  bits64 carry = 0;
  for (int i = 0; i < WORDS; i++) {
    carry += (bits64)a.words[i] * factor;
    a.words[i] = (unsigned)carry;
    carry >>= 32;
  }
  return a;
}

INLINE Fixed dividedBy(Fixed a, unsigned divisor) {
  bits64 rest = 0;
  for (int i = LAST_WORD; i >= 0; i--) {
    rest = rest << 32 | a.words[i];
    a.words[i] = (unsigned)(rest / divisor);
    rest %= divisor;
  }
  return a;
}

/* The product, cut off behind the last word. */
INLINE Fixed times(Fixed a, Fixed b) {
  unsigned sums[2 * WORDS] = {0};
  for (int i = 0; i < WORDS; i++) {
    bits64 carry = 0;
    for (int j = 0; j < WORDS; j++) {
      carry += (bits64)a.words[i] * b.words[j] + sums[i + j];
      sums[i + j] = (unsigned)carry;
      carry >>= 32;
    }
    sums[i + WORDS] = (unsigned)carry;
  }
  Fixed product;
  for (int i = 0; i < WORDS; i++) product.words[i] = sums[i + LAST_WORD];
  return product;
}

INLINE int compare(Fixed a, Fixed b) {
  for (int i = LAST_WORD; i >= 0; i--)
    if (a.words[i] != b.words[i]) return a.words[i] < b.words[i] ? -1 : 1;
  return 0;
}

/* |x|, cut off behind the last word; |x| < 2^32. */
INLINE Fixed fixedOf(double x) {
  const bits64 bits = bitsOf(x) & ~0ull >> 1;
  const bits64 fraction = (bits & ((1ull << DOUBLE_BITS) - 1)) | 1ull << DOUBLE_BITS;
  /* Of the fraction's lowest bit among those of the number. */
  const int place = (int)(bits >> DOUBLE_BITS) - (int)BIAS - DOUBLE_BITS + 32 * LAST_WORD;
  Fixed number = {{0}};
  for (int i = 0; i < WORDS; i++) {
    const int shift = 32 * i - place;
    if (shift >= 0 && shift < 64) number.words[i] = (unsigned)(fraction >> shift);
    else if (shift < 0 && shift > -32) number.words[i] = (unsigned)(fraction << -shift);
  }
  return number;
}

/* exp of a number, or of its negative, as 2^exponent times what is returned, which is in [1, 2). */
static __attribute__((noinline)) Fixed exactExponential(Fixed x, int negative, int *exponent) {
  /* An estimate of x / ln 2 that is at most 1 too small. */
  unsigned count = (unsigned)(((bits64)x.words[LAST_WORD] << 32 | x.words[LAST_WORD - 1]) / (0xb17217f8ull));
  Fixed rest = minus(x, timesWhole(LN2, count));
  if (compare(rest, LN2) >= 0) rest = minus(rest, LN2), count++;
  if (negative) rest = minus(LN2, rest), count++;
  *exponent = negative ? -(int)count : (int)count;
  Fixed sum = {{0}}, term = {{0}};
  sum.words[LAST_WORD] = term.words[LAST_WORD] = 1;
  for (unsigned n = 1;; n++) {
    term = dividedBy(times(term, rest), n);
    const Fixed next = plus(sum, term);
    if (compare(next, sum) == 0) return sum;
    sum = next;
  }
}

/* Smallest exponent of a normal double. */
#define LEAST_EXPONENT -1022
/* Outside of these exp rounds to infinity, or to 0. */
#define EXP_HIGHEST_FINITE 709.782712893384
#define EXP_LOWEST_NOT_0 -745.1332191019411

/* exp of any double, slowly. */
static __attribute__((noinline)) double slowExponential(double x) {
  if (!(x <= EXP_HIGHEST_FINITE)) return x + __builtin_inf();
  if (x < EXP_LOWEST_NOT_0) return 0;
  int exponent;
  const Fixed value = exactExponential(fixedOf(x), x < 0, &exponent);
  /* Bits that the result has not, as it is below the normal ones. */
  const int lost = exponent < LEAST_EXPONENT ? LEAST_EXPONENT - exponent : 0;
  const bits64 fraction = (bits64)value.words[LAST_WORD - 1] << 32 | value.words[LAST_WORD - 2];
  const bits64 all = (bits64)value.words[LAST_WORD] << 63 | fraction >> 1;
  const bits64 kept = ((all >> (63 - DOUBLE_BITS - 1 + lost)) + 1) >> 1;
  if (lost > 0) return (double)kept * 0x1p-1074;
  return (double)kept * 0x1p-52 * powerOfTwo(exponent);
}

/* Whether v > exp(y + part), with y + part exact. */
static __attribute__((noinline)) int isAboveExponential(double v, double y, double part) {
  const int negative = y < 0;
  const Fixed high = fixedOf(y), low = fixedOf(part);
  int exponent;
  const Fixed value = exactExponential((part < 0) == negative ? plus(high, low) : minus(high, low), negative, &exponent);
  const int own = (int)(bitsOf(v) >> DOUBLE_BITS) - (int)BIAS;
  if (own != exponent) return own > exponent;
  return compare(fixedOf(v * powerOfTwo(-own)), value) > 0;
}

/* ---- two doubles ---- */

/* Adding it rounds a double below 2^51 to a whole number, which then stands in the lowest bits. */
#define WHOLE_ROUNDER 0x1.8p52
/* ln 2 / 128 in three parts: a whole number of up to 18 bits times the first or the second is exact. */
#define PER_LN2 0x1.71547652b82fep7
#define STEP_HIGH 0x1.62e42fefcp-8
#define STEP_MIDDLE -0x1.c610ca87p-44
#define STEP_LOW 0x1.e3b39803f2f6bp-79
/* Adding it keeps a multiple of 2^-35. */
#define CUT_AT_35 0x1.8p17
/* Results between are normal doubles. */
#define EXP_LEAST -708.0
#define EXP_MOST 709.0
/* Above what the sum of two doubles may be off. */
#define EXP_DOUBT 0x1p-66

/* exp of each lane; lanes of the mask are not decided. */
INLINE doubles fastExponentials(doubles given, wholes *undecided) {
  const wholes outside = ~((given >= EXP_LEAST) & (given <= EXP_MOST));
  const doubles x = (doubles)((wholes)given & ~outside);
  /* x = steps · ln 2 / 128 + r, |r| < 2^-8, r = high + low. */
  const doubles shifted = x * PER_LN2 + WHOLE_ROUNDER, steps = shifted - WHOLE_ROUNDER;
  const doubles first = x - steps * STEP_HIGH, second = steps * STEP_MIDDLE;
  const doubles high = first - second, low = ((first - high) - second) - steps * STEP_LOW;
  const doubles cut = (high + CUT_AT_35) - CUT_AT_35, rest = high - cut;
  /* exp(r) - 1 - high. */
  const doubles curve =
      low + high * high * (0.5 + high * (0x1.5555555555555p-3 + high * (0x1.5555555555555p-5 + high * (0x1.1111111111111p-7 +
      high * 0x1.6c16c16c16c17p-10))));
  /* Times 2^(steps mod 128 / 128), whose first part is short: its product with the cut is exact. */
  doubles power, part;
  for (int i = 0; i < HALF_LANES; i++) {
    const double *entry = POWERS[((wholes)shifted)[i] & 127];
    power[i] = entry[0], part[i] = entry[1];
  }
  const doubles product = power * cut, top = power + product;
  const doubles tail = ((power - top) + product) + (power * (rest + curve) + part * (1.0 + (high + curve)));
  const doubles sum = top + tail, left = (top - sum) + tail;
  const doubles above = sum + (left + EXP_DOUBT), below = sum + (left - EXP_DOUBT);
  const wholes none = given < EXP_LOWEST_NOT_0;
  *undecided = (outside | (above != below)) & ~none;
  const wholes exponent = ((wholes)shifted << (DOUBLE_BITS - 7)) & ~((1ll << DOUBLE_BITS) - 1);
  return (doubles)((wholes)(above * (doubles)(exponent + (whole)(BIAS << DOUBLE_BITS))) & ~none);
}

/* exp of each lane, rounded to nearest. */
INLINE doubles nearestExponentials(doubles x) {
  wholes undecided;
  doubles value = fastExponentials(x, &undecided);
  whole any = 0;
  for (int i = 0; i < HALF_LANES; i++) any |= undecided[i];
  if (__builtin_expect(any != 0, 0))
    for (int i = 0; i < HALF_LANES; i++)
      if (undecided[i]) value[i] = slowExponential(x[i]);
  return value;
}

#define LN2_HIGH 0x1.62e42fefa38p-1
#define LN2_LOW 0x1.ef35793c7673p-45
/* Adding it keeps a multiple of 2^-26, or of 2^-33. */
#define CUT_AT_26 0x1.8p26
#define CUT_AT_33 0x1.8p19
/* From this part of 128 on, a fraction in [1, 2) is above the square root of 2. */
#define HALVED 53
#define LOG_DOUBT 0x1p-64

/* log of a normal double above 0, rounded to nearest. */
static __attribute__((noinline)) double nearestLogarithm(double v) {
  if (v == 1) return 0;
  const bits64 bits = bitsOf(v);
  const int part = (bits >> (DOUBLE_BITS - 7)) & 127, halved = part >= HALVED;
  const double exponent = (int)(bits >> DOUBLE_BITS) - (int)BIAS + halved;
  const double fraction = ofBits((bits & ((1ull << DOUBLE_BITS) - 1)) | (BIAS - halved) << DOUBLE_BITS);
  /* fraction · inverse - 1 = r = high + low, |r| <= 2^-7. */
  const double *entry = LOGS[part], inverse = entry[0];
  const double head = (fraction + CUT_AT_26) - CUT_AT_26;
  const double near = head * inverse - 1.0, far = (fraction - head) * inverse;
  const double high = near + far, low = (near - high) + far;
  const double cut = (high + CUT_AT_33) - CUT_AT_33, rest = high - cut;
  /* log(1 + r) - r + cut² / 2. */
  const double cube = high * high * high;
  const double curve = cube * (0x1.5555555555555p-2 + high * (-0.25 + high * (0x1.999999999999ap-3 + high * (-0x1.5555555555555p-3 +
      high * (0x1.2492492492492p-3 + high * (-0.125 + high * (0x1.c71c71c71c71cp-4 + high * -0x1.999999999999ap-4)))))));
  const double base = exponent * LN2_HIGH + entry[1], square = -0.5 * cut * cut;
  const double first = base + high, second = first + square;
  const double small = curve - rest * (cut + 0.5 * rest) - high * low + low + (exponent * LN2_LOW + entry[2]);
  const double tail = ((base - first) + high) + ((first - second) + square) + small;
  const double sum = second + tail, left = (second - sum) + tail;
  const double doubt = LOG_DOUBT * (sum < 0 ? -sum : sum);
  const double above = sum + (left + doubt), below = sum + (left - doubt);
  if (__builtin_expect(above == below, 1)) return above;
  return isAboveExponential(v, below, 0.5 * (above - below)) ? above : below;
}
