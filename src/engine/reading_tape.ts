/**
 * Requests, readings and slopes of rows in the shared memory, as the main thread writes and reads them; `kernels/read_rows.c`
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
import { NUMBER_BYTES } from "./memory.ts";
import { float32s, float64s, int32s } from "../models/small_arrays.ts";

/** What may be asked for: those with a derivative first, in the order in which slopes are added to a gradient. */
enum Part {
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
const ROW_ADDRESSES = 4;
/** Numbers before all readings: what a scan answers, and the largest logit or the faulty one. */
const READINGS_HEADER = 2;
/** What a scan answers of a law, and where all logits are -Infinity. */
const LAW = -1, NOTHING_POSSIBLE = -2;
/** Numbers before all slopes: whether there are any. */
const SLOPES_HEADER = 1;
/** Numbers of a request's list: a temperature and a Philox key; what a divergence needs to know of the other law. */
const GUMBEL_NUMBERS = 6, DIVERGENCE_NUMBERS = 4;

/** Numbers that a row takes on the tape. */
interface RowSizes {
  readonly request: number;
  readonly readings: number;
  readonly slopes: number;
  /** A copy of another law's logits. */
  readonly law: number;
}

const NO_SIZES: RowSizes = { request: 0, readings: 0, slopes: 0, law: 0 };

/** Bytes of the table of so many rows. */
export function tableBytes(rows: number): number {
  return rows * ROW_ADDRESSES * NUMBER_BYTES;
}

/** Bytes of a tape beside its table that a row takes of which this is read. */
export function rowBytes(reads: Reads, vocabularySize: number, width: number): number {
  return numbersOf(rowSizes(reads, vocabularySize, width)) * NUMBER_BYTES;
}

/** Bytes of a tape of so many rows that take so many bytes together. */
export function tapeBytes(rows: number, bytes: number): number {
  return tableBytes(rows) + bytes;
}

/** Where a tape may lie. */
export interface TapePlace {
  /** Address of at least `bytes` bytes; whatever they held is lost. */
  reserve(bytes: number): number;
}

/** Rows that are read together. */
export class ReadTape {
  /** Address of the (R, ROW_ADDRESSES) table. */
  readonly table: number;
  readonly #host: Host;
  readonly #reads: readonly Reads[];
  /** All of it, the table first. */
  readonly #numbers: Float64Array;

  /**
   * Writes the requests of some rows.
   *
   * @param place where the tape lies
   * @param logits (R), addresses of the rows
   */
  constructor(host: Host, place: TapePlace, reads: readonly Reads[], logits: (row: number) => number) {
    const { vocabularySize, hiddenSize } = host.config;
    let bytes = 0;
    // Rows that are read alike mostly name one request.
    const sizes: RowSizes[] = [];
    for (let row = 0; row < reads.length; row++) {
      sizes[row] = row > 0 && reads[row] === reads[row - 1]
        ? sizes[row - 1]
        : rowSizes(reads[row], vocabularySize, hiddenSize);
      bytes += numbersOf(sizes[row]) * NUMBER_BYTES;
    }
    this.#host = host;
    this.#reads = reads;
    const all = tapeBytes(reads.length, bytes);
    this.table = place.reserve(all);
    this.#numbers = host.memory.numbers(this.table, all / NUMBER_BYTES);
    let next = this.table + tableBytes(reads.length);
    for (let row = 0; row < reads.length; row++) {
      const { request, readings, slopes, law } = sizes[row];
      if (request === 0) {
        this.#setRow(row, logits(row), 0, 0, 0);
        continue;
      }
      const found = next + request * NUMBER_BYTES, back = found + readings * NUMBER_BYTES;
      const other = back + slopes * NUMBER_BYTES;
      this.#setRow(row, logits(row), next, found, back);
      writeRequest(this.#numbers, this.#indexOf(next), reads[row], vocabularySize, other);
      this.#numbers[this.#indexOf(back)] = 0;
      const { divergence } = reads[row];
      if (divergence) {
        host.memory.floats(other, vocabularySize).set(LogitLaw.of(divergence).logits);
      }
      next = other + law * NUMBER_BYTES;
    }
  }

  #setRow(row: number, logits: number, request: number, readings: number, slopes: number): void {
    const place = row * ROW_ADDRESSES;
    this.#numbers[place] = logits;
    this.#numbers[place + 1] = request;
    this.#numbers[place + 2] = readings;
    this.#numbers[place + 3] = slopes;
  }

