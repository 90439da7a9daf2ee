/**
 * Readings of a row of logits on the host, in 64 bits, and what slopes make of them: what the kernels of a backend must
 * agree with, and how backends without such kernels read.
 *
 * Letters: `V` vocabulary, `D` width, `K` ids, `z` logits, `p` their softmax at a temperature.
 *
 * @module
 */
import { LARGEST_GUMBEL } from "../random/distributions.ts";
import type { StepNoise } from "../random/noise.ts";
import type { KeptLaw, LogitFault, Readings, Reads, ScaledVector, Slopes, TokenLogits } from "./readings.ts";

/**
 * Entries whose weight relative to the heaviest is below this are left out of a mean embedding: 2^17 of them together stay
 * below the rounding of the 32-bit embedding that is fed.
 */
export const NEGLIGIBLE = 1e-13;

/**
 * Reads one row.
 *
 * @param logits (V)
 * @param table (V, D), where a mean embedding is read
 * @throws {Error} If it is read without a table
 */
export function readRow(logits: Float32Array, reads: Reads, table?: Float32Array): Readings {
  if (Object.keys(reads).length === 0) return { reads };
  const fault = findFault(logits);
  if (fault !== undefined) return { reads, fault };
  const { top, at, logSumExp, entropy, gumbelArgmax, quantiles, meanEmbedding, law, divergence } = reads;
  const place = largestId(logits);
  return {
    reads,
    ...(top !== undefined && { top: withLogits(logits, largest(logits, Math.min(top, logits.length))) }),
    ...(at && { at: Float32Array.from(at, (id) => logits[id]) }),
    ...((logSumExp || entropy) && { largest: logits[place] }),
    ...(logSumExp && { masses: Float64Array.from(logSumExp, (T) => exponentialSum(logits, logits[place], T)) }),
    ...(entropy && { entropy: Float64Array.from(entropy, (T) => entropyOf(logits, logits[place], T).entropy) }),
    ...(gumbelArgmax && {
      gumbelArgmax: withLogits(
        logits,
        Int32Array.of(argmaxOfNoised(logits, gumbelArgmax.temperature, gumbelArgmax.noise)),
      ),
    }),
    ...(quantiles && {
      quantiles: withLogits(logits, quantileIds(logits, quantiles.temperature, quantiles.masses)),
    }),
    ...(meanEmbedding !== undefined && { meanEmbedding: mixture(logits, meanEmbedding, needed(table)).mean }),
    ...(law !== undefined && {
      law: new LogitLaw(law, logits, logits[place], exponentialSum(logits, logits[place], law)),
    }),
    ...(divergence && { divergence: divergenceOf(logits, divergence).value }),
  };
}

/**
 * Adds d loss / d z of one row.
 *
 * @param logits (V)
 * @param gradient (V), receives `+=`, rounded after each part
 * @param table (V, D), where a mean embedding was read
 */
export function addSlopes(
  logits: Float32Array,
  { logSumExp = [], entropy = [], meanEmbedding, at, divergence }: Reads,
  slopes: Slopes,
  gradient: Float32Array,
  table?: Float32Array,
): void {
  const top = logits[largestId(logits)];
  entropy.forEach((T, i) => addEntropySlope(logits, top, T, slopes.entropy?.[i] ?? 0, gradient));
  logSumExp.forEach((T, i) => addMassSlope(logits, top, T, slopes.logSumExp?.[i] ?? 0, gradient));
  if (meanEmbedding !== undefined && slopes.meanEmbedding && slopes.meanEmbedding.scale !== 0) {
    addMixtureSlope(logits, meanEmbedding, needed(table), slopes.meanEmbedding, gradient);
  }
  if (divergence && slopes.divergence) addDivergenceSlope(logits, divergence, slopes.divergence, gradient);
  at?.forEach((id, i) => gradient[id] += slopes.at?.[i] ?? 0);
}

/** NaN or +Infinity somewhere, or -Infinity everywhere; undefined where logits are a law. */
export function findFault(logits: Float32Array): LogitFault | undefined {
  let possible = false;
  for (let id = 0; id < logits.length; id++) {
    const value = logits[id];
    if (!(value < Infinity)) return { value, id };
    if (value > -Infinity) possible = true;
  }
  return possible ? undefined : { value: -Infinity };
}

