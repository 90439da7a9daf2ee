/**
 * Readings as they travel to the worker and back: rows that ask for the same are put together, so that a frame holds a few
 * arrays however many rows there are.
 *
 * Letters: `R` rows, `K` ids, `D` width.
 *
 * @module
 */
import type { KeptLaw, Readings, Reads, Slopes, TokenLogits } from "../models/readings.ts";
import { type FrameArray, matrix, type ShapedArray, vector } from "./frames.ts";

/** A law that the worker keeps. */
export interface WorkerLaw extends KeptLaw {
  /** Its number there. */
  readonly number: number;
}

/** Readings of one kind at one setting. */
interface Asked {
  readonly kind: string;
  /** A temperature or a count. */
  readonly setting: number | null;
  /** A row each entry; a row may stand here several times, as with ids. */
  readonly rows: number[];
  /** The place of each entry in its row's own list. */
  readonly places: number[];
  /** What each entry needs. */
  readonly needs: ArrayLike<number>[];
}

/** What is asked of some rows. */
export class AskedReadings {
  readonly #reads: readonly Reads[];
  readonly #asked: readonly Asked[];
  readonly #lawOf: (number: number, temperature: number) => WorkerLaw;

  /** @param lawOf a handle to a law that the worker kept under a number */
  constructor(reads: readonly Reads[], lawOf: (number: number, temperature: number) => WorkerLaw) {
    this.#reads = reads;
    this.#lawOf = lawOf;
    this.#asked = together(reads);
  }

  /** Fields and arrays of the request. */
  request(): { fields: { asked: unknown[] }; arrays: Record<string, ShapedArray> } {
    const arrays: Record<string, ShapedArray> = {};
    this.#asked.forEach(({ kind, rows, needs }, i) => {
      arrays[`${i}.rows`] = vector(Int32Array.from(rows));
      if (needs.length > 0) arrays[`${i}.needs`] = needsArray(kind, needs);
    });
    return { fields: { asked: this.#asked.map(({ kind, setting }) => [kind, setting]) }, arrays };
  }

  /** (R), in the order of what was asked. */
  readings(header: Readonly<Record<string, unknown>>, arrays: Readonly<Record<string, ShapedArray>>): Readings[] {
    const found: Mutable[] = this.#reads.map((reads) => ({ reads }));
    this.#asked.forEach(({ kind, setting, rows, places }, i) => {
      const part = (name: string) => arrays[`${i}.${name}`];
      rows.forEach((row, entry) =>
        READERS[kind](found[row], entry, places[entry], part, (number) => this.#lawOf(number, setting!))
      );
    });
    const largest = arrays.largest?.data;
    found.forEach((readings, row) => {
      if (readings.masses !== undefined || readings.entropy !== undefined) readings.largest = largest![row];
    });
    for (const [row, id, kind] of header.faults as [number, number | null, string][]) {
      if (this.#asks(row)) found[row].fault = { value: Number(kind), ...(id !== null && { id }) };
    }
    return found;
  }

  /** Arrays of the slopes; a row without slopes has zeros. */
  slopes(slopes: readonly (Slopes | undefined)[]): Record<string, ShapedArray> {
    const arrays: Record<string, ShapedArray> = {};
    this.#asked.forEach(({ kind, rows, places }, i) => {
      const entries = rows.map((row, entry) => slopeOf(kind, slopes[row], places[entry]));
      const width = entries.find((entry) => typeof entry === "object")?.length ?? 1;
      if (entries.every((entry) => entry === undefined)) return;
      const data = new Float64Array(rows.length * width);
      entries.forEach((entry, e) => {
        if (typeof entry === "number") data[e] = entry;
        else if (entry !== undefined) data.set(entry, e * width);
      });
      arrays[`${i}.slopes`] = width === 1 ? vector(data) : matrix(rows.length, width, data);
    });
    return arrays;
  }

  #asks(row: number): boolean {
    return Object.values(this.#reads[row]).some((part) => part !== undefined);
  }
}

type Mutable = { -readonly [K in keyof Readings]: Readings[K] };

