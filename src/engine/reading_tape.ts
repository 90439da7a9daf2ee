/**
 * Requests, readings and slopes of rows in the shared memory, as the main thread writes and reads them; `read_rows.ts`
 * has the worker's side. All are numbers of 64 bits, one after another in the order of {@link Part}: first a request's
 * sizes, then its lists. Readings and slopes follow the same order, so that both threads walk through all three at once.
 *
 * Letters: `R` rows, `V` vocabulary, `D` width.
 *
 * @module
 */
import { LogitLaw } from "../models/host_readings.ts";
import type { Readings, Reads, Slopes, TokenLogits } from "../models/readings.ts";
import type { Host } from "./host.ts";
import type { GrowingBlock } from "./memory.ts";

/** What may be asked for: those with a derivative first, in the order in which slopes are added to a gradient. */
export enum Part {
  Entropy,
  LogSumExp,
  MeanEmbedding,
  Divergence,
  At,
  Top,
  GumbelArgmax,
  Quantiles,
  Law,
  Count,
}

/** Addresses of a row in the table: its logits, its request (0 where nothing is read), readings and slopes. */
export const ROW_ADDRESSES = 4;
/** Numbers before all readings: what `scanLogits` answers, the largest logit or the faulty one, and room for two sums. */
export const READINGS_HEADER = 4;
/** What `scanLogits` answers of a law, and where all logits are -Infinity. */
export const LAW = -1, NOTHING_POSSIBLE = -2;
/** Numbers before all slopes: whether there are any. */
export const SLOPES_HEADER = 1;
/** Numbers of a request's list: a temperature and a Philox key; what a divergence needs to know of the other law. */
export const GUMBEL_NUMBERS = 6, DIVERGENCE_NUMBERS = 4;
export const NUMBER_BYTES = Float64Array.BYTES_PER_ELEMENT;
const INT_BYTES = Uint32Array.BYTES_PER_ELEMENT;

/** Numbers that a row takes on the tape. */
interface RowSizes {
  readonly request: number;
  readonly readings: number;
  readonly slopes: number;
  /** A copy of another law's logits. */
  readonly law: number;
}

const NO_SIZES: RowSizes = { request: 0, readings: 0, slopes: 0, law: 0 };

/** Rows that are read together. */
export class ReadTape {
  /** Address of the (R, ROW_ADDRESSES) table. */
  readonly table: number;
  readonly #host: Host;
  readonly #reads: readonly Reads[];
  readonly #addresses: Uint32Array;

  /**
   * Writes the requests of some rows.
   *
   * @param block where the tape lies; whatever it held is lost
   * @param logits (R), addresses of the rows
   */
  constructor(host: Host, block: GrowingBlock, reads: readonly Reads[], logits: (row: number) => number) {
    const { vocabularySize, hiddenSize } = host.config;
    const sizes = reads.map((own) => rowSizes(own, vocabularySize, hiddenSize));
    const tableBytes = Math.ceil(reads.length * ROW_ADDRESSES * INT_BYTES / NUMBER_BYTES) * NUMBER_BYTES;
    const numbers = sizes.reduce(
      (sum, { request, readings, slopes, law }) => sum + request + readings + slopes + law,
      0,
    );
    this.#host = host;
    this.#reads = reads;
    this.table = block.reserve(tableBytes + numbers * NUMBER_BYTES);
    const { buffer } = host.memory.wasm;
    this.#addresses = new Uint32Array(buffer, this.table, reads.length * ROW_ADDRESSES);
    let next = this.table + tableBytes;
    const take = (count: number) => (next += count * NUMBER_BYTES) - count * NUMBER_BYTES;
    sizes.forEach(({ request, readings, slopes, law }, row) => {
      if (request === 0) return this.#addresses.set([logits(row), 0, 0, 0], row * ROW_ADDRESSES);
      const places = [logits(row), take(request), take(readings), take(slopes)];
      this.#addresses.set(places, row * ROW_ADDRESSES);
      writeRequest(new Float64Array(buffer, places[1], request), reads[row], vocabularySize, take(law));
      const { divergence } = reads[row];
      if (divergence) {
        new Float32Array(buffer, next - law * NUMBER_BYTES, vocabularySize).set(LogitLaw.of(divergence).logits);
      }
      new Float64Array(buffer, places[3], SLOPES_HEADER)[0] = 0;
    });
  }

  /** What a worker has read of a row. */
  readings(row: number): Readings {
    const reads = this.#reads[row];
    const [logits, request, readings] = this.#addresses.subarray(row * ROW_ADDRESSES);
    if (request === 0) return { reads };
    const { config, memory } = this.#host;
    return decodeReadings(reads, memory.wasm.buffer, readings, logits, config.vocabularySize, config.hiddenSize);
  }