function needed(table: Float32Array | undefined): Float32Array {
  if (table === undefined) throw new Error("Cannot read a mean embedding without an embedding table");
  return table;
}

function withLogits(logits: Float32Array, ids: Int32Array): TokenLogits {
  const own = new Float32Array(ids.length);
  for (let i = 0; i < ids.length; i++) own[i] = logits[ids[i]];
  return { ids, logits: own };
}

/** Index of the largest value, the first of equals. */
function largestId(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}

/** Up to this many the largest are collected by insertion; above, a sort of everything is cheaper. */
const LARGEST_BY_INSERTION = 256;

/** Indices of the `count` largest values, falling; equal values by rising index. */
function largest(values: Float32Array, count: number): Int32Array {
  if (count > LARGEST_BY_INSERTION) {
    const all = Int32Array.from(values.keys());
    return all.sort((a, b) => values[b] - values[a] || a - b).slice(0, count);
  }
  const ids = new Int32Array(count);
  let filled = 0;
  let least = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (filled === count && !(value > least)) continue;
    let place = filled < count ? filled++ : count - 1;
    for (; place > 0 && values[ids[place - 1]] < value; place--) ids[place] = ids[place - 1];
    ids[place] = i;
    if (filled === count) least = values[ids[count - 1]];
  }
  return ids;
}

/** `Σ exp((z - top) / T)`. */
function exponentialSum(logits: Float32Array, top: number, temperature: number): number {
  let sum = 0;
  for (let i = 0; i < logits.length; i++) sum += Math.exp((logits[i] - top) / temperature);
  return sum;
}

function addMassSlope(
  logits: Float32Array,
  top: number,
  temperature: number,
  slope: number,
  gradient: Float32Array,
): void {
  if (slope === 0) return;
  const mass = exponentialSum(logits, top, temperature);
  const perLogit = slope / temperature;
  for (let i = 0; i < logits.length; i++) gradient[i] += perLogit * Math.exp((logits[i] - top) / temperature) / mass;
}

function entropyOf(logits: Float32Array, top: number, temperature: number): { entropy: number; mass: number } {
  let mass = 0;
  let weighted = 0;
  for (let i = 0; i < logits.length; i++) {
    const scaled = (logits[i] - top) / temperature;
    const weight = Math.exp(scaled);
    mass += weight;
    // p log p is 0 in the limit of p 0, where a logit of -Infinity would give NaN.
    if (weight > 0) weighted += weight * scaled;
  }
  return { entropy: Math.log(mass) - weighted / mass, mass };
}

function addEntropySlope(
  logits: Float32Array,
  top: number,
  temperature: number,
  slope: number,
  gradient: Float32Array,
): void {
  if (slope === 0) return;
  const { entropy, mass } = entropyOf(logits, top, temperature);
  const logMass = Math.log(mass);
  const perLogit = slope / temperature;
  for (let i = 0; i < logits.length; i++) {
    const scaled = (logits[i] - top) / temperature;
    const weight = Math.exp(scaled);
    if (weight > 0) gradient[i] -= perLogit * (weight / mass) * (scaled - logMass + entropy);
  }
}

/**
 * The largest of z/T + noise. The most probable token is tried first; one that could not pass the best so far, with the
 * largest noise there is or with a bound of its own, is left out, which changes no draw.
 */
function argmaxOfNoised(logits: Float32Array, temperature: number, noise: StepNoise): number {
  const inverse = 1 / temperature;
  const top = largestId(logits);
  let best = top;
  let bestScore = logits[top] * inverse + noise.gumbel(top);
  for (let i = 0; i < logits.length; i++) {
    const scaled = logits[i] * inverse;
    if (scaled + LARGEST_GUMBEL <= bestScore || scaled + noise.gumbelBound(i) <= bestScore) continue;
    const score = scaled + noise.gumbel(i);
    if (score <= bestScore) continue;
    best = i;
    bestScore = score;
  }
  return best;
}

/** The first id at which the cumulated p passes each mass; the last possible one where rounding lets none. */
function quantileIds(logits: Float32Array, temperature: number, masses: Float64Array): Int32Array {
  const top = logits[largestId(logits)];
  const whole = exponentialSum(logits, top, temperature);
  return Int32Array.from(masses, (mass) => {
    let sum = 0;
    let last = 0;
    for (let i = 0; i < logits.length; i++) {
      const weight = Math.exp((logits[i] - top) / temperature);
      if (weight === 0) continue;
      last = i;
      sum += weight;
      if (sum > mass * whole) return i;
    }
    return last;
  });
}