function together(reads: readonly Reads[]): Asked[] {
  const found = new Map<string, Asked>();
  const add = (kind: string, setting: number | null, row: number, place: number, needs?: ArrayLike<number>) => {
    const key = `${kind} ${setting} ${kind === "quantiles" ? needs!.length : ""}`;
    let asked = found.get(key);
    if (asked === undefined) found.set(key, asked = { kind, setting, rows: [], places: [], needs: [] });
    asked.rows.push(row);
    asked.places.push(place);
    if (needs !== undefined) asked.needs.push(needs);
  };
  reads.forEach((own, row) => {
    if (own.top !== undefined) add("top", own.top, row, 0);
    own.at?.forEach((id, place) => add("at", null, row, place, [id]));
    own.logSumExp?.forEach((temperature, place) => add("logSumExp", temperature, row, place));
    own.entropy?.forEach((temperature, place) => add("entropy", temperature, row, place));
    if (own.gumbelArgmax !== undefined) {
      const { counter1, counter2, counter3, key0, key1 } = own.gumbelArgmax.noise.gumbelKey;
      add("gumbelArgmax", own.gumbelArgmax.temperature, row, 0, [counter1, counter2, counter3, key0, key1]);
    }
    if (own.quantiles !== undefined) add("quantiles", own.quantiles.temperature, row, 0, own.quantiles.masses);
    if (own.meanEmbedding !== undefined) add("meanEmbedding", own.meanEmbedding, row, 0);
    if (own.law !== undefined) add("law", own.law, row, 0);
    if (own.divergence !== undefined) {
      const { number, temperature } = own.divergence as WorkerLaw;
      add("divergence", temperature, row, 0, [number]);
    }
  });
  return [...found.values()];
}

function needsArray(kind: string, needs: readonly ArrayLike<number>[]): ShapedArray {
  const width = needs[0].length;
  const flat = needs.flatMap((own) => Array.from(own));
  switch (kind) {
    case "gumbelArgmax":
      return matrix(needs.length, width, Uint32Array.from(flat));
    case "quantiles":
      return matrix(needs.length, width, Float64Array.from(flat));
    default:
      return vector(Int32Array.from(flat));
  }
}

type Part = (name: string) => ShapedArray;
type Reader = (
  readings: Mutable,
  entry: number,
  place: number,
  part: Part,
  lawOf: (number: number) => WorkerLaw,
) => void;

/** (K) of an entry in (n, K), or one of (n). */
function entryOf<T extends FrameArray>({ shape, data }: ShapedArray, entry: number): T {
  const width = shape[1] ?? 1;
  return data.slice(entry * width, (entry + 1) * width) as T;
}

function tokens(part: Part, entry: number): TokenLogits {
  return { ids: entryOf<Int32Array>(part("ids"), entry), logits: entryOf<Float32Array>(part("logits"), entry) };
}

const READERS: Readonly<Record<string, Reader>> = {
  top: (readings, entry, _place, part) => {
    readings.top = tokens(part, entry);
  },
  at: (readings, entry, place, part) => {
    (readings.at ??= new Float32Array(readings.reads.at!.length))[place] = part("at").data[entry];
  },
  logSumExp: (readings, entry, place, part) => {
    (readings.masses ??= new Float64Array(readings.reads.logSumExp!.length))[place] = part("masses").data[entry];
  },
  entropy: (readings, entry, place, part) => {
    (readings.entropy ??= new Float64Array(readings.reads.entropy!.length))[place] = part("entropy").data[entry];
  },
  gumbelArgmax: (readings, entry, _place, part) => {
    readings.gumbelArgmax = tokens(part, entry);
  },
  quantiles: (readings, entry, _place, part) => {
    readings.quantiles = tokens(part, entry);
  },
  meanEmbedding: (readings, entry, _place, part) => {
    readings.meanEmbedding = Float64Array.from(entryOf(part("mean"), entry));
  },
  law: (readings, entry, _place, part, lawOf) => {
    readings.law = lawOf(part("law").data[entry]);
  },
  divergence: (readings, entry, _place, part) => {
    readings.divergence = part("divergence").data[entry];
  },
};

function slopeOf(kind: string, slopes: Slopes | undefined, place: number): number | Float64Array | undefined {
  switch (kind) {
    case "at":
      return slopes?.at?.[place];
    case "logSumExp":
      return slopes?.logSumExp?.[place];
    case "entropy":
      return slopes?.entropy?.[place];
    case "meanEmbedding": {
      const { values, scale = 0 } = slopes?.meanEmbedding ?? {};
      return values?.map((value) => scale * value);
    }
    case "divergence":
      return slopes?.divergence;
    default:
      return undefined;
  }
}
