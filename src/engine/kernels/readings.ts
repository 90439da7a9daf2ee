// What is read of one row of logits, and what slopes by it add to the row's gradient: src/models/host_readings.ts where
// the logits are. Sums run over ids in ascending order, one after another, in 64 bits; `z` is the address of `count` logits.

import { exp } from "./javascript";
import { gumbelBoundOf, gumbelOf, philox } from "./philox";
import { bytes, maxLanes, vectorBytes } from "./simd";

/** Answers of `scanLogits` other than an id. */
const LAW: i32 = -1;
const NOTHING_POSSIBLE: i32 = -2;

/**
 * Whether logits are a law: -1, or the first id of NaN or Infinity, or -2 where all are -Infinity.
 *
 * @param largest receives the largest of them, 64 bits
 */
export function scanLogits(z: usize, count: i32, largest: usize): i32 {
  const whole = vectorBytes(count), infinity = f32x4.splat(Infinity);
  let highest = f32x4.splat(-Infinity), lawful = i32x4.splat(-1);
  for (let i: usize = 0; i < whole; i += 16) {
    const v = v128.load(z + i);
    highest = f32x4.pmax(highest, v);
    lawful = v128.and(lawful, f32x4.lt(v, infinity));
  }
  let top = maxLanes(highest), isLaw = i32x4.all_true(lawful);
  for (let i = whole; i < bytes(count); i += 4) {
    const value = load<f32>(z + i);
    isLaw = isLaw && value < Infinity;
    if (value > top) top = value;
  }
  store<f64>(largest, top);
  if (isLaw) return top > -Infinity ? LAW : NOTHING_POSSIBLE;
  for (let id = 0; id < count; id++) if (!(load<f32>(z + bytes(id)) < Infinity)) return id;
  return LAW;
}

/** The first id with this logit. */
function firstOf(z: usize, count: i32, value: f32): i32 {
  const whole = vectorBytes(count), values = f32x4.splat(value);
  let i: usize = 0;
  while (i < whole && !v128.any_true(f32x4.eq(v128.load(z + i), values))) i += 16;
  while (load<f32>(z + i) != value) i += 4;
  return <i32> (i >> 2);
}

/** A logit relative to the largest, divided by the temperature. */
// @ts-ignore: decorator
@inline
function scaled(z: usize, id: i32, top: f64, temperature: f64): f64 {
  return (<f64> load<f32>(z + bytes(id)) - top) / temperature;
}

/** Σ exp((z - top) / temperature). */
export function exponentialSum(z: usize, count: i32, top: f64, temperature: f64): f64 {
  let sum: f64 = 0;
  for (let id = 0; id < count; id++) sum += exp(scaled(z, id, top, temperature));
  return sum;
}

/**
 * Σ w and Σ w s, w = exp(s), s = (z - top) / temperature: what an entropy is made of.
 *
 * @param sums receives both, 64 bits each
 */
export function entropySums(z: usize, count: i32, top: f64, temperature: f64, sums: usize): void {
  let mass: f64 = 0, weighted: f64 = 0;
  for (let id = 0; id < count; id++) {
    const s = scaled(z, id, top, temperature), w = exp(s);
    mass += w;
    // w s is 0 in the limit of w 0, where a logit of -Infinity would give NaN.
    if (w > 0) weighted += w * s;
  }
  store<f64>(sums, mass);
  store<f64>(sums, weighted, 8);
}

/** Adds to a gradient, rounded to 32 bits. */
// @ts-ignore: decorator
@inline
function addTo(gradient: usize, id: i32, term: f64): void {
  const at = gradient + bytes(id);
  store<f32>(at, <f32> (<f64> load<f32>(at) + term));
}

/** gradient += perLogit · exp((z - top) / temperature) / mass. */
export function addMassSlope(
  z: usize, count: i32, top: f64, temperature: f64, perLogit: f64, mass: f64, gradient: usize,
): void {
  for (let id = 0; id < count; id++) addTo(gradient, id, perLogit * exp(scaled(z, id, top, temperature)) / mass);
}

/** gradient -= perLogit · p · (log p + entropy), p = exp((z - top) / temperature) / mass. */
export function addEntropySlope(
  z: usize, count: i32, top: f64, temperature: f64, perLogit: f64, mass: f64, logMass: f64, entropy: f64, gradient: usize,
): void {
  for (let id = 0; id < count; id++) {
    const s = scaled(z, id, top, temperature), w = exp(s);
    if (w > 0) addTo(gradient, id, -(perLogit * (w / mass) * (s - logMass + entropy)));
  }
}

// A heap of `size` ids with their logits, 64 bits each: no entry is better than its parent. One is better by a larger
// logit, and of equals by a smaller id.

// @ts-ignore: decorator
@inline
function place(entries: usize, index: i32): usize {
  return entries + ((<usize> index) << 3);
}