/** What a mean embedding mixes: the visible entries of the softmax with their probabilities. */
interface Mixture {
  readonly ids: Int32Array;
  readonly probabilities: Float64Array;
  /** (D). */
  readonly mean: Float64Array;
}

function mixture(logits: Float32Array, temperature: number, table: Float32Array): Mixture {
  const width = table.length / logits.length;
  const top = logits[largestId(logits)];
  const least = top + temperature * Math.log(NEGLIGIBLE);
  let visible = 0;
  for (let i = 0; i < logits.length; i++) if (logits[i] >= least) visible++;
  const ids = new Int32Array(visible);
  const probabilities = new Float64Array(visible);
  for (let i = 0, next = 0; next < visible; i++) if (logits[i] >= least) ids[next++] = i;
  let mass = 0;
  for (let i = 0; i < ids.length; i++) mass += probabilities[i] = Math.exp((logits[ids[i]] - top) / temperature);
  const mean = new Float64Array(width);
  for (let i = 0; i < ids.length; i++) {
    const probability = probabilities[i] /= mass;
    const row = ids[i] * width;
    for (let j = 0; j < width; j++) mean[j] += probability * table[row + j];
  }
  return { ids, probabilities, mean };
}

function addMixtureSlope(
  logits: Float32Array,
  temperature: number,
  table: Float32Array,
  { values, scale }: ScaledVector,
  gradient: Float32Array,
): void {
  const { ids, probabilities, mean } = mixture(logits, temperature, table);
  const perLogit = scale / temperature;
  let along = 0;
  for (let j = 0; j < mean.length; j++) along += values[j] * mean[j];
  for (let i = 0; i < ids.length; i++) {
    const row = ids[i] * mean.length;
    let projection = -along;
    for (let j = 0; j < mean.length; j++) projection += values[j] * table[row + j];
    gradient[ids[i]] += perLogit * probabilities[i] * projection;
  }
}

/** A law kept on the host: its logits, and what normalises them. */
export class LogitLaw implements KeptLaw {
  readonly temperature: number;
  /** log Σ exp((z - largest) / temperature). */
  readonly logMass: number;
  readonly largest: number;
  /** (V), until it is disposed. */
  #logits: Float32Array | undefined;

  constructor(temperature: number, logits: Float32Array, largest: number, mass: number) {
    this.temperature = temperature;
    this.largest = largest;
    this.logMass = Math.log(mass);
    this.#logits = logits.slice();
  }

  /**
   * The law behind a handle, with its logits (V).
   *
   * @throws {Error} If another backend kept it, or it was disposed
   */
  static of(law: KeptLaw): { law: LogitLaw; logits: Float32Array } {
    if (law instanceof LogitLaw && law.#logits !== undefined) return { law, logits: law.#logits };
    throw new Error("Cannot take a divergence from a law that another backend kept, or that was disposed");
  }

  dispose(): void {
    this.#logits = undefined;
  }
}

/** log p of each id. */
function logLaw(logits: Float32Array, top: number, temperature: number, logMass: number): Float64Array {
  return Float64Array.from(logits, (z) => (z - top) / temperature - logMass);
}

/** KL(p ‖ q), p at the temperature of q, and log p and log q of each id. What cannot be drawn adds nothing. */
function divergenceOf(logits: Float32Array, kept: KeptLaw): { value: number; own: Float64Array; other: Float64Array } {
  const { law: { temperature, largest, logMass }, logits: elsewhere } = LogitLaw.of(kept);
  const top = logits[largestId(logits)];
  const own = logLaw(logits, top, temperature, Math.log(exponentialSum(logits, top, temperature)));
  const other = logLaw(elsewhere, largest, temperature, logMass);
  let value = 0;
  own.forEach((log, i) => value += log === -Infinity ? 0 : Math.exp(log) * (log - other[i]));
  return { value, own, other };
}

function addDivergenceSlope(logits: Float32Array, law: KeptLaw, slope: number, gradient: Float32Array): void {
  const { value, own, other } = divergenceOf(logits, law);
  const perLogit = slope / law.temperature;
  own.forEach((log, i) => {
    if (log !== -Infinity) gradient[i] += perLogit * Math.exp(log) * (log - other[i] - value);
  });
}