  /** What a worker has read of a row. */
  readings(row: number): Readings {
    const reads = this.#reads[row];
    const place = row * ROW_ADDRESSES;
    if (this.#numbers[place + 1] === 0) return { reads };
    const { vocabularySize, hiddenSize } = this.#host.config;
    const cursor = new Cursor(this.#numbers, this.#indexOf(this.#numbers[place + 2]));
    const scanned = cursor.number(), value = cursor.number();
    if (scanned !== LAW) return { reads, fault: { value, ...(scanned !== NOTHING_POSSIBLE && { id: scanned }) } };
    const { entropy, logSumExp, meanEmbedding, divergence, at, top, gumbelArgmax, quantiles, law } = reads;
    // Part by part: a copy for every part that may be there takes V8 longer than all else that is done here.
    const found: { -readonly [Part in keyof Readings]: Readings[Part] } = { reads };
    if (entropy || logSumExp) found.largest = value;
    if (entropy) found.entropy = cursor.float64s(entropy.length);
    if (logSumExp) found.masses = cursor.float64s(logSumExp.length);
    // The mass of what the mean mixes stands behind it.
    if (meanEmbedding !== undefined) found.meanEmbedding = cursor.float64s(hiddenSize + 1).subarray(0, hiddenSize);
    if (divergence) found.divergence = cursor.number();
    if (at) found.at = cursor.logits(at.length);
    if (top !== undefined) found.top = cursor.tokens(Math.min(top, vocabularySize));
    if (gumbelArgmax) found.gumbelArgmax = cursor.tokens(1);
    if (quantiles) found.quantiles = cursor.tokens(quantiles.masses.length);
    if (law !== undefined) {
      const logits = this.#host.memory.floats(this.#numbers[place], vocabularySize);
      found.law = new LogitLaw(law, logits, value, cursor.number());
    }
    return found;
  }

  /** Hands a row's slopes to the worker. */
  writeSlopes(row: number, slopes: Slopes): void {
    const place = row * ROW_ADDRESSES;
    if (this.#numbers[place + 1] === 0) return;
    const { at, logSumExp, entropy, meanEmbedding, divergence } = this.#reads[row];
    const numbers = this.#numbers;
    let next = this.#indexOf(numbers[place + 3]);
    const put = (values: ArrayLike<number> | undefined, size: number) => {
      for (let i = 0; i < size; i++) numbers[next++] = values?.[i] ?? 0;
    };
    put([1], SLOPES_HEADER);
    put(slopes.entropy, entropy?.length ?? 0);
    put(slopes.logSumExp, logSumExp?.length ?? 0);
    if (meanEmbedding !== undefined) {
      put([slopes.meanEmbedding?.scale ?? 0], 1);
      put(slopes.meanEmbedding?.values, this.#host.config.hiddenSize);
    }
    if (divergence) put([slopes.divergence ?? 0], 1);
    put(slopes.at, at?.length ?? 0);
  }

  /** Which of the tape's numbers lies at an address. */
  #indexOf(address: number): number {
    return (address - this.table) / NUMBER_BYTES;
  }
}

function numbersOf({ request, readings, slopes, law }: RowSizes): number {
  return request + readings + slopes + law;
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
    slopes: SLOPES_HEADER + temperatures + mean * (1 + width) + from + at.length,
    law: from * Math.ceil(vocabularySize / 2),
  };
}

/**
 * @param from place of the request
 * @param law address of the other law's logits, where a divergence is asked for
 */
function writeRequest(to: Float64Array, from: number, reads: Reads, vocabularySize: number, law: number): void {
  const { entropy = [], logSumExp = [], meanEmbedding, divergence, at = [], top = 0, gumbelArgmax, quantiles } = reads;
  to[from + Part.Entropy] = entropy.length;
  to[from + Part.LogSumExp] = logSumExp.length;
  to[from + Part.MeanEmbedding] = meanEmbedding === undefined ? 0 : 1;
  to[from + Part.Divergence] = divergence ? 1 : 0;
  to[from + Part.At] = at.length;
  to[from + Part.Top] = Math.min(top, vocabularySize);
  to[from + Part.GumbelArgmax] = gumbelArgmax ? 1 : 0;
  to[from + Part.Quantiles] = quantiles?.masses.length ?? 0;
  to[from + Part.Law] = reads.law === undefined ? 0 : 1;
  let next = from + Part.Count;
  const put = (values: ArrayLike<number>) => {
    for (let i = 0; i < values.length; i++) to[next++] = values[i];
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

/** Numbers of the tape, taken one after another. */
class Cursor {
  readonly #tape: Float64Array;
  #next: number;

  constructor(tape: Float64Array, first: number) {
    this.#tape = tape;
    this.#next = first;
  }

  number(): number {
    return this.#tape[this.#next++];
  }

  float64s(count: number): Float64Array {
    const values = float64s(count);
    for (let i = 0; i < count; i++) values[i] = this.#tape[this.#next++];
    return values;
  }

  logits(count: number): Float32Array {
    const values = float32s(count);
    for (let i = 0; i < count; i++) values[i] = this.#tape[this.#next++];
    return values;
  }

  tokens(count: number): TokenLogits {
    const ids = int32s(count);
    for (let i = 0; i < count; i++) ids[i] = this.#tape[this.#next++];
    return { ids, logits: this.logits(count) };
  }
}