// @ts-ignore: decorator
@inline
function isWorse(id: f64, logit: f64, otherId: f64, otherLogit: f64): bool {
  return logit < otherLogit || (logit == otherLogit && id > otherId);
}

/** Puts an entry where the one at `index` was, and the better of the two ends deeper. */
function siftDown(ids: usize, logits: usize, size: i32, index: i32, id: f64, logit: f64): void {
  for (let child = 2 * index + 1; child < size; child = 2 * index + 1) {
    const other = child + 1;
    if (
      other < size &&
      isWorse(
        load<f64>(place(ids, other)), load<f64>(place(logits, other)),
        load<f64>(place(ids, child)), load<f64>(place(logits, child)),
      )
    ) child = other;
    const childId = load<f64>(place(ids, child)), childLogit = load<f64>(place(logits, child));
    if (!isWorse(childId, childLogit, id, logit)) break;
    store<f64>(place(ids, index), childId);
    store<f64>(place(logits, index), childLogit);
    index = child;
  }
  store<f64>(place(ids, index), id);
  store<f64>(place(logits, index), logit);
}

/**
 * The `size` largest logits with their ids, falling; equal ones by rising id.
 *
 * @param size at most `count`
 * @param ids 64 bits each, as are `logits`
 */
export function topLogits(z: usize, count: i32, size: i32, ids: usize, logits: usize): void {
  for (let id = 0; id < size; id++) {
    store<f64>(place(ids, id), <f64> id);
    store<f64>(place(logits, id), <f64> load<f32>(z + bytes(id)));
  }
  for (let index = (size >> 1) - 1; index >= 0; index--) {
    siftDown(ids, logits, size, index, load<f64>(place(ids, index)), load<f64>(place(logits, index)));
  }
  let id = size;
  while (id < count) {
    const least = load<f64>(logits);
    const leasts = f32x4.splat(<f32> least);
    // Most vectors hold nothing that is large enough.
    while (id + 4 <= count && !v128.any_true(f32x4.gt(v128.load(z + bytes(id)), leasts))) id += 4;
    for (const end = min(id + 4, count); id < end; id++) {
      const logit = <f64> load<f32>(z + bytes(id));
      if (logit > load<f64>(logits)) siftDown(ids, logits, size, 0, <f64> id, logit);
    }
  }
  for (let last = size - 1; last > 0; last--) {
    const worstId = load<f64>(ids), worstLogit = load<f64>(logits);
    siftDown(ids, logits, last, 0, load<f64>(place(ids, last)), load<f64>(place(logits, last)));
    store<f64>(place(ids, last), worstId);
    store<f64>(place(logits, last), worstLogit);
  }
}


/**
 * The id of the largest z · inverse + Gumbel noise. The most probable token is tried first; blocks that could not pass the
 * best so far with the largest noise there is, and tokens that could not with a bound of their own, are left out.
 */
export function gumbelArgmax(
  z: usize, count: i32, top: f64, inverse: f64, words: usize,
  counter1: u32, counter2: u32, counter3: u32, key0: u32, key1: u32,
): i32 {
  let best = firstOf(z, count, <f32> top);
  philox(words, <u32> best >> 2, counter1, counter2, counter3, key0, key1);
  let bestScore = top * inverse + gumbelOf(load<u32>(words + bytes(best & 3)));
  const most = gumbelOf(0xffffffff), mosts = f64x2.splat(most), inverses = f64x2.splat(inverse);
  for (let first = 0; first < count; first += 4) {
    if (first + 4 <= count) {
      const v = v128.load(z + bytes(first)), bests = f64x2.splat(bestScore);
      const low = f64x2.add(f64x2.mul(f64x2.promote_low_f32x4(v), inverses), mosts);
      const upper = f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3));
      const high = f64x2.add(f64x2.mul(upper, inverses), mosts);
      if (!v128.any_true(v128.or(f64x2.gt(low, bests), f64x2.gt(high, bests)))) continue;
    }
    philox(words, <u32> first >> 2, counter1, counter2, counter3, key0, key1);
    for (let id = first, end = min(first + 4, count); id < end; id++) {
      const own = <f64> load<f32>(z + bytes(id)) * inverse, word = load<u32>(words + bytes(id & 3));
      if (own + most <= bestScore || own + gumbelBoundOf(word) <= bestScore) continue;
      const score = own + gumbelOf(word);
      if (score <= bestScore) continue;
      best = id;
      bestScore = score;
    }
  }
  return best;
}

/**
 * The first ids at which the sum of exp((z - top) / temperature) passes each threshold; the last one that can be drawn
 * where none does.
 *
 * @param thresholds (size), 64 bits each, as are `ids`
 */
