// Four floats at a time: the multiply-add whose rounding is the build's one difference, sums over lanes, exp, tails.

/** a·b + c: one rounding where relaxed SIMD is enabled and the machine fuses it, two roundings in the plain build. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Sum of the lanes, in pairs. */
// @ts-ignore: decorator
@inline
export function sumLanes(v: v128): f32 {
  return (f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1)) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3));
}

/** Largest lane. */
// @ts-ignore: decorator
@inline
export function maxLanes(v: v128): f32 {
  return max(
    max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1)),
    max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)),
  );
}

// Numbers that loops use often. A load from a constant address below the first page's end needs no bounds check and is
// one instruction; V8 builds a constant vector in the loop from several.
const CONSTANTS: usize = memory.data<f32>([
  1.0,
  // exp(x) = 2^n · exp(r), n = round(x / ln 2), |r| <= ln(2)/2. ln 2 is split in two so that n times the first part,
  // 0.693359375, is exact. Beyond 88 and -87 exp leaves the normal floats: it is held at e^88 above, and 0 below.
  88.0,
  -87.0,
  1.44269504,
  -0.693359375,
  2.12194440e-4,
  // 1.5 · 2²³: adding it rounds a small float to an integer, which then stands in the lowest bits.
  12582912.0,
  // Polynomial of Cephes, expf, on |r| <= ln(2)/2.
  1.9875691500e-4,
  1.3981999507e-3,
  8.3334519073e-3,
  4.1665795894e-2,
  1.6666665459e-1,
  5.0000001201e-1,
]);

/** Places in CONSTANTS. */
const enum Place {
  One,
  ExpHighest,
  ExpLowest,
  Log2E,
  MinusLn2High,
  MinusLn2Low,
  Rounder,
  Polynomial,
}

// @ts-ignore: decorator
@inline
function constant(place: i32): v128 {
  return v128.load32_splat(CONSTANTS + ((<usize> place) << 2));
}

const MANTISSA_BITS: i32 = 23;

/**
 * exp of each lane, to about 1 unit in the last place. NaN stays NaN.
 * Written with operations that are one instruction each: pmin, pmax, and no rounding or conversion of wasm's own.
 */
// @ts-ignore: decorator
@inline
export function exp4(x: v128): v128 {
  const lowest = constant(Place.ExpLowest), rounder = constant(Place.Rounder), one = constant(Place.One);
  const held = f32x4.pmax(f32x4.pmin(x, constant(Place.ExpHighest)), lowest);
  const shifted = f32x4.add(f32x4.mul(held, constant(Place.Log2E)), rounder);
  const n = f32x4.sub(shifted, rounder);
  const r = madd(n, constant(Place.MinusLn2Low), madd(n, constant(Place.MinusLn2High), held));
  let p = constant(Place.Polynomial);
  p = madd(p, r, constant(Place.Polynomial + 1));
  p = madd(p, r, constant(Place.Polynomial + 2));
  p = madd(p, r, constant(Place.Polynomial + 3));
  p = madd(p, r, constant(Place.Polynomial + 4));
  p = madd(p, r, constant(Place.Polynomial + 5));
  p = f32x4.add(madd(f32x4.mul(r, r), p, r), one);
  // The bits of 1 are the exponent's bias, in place.
  const power = i32x4.add(i32x4.shl(shifted, MANTISSA_BITS), one);
  // `not lower` rather than `higher or equal`, so that NaN stays NaN.
  return v128.andnot(f32x4.mul(p, power), f32x4.lt(x, lowest));
}

/** 1 / (1 + exp(-x)). */
// @ts-ignore: decorator
@inline
export function sigmoid4(x: v128): v128 {
  const one = constant(Place.One);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** Bytes of `count` floats. */
// @ts-ignore: decorator
@inline
export function bytes(count: i32): usize {
  return (<usize> count) << 2;
}

/** Bytes of the part of a row of `width` floats that whole vectors cover. */
// @ts-ignore: decorator
@inline
export function vectorBytes(width: i32): usize {
  return bytes(width & ~3);
}

/** Writes the first `count` (1 to 3) lanes. */
// @ts-ignore: decorator
@inline
export function storePart(to: usize, v: v128, count: i32): void {
  if (count & 2) {
    v128.store64_lane(to, v, 0);
    if (count & 1) v128.store32_lane(to, v, 2, 8);
  } else {
    v128.store32_lane(to, v, 0);
  }
}

/** The first `count` (1 to 3) lanes from memory, 0 in the others. */
// @ts-ignore: decorator
@inline
export function loadPart(from: usize, count: i32): v128 {
  let v = f32x4.splat(0);
  if (count & 2) {
    v = v128.load64_zero(from);
    if (count & 1) v = v128.load32_lane(from, v, 2, 8);
  } else {
    v = v128.load32_zero(from);
  }
  return v;
}

/** A product whose rounding tells whether `madd` fuses: the square of 1 + 2⁻¹² less its rounded value. */
export function maddResidue(): f32 {
  const a = f32x4.splat(1.000244140625);
  const rounded = f32x4.mul(a, a);
  return f32x4.extract_lane(madd(a, a, f32x4.neg(rounded)), 0);
}