  /** Hands a row's slopes to the worker. */
  writeSlopes(row: number, slopes: Slopes): void {
    const [, request, , address] = this.#addresses.subarray(row * ROW_ADDRESSES);
    if (request === 0) return;
    const { at = [], logSumExp = [], entropy = [], meanEmbedding, divergence } = this.#reads[row];
    const width = meanEmbedding === undefined ? 0 : this.#host.config.hiddenSize;
    const count = entropy.length + logSumExp.length + width + (divergence ? 1 : 0) + at.length;
    const to = new Float64Array(this.#host.memory.wasm.buffer, address, SLOPES_HEADER + count);
    to.fill(0);
    to[0] = 1;
    let next = SLOPES_HEADER;
    const put = (values: Float64Array | undefined, size: number) => {
      if (values) to.set(values, next);
      next += size;
    };
    put(slopes.entropy, entropy.length);
    put(slopes.logSumExp, logSumExp.length);
    put(slopes.meanEmbedding, width);
    if (divergence) to[next++] = slopes.divergence ?? 0;
    put(slopes.at, at.length);
  }
}

function rowSizes(reads: Reads, vocabularySize: number, width: number): RowSizes {
  const { entropy = [], logSumExp = [], meanEmbedding, divergence, at = [], top = 0, gumbelArgmax, quantiles, law } =
    reads;
  const temperatures = entropy.length + logSumExp.length;
  const mean = meanEmbedding === undefined ? 0 : 1, from = divergence ? 1 : 0, kept = law === undefined ? 0 : 1;
  const masses = quantiles?.masses.length ?? 0, drawn = gumbelArgmax ? 1 : 0, largest = Math.min(top, vocabularySize);
  const asked = temperatures + mean + from + at.length + largest + drawn + kept + (quantiles ? 1 : 0);
  if (asked === 0) return NO_SIZES;
  return {
    request: Part.Count + temperatures + mean + DIVERGENCE_NUMBERS * from + at.length + GUMBEL_NUMBERS * drawn +
      (quantiles ? 1 + masses : 0) + kept,
    readings: READINGS_HEADER + temperatures + mean * (width + 1) + from + at.length + 2 * largest + 2 * drawn +
      2 * masses + kept,
    slopes: SLOPES_HEADER + temperatures + mean * width + from + at.length,
    law: from * Math.ceil(vocabularySize / 2),
  };
}

/** @param law address of the other law's logits, where a divergence is asked for */
function writeRequest(to: Float64Array, reads: Reads, vocabularySize: number, law: number): void {
  const { entropy = [], logSumExp = [], meanEmbedding, divergence, at = [], top = 0, gumbelArgmax, quantiles } = reads;
  to[Part.Entropy] = entropy.length;
  to[Part.LogSumExp] = logSumExp.length;
  to[Part.MeanEmbedding] = meanEmbedding === undefined ? 0 : 1;
  to[Part.Divergence] = divergence ? 1 : 0;
  to[Part.At] = at.length;
  to[Part.Top] = Math.min(top, vocabularySize);
  to[Part.GumbelArgmax] = gumbelArgmax ? 1 : 0;
  to[Part.Quantiles] = quantiles?.masses.length ?? 0;
  to[Part.Law] = reads.law === undefined ? 0 : 1;
  let next: number = Part.Count;
  const put = (values: ArrayLike<number>) => {
    to.set(values, next);
    next += values.length;
  };
  put(entropy);
  put(logSumExp);
  if (meanEmbedding !== undefined) to[next++] = meanEmbedding;
  if (divergence) {
    const { temperature, largest, logMass } = LogitLaw.of(divergence).law;
    put([temperature, largest, logMass, law]);
  }
  put(at);
  if (gumbelArgmax) {
    const { counter1, counter2, counter3, key0, key1 } = gumbelArgmax.noise.gumbelKey;
    put([gumbelArgmax.temperature, counter1, counter2, counter3, key0, key1]);
  }
  if (quantiles) {
    to[next++] = quantiles.temperature;
    put(quantiles.masses);
  }
  if (reads.law !== undefined) to[next] = reads.law;
}

function decodeReadings(
  reads: Reads,
  memory: ArrayBufferLike,
  address: number,
  logits: number,
  vocabularySize: number,
  width: number,
): Readings {
  const header = new Float64Array(memory, address, READINGS_HEADER);
  const [scanned, value] = header;
  if (scanned !== LAW) return { reads, fault: { value, ...(scanned !== NOTHING_POSSIBLE && { id: scanned }) } };
  let next = address + header.byteLength;
  const numbers = (count: number): Float64Array => {
    const found = new Float64Array(memory, next, count).slice();
    next += found.byteLength;
    return found;
  };
  const tokens = (count: number): TokenLogits => ({
    ids: Int32Array.from(numbers(count)),
    logits: Float32Array.from(numbers(count)),
  });
  const { entropy, logSumExp, meanEmbedding, divergence, at, top, gumbelArgmax, quantiles, law } = reads;
  const row = () => new Float32Array(memory, logits, vocabularySize);
  return {
    reads,
    ...((entropy || logSumExp) && { largest: value }),
    ...(entropy && { entropy: numbers(entropy.length) }),
    ...(logSumExp && { masses: numbers(logSumExp.length) }),
    ...(meanEmbedding !== undefined && { meanEmbedding: numbers(width + 1).subarray(0, width) }),
    ...(divergence && { divergence: numbers(1)[0] }),
    ...(at && { at: Float32Array.from(numbers(at.length)) }),
    ...(top !== undefined && { top: tokens(Math.min(top, vocabularySize)) }),
    ...(gumbelArgmax && { gumbelArgmax: tokens(1) }),
    ...(quantiles && { quantiles: tokens(quantiles.masses.length) }),
    ...(law !== undefined && { law: new LogitLaw(law, row(), value, numbers(1)[0]) }),
  };
}