export function quantileIds(
  z: usize, count: i32, top: f64, temperature: f64, thresholds: usize, size: i32, ids: usize,
): void {
  for (let j = 0; j < size; j++) store<f64>(place(ids, j), -1);
  let sum: f64 = 0, last = 0, open = size;
  for (let id = 0; id < count && open > 0; id++) {
    const weight = exp(scaled(z, id, top, temperature));
    if (weight == 0) continue;
    last = id;
    sum += weight;
    for (let j = 0; j < size; j++) {
      if (load<f64>(place(ids, j)) >= 0 || sum <= load<f64>(place(thresholds, j))) continue;
      store<f64>(place(ids, j), <f64> id);
      open--;
    }
  }
  for (let j = 0; j < size; j++) if (load<f64>(place(ids, j)) < 0) store<f64>(place(ids, j), <f64> last);
}

/** The next id from `id` whose logit is at least `least`; `count` where none is. */
// @ts-ignore: decorator
@inline
function nextVisible(z: usize, count: i32, id: i32, least: f64): i32 {
  while (id < count && <f64> load<f32>(z + bytes(id)) < least) id++;
  return id;
}

/**
 * The mean of the rows of a table under softmax(z / temperature), over ids whose logit is at least `least`.
 *
 * @param table (count, width)
 * @param mean (width), 64 bits each
 * @returns the mass of those ids relative to the largest logit
 */
export function meanEmbedding(
  z: usize, count: i32, top: f64, temperature: f64, least: f64, table: usize, width: i32, mean: usize,
): f64 {
  let mass: f64 = 0;
  for (let id = nextVisible(z, count, 0, least); id < count; id = nextVisible(z, count, id + 1, least)) {
    mass += exp(scaled(z, id, top, temperature));
  }
  memory.fill(mean, 0, bytes(2 * width));
  for (let id = nextVisible(z, count, 0, least); id < count; id = nextVisible(z, count, id + 1, least)) {
    const p = exp(scaled(z, id, top, temperature)) / mass, ps = f64x2.splat(p);
    const row = table + bytes(id) * width;
    for (let j = 0; j < (width & ~1); j += 2) {
      const to = place(mean, j);
      v128.store(to, f64x2.add(v128.load(to), f64x2.mul(ps, f64x2.promote_low_f32x4(v128.load64_zero(row + bytes(j))))));
    }
    if (width & 1) {
      const to = place(mean, width - 1);
      store<f64>(to, load<f64>(to) + p * <f64> load<f32>(row + bytes(width - 1)));
    }
  }
  return mass;
}

/**
 * gradient += perLogit · p · (row - mean)·slopes of each id that the mean mixes, p under `mass`.
 *
 * @param mean (width), 64 bits each, as are `slopes`
 */
export function addMixtureSlope(
  z: usize, count: i32, top: f64, temperature: f64, least: f64, mass: f64,
  table: usize, width: i32, mean: usize, slopes: usize, perLogit: f64, gradient: usize,
): void {
  let along: f64 = 0;
  for (let j = 0; j < width; j++) along += load<f64>(place(slopes, j)) * load<f64>(place(mean, j));
  for (let id = nextVisible(z, count, 0, least); id < count; id = nextVisible(z, count, id + 1, least)) {
    const row = table + bytes(id) * width;
    // Near certainty all but nothing is left of this sum, so that its order shows.
    let projection = -along;
    for (let j = 0; j < width; j++) projection += load<f64>(place(slopes, j)) * <f64> load<f32>(row + bytes(j));
    addTo(gradient, id, perLogit * (exp(scaled(z, id, top, temperature)) / mass) * projection);
  }
}

/**
 * KL(p ‖ q) = Σ p (log p - log q), log p = (z - top) / temperature - logMass and log q likewise of other logits. What
 * cannot be drawn adds nothing.
 */
export function divergenceFrom(
  z: usize, count: i32, temperature: f64, top: f64, logMass: f64, other: usize, otherTop: f64, otherLogMass: f64,
): f64 {
  let value: f64 = 0;
  for (let id = 0; id < count; id++) {
    const log = scaled(z, id, top, temperature) - logMass;
    if (log == -Infinity) continue;
    value += exp(log) * (log - (scaled(other, id, otherTop, temperature) - otherLogMass));
  }
  return value;
}

/** gradient += perLogit · p (log p - log q - divergence). */
export function addDivergenceSlope(
  z: usize, count: i32, temperature: f64, top: f64, logMass: f64, other: usize, otherTop: f64, otherLogMass: f64,
  perLogit: f64, divergence: f64, gradient: usize,
): void {
  for (let id = 0; id < count; id++) {
    const log = scaled(z, id, top, temperature) - logMass;
    if (log == -Infinity) continue;
    const difference = log - (scaled(other, id, otherTop, temperature) - otherLogMass);
    addTo(gradient, id, perLogit * exp(log) * (difference - divergence));
  }
}
