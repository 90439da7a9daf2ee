/**
 * Reads rows of logits, and turns slopes by what was read into gradients of the logits, in a worker: the numbers of
 * `models/host_readings.ts`, by kernels where they run over the vocabulary. `reading_tape.ts` has the main thread's side.
 *
 * @module
 */
import { NEGLIGIBLE } from "../models/host_readings.ts";
import type { Places } from "./commands.ts";
import { at, type Machine } from "./forward.ts";
import {
  DIVERGENCE_NUMBERS,
  GUMBEL_NUMBERS,
  LAW,
  NUMBER_BYTES,
  Part,
  READINGS_HEADER,
  ROW_ADDRESSES,
  SLOPES_HEADER,
} from "./reading_tape.ts";

/** What a worker reads rows with. */
interface Reader {
  readonly machine: Machine;
  /** Address of the (V, D) embedding table. */
  readonly embedding: number;
  /** The whole memory. */
  readonly numbers: Float64Array;
  readonly floats: Float32Array;
}

/** One row on the tape; places of numbers are counted in numbers. */
interface Row {
  /** Address of its logits. */
  readonly logits: number;
  readonly request: number;
  readonly readings: number;
  readonly slopes: number;
}

function openReader(machine: Machine, places: Places): Reader {
  const { buffer } = machine.memory;
  const embedding = at(places.weights, machine.parameters.embedding);
  return { machine, embedding, numbers: new Float64Array(buffer), floats: new Float32Array(buffer) };
}

/** The rows of a table of which anything is read. */
function* rowsOf({ machine }: Reader, table: number, count: number): Generator<Row & { readonly index: number }> {
  const addresses = new Uint32Array(machine.memory.buffer, table, count * ROW_ADDRESSES);
  for (let index = 0; index < count; index++) {
    const [logits, request, readings, slopes] = addresses.subarray(index * ROW_ADDRESSES);
    if (request === 0) continue;
    const place = (address: number) => address / NUMBER_BYTES;
    yield { index, logits, request: place(request), readings: place(readings), slopes: place(slopes) };
  }
}

/** Reads what is asked of each of a table's rows. */
export function readRows(machine: Machine, places: Places, table: number, count: number): void {
  if (table === 0) return;
  const reader = openReader(machine, places);
  for (const row of rowsOf(reader, table, count)) readRow(reader, row);
}

function readRow({ machine, embedding, numbers, floats }: Reader, { logits: z, request, readings }: Row): void {
  const { kernels, config: { vocabularySize: V, hiddenSize: D } } = machine;
  const bytes = (index: number) => index * NUMBER_BYTES;
  const logitOf = (id: number) => floats[z / Float32Array.BYTES_PER_ELEMENT + id];
  const scanned = kernels.scanLogits(z, V, bytes(readings + 1));
  numbers[readings] = scanned;
  if (scanned >= 0) numbers[readings + 1] = logitOf(scanned);
  if (scanned !== LAW) return;
  const largest = numbers[readings + 1], sums = readings + 2;
  const size = (part: Part) => numbers[request + part];
  let asked = request + Part.Count, to = readings + READINGS_HEADER;
  const tokens = (ids: ArrayLike<number>) => {
    for (let i = 0; i < ids.length; i++) [numbers[to + i], numbers[to + ids.length + i]] = [ids[i], logitOf(ids[i])];
    to += 2 * ids.length;
  };

  // Masses that entropies have found already, by temperature.
  const masses = new Map<number, number>();
  for (let i = 0; i < size(Part.Entropy); i++) {
    const temperature = numbers[asked++];
    kernels.entropySums(z, V, largest, temperature, bytes(sums));
    const mass = numbers[sums];
    masses.set(temperature, mass);
    numbers[to++] = kernels.logarithm(mass) - numbers[sums + 1] / mass;
  }
  const massAt = (temperature: number) => masses.get(temperature) ?? kernels.exponentialSum(z, V, largest, temperature);
  for (let i = 0; i < size(Part.LogSumExp); i++) numbers[to++] = massAt(numbers[asked++]);
  if (size(Part.MeanEmbedding) > 0) {
    const temperature = numbers[asked++], least = leastVisible(largest, temperature);
    numbers[to + D] = kernels.meanEmbedding(z, V, largest, temperature, least, embedding, D, bytes(to));
    to += D + 1;
  }
  if (size(Part.Divergence) > 0) {
    const [temperature, ...other] = numbers.subarray(asked, asked + DIVERGENCE_NUMBERS);
    asked += DIVERGENCE_NUMBERS;
    const logMass = kernels.logarithm(massAt(temperature));
    const [otherLargest, otherLogMass, otherLogits] = other;
    numbers[to++] = kernels.divergenceFrom(
      z,
      V,
      temperature,
      largest,
      logMass,
      otherLogits,
      otherLargest,
      otherLogMass,
    );
  }
  for (let i = 0; i < size(Part.At); i++) numbers[to++] = logitOf(numbers[asked++]);
  const top = size(Part.Top);
  if (top > 0) kernels.topLogits(z, V, top, bytes(to), bytes(to + top));
  to += 2 * top;
  if (size(Part.GumbelArgmax) > 0) {
    const [temperature, counter1, counter2, counter3, key0, key1] = numbers.subarray(asked, asked + GUMBEL_NUMBERS);
    asked += GUMBEL_NUMBERS;
    const inverse = 1 / temperature;
    tokens([kernels.gumbelArgmax(z, V, largest, inverse, counter1, counter2, counter3, key0, key1)]);
  }
  const quantiles = size(Part.Quantiles);
  if (quantiles > 0) {
    const temperature = numbers[asked++], whole = massAt(temperature);
    // Thresholds stand where the logits will.
    for (let j = 0; j < quantiles; j++) numbers[to + quantiles + j] = numbers[asked++] * whole;
    kernels.quantileIds(z, V, largest, temperature, bytes(to + quantiles), quantiles, bytes(to));
    tokens(numbers.slice(to, to + quantiles));
  }
  if (size(Part.Law) > 0) numbers[to] = massAt(numbers[asked]);
}

/** Adds d loss / d logits of each of a table's rows that have slopes to a gradient (count, V). */
export function addRowSlopes(machine: Machine, places: Places, table: number, count: number, gradient: number): void {
  if (table === 0) return;
  const reader = openReader(machine, places);
  for (const row of rowsOf(reader, table, count)) {
    if (reader.numbers[row.slopes] === 0) continue;
    addSlopes(reader, row, at(gradient, row.index * machine.config.vocabularySize));
  }
}

function addSlopes({ machine, embedding, numbers, floats }: Reader, row: Row, gradient: number): void {
  const { kernels, config: { vocabularySize: V, hiddenSize: D } } = machine;
  const { logits: z, request, readings } = row;
  const bytes = (index: number) => index * NUMBER_BYTES;
  const largest = numbers[readings + 1], sums = readings + 2;
  const size = (part: Part) => numbers[request + part];
  let asked = request + Part.Count, read = readings + READINGS_HEADER, slope = row.slopes + SLOPES_HEADER;
  const sumsAt = (temperature: number) => {
    kernels.entropySums(z, V, largest, temperature, bytes(sums));
    return { mass: numbers[sums], weighted: numbers[sums + 1] };
  };
  for (let i = 0; i < size(Part.Entropy); i++) {
    const temperature = numbers[asked++], entropy = numbers[read++], own = numbers[slope++];
    if (own === 0) continue;
    const { mass } = sumsAt(temperature);
    const logMass = kernels.logarithm(mass);
    kernels.addEntropySlope(z, V, largest, temperature, own / temperature, mass, logMass, entropy, gradient);
  }
  for (let i = 0; i < size(Part.LogSumExp); i++) {
    const temperature = numbers[asked++], mass = numbers[read++], own = numbers[slope++];
    if (own !== 0) kernels.addMassSlope(z, V, largest, temperature, own / temperature, mass, gradient);
  }
  if (size(Part.MeanEmbedding) > 0) {
    const temperature = numbers[asked++], mass = numbers[read + D], least = leastVisible(largest, temperature);
    const perLogit = numbers[slope++] / temperature;
    if (perLogit !== 0) {
      const [mean, slopes] = [bytes(read), bytes(slope)];
      kernels.addMixtureSlope(z, V, largest, temperature, least, mass, embedding, D, mean, slopes, perLogit, gradient);
    }
    read += D + 1;
    slope += D;
  }
  if (size(Part.Divergence) > 0) {
    const [temperature, otherLargest, otherLogMass, otherLogits] = numbers.subarray(asked, asked + DIVERGENCE_NUMBERS);
    asked += DIVERGENCE_NUMBERS;
    const divergence = numbers[read++], own = numbers[slope++];
    if (own !== 0) {
      kernels.addDivergenceSlope(
        z,
        V,
        temperature,
        largest,
        kernels.logarithm(kernels.exponentialSum(z, V, largest, temperature)),
        otherLogits,
        otherLargest,
        otherLogMass,
        own / temperature,
        divergence,
        gradient,
      );
    }
  }
  const first = gradient / Float32Array.BYTES_PER_ELEMENT;
  for (let i = 0; i < size(Part.At); i++) floats[first + numbers[asked++]] += numbers[slope++];
}

/** Logits below it are in no mean embedding. */
function leastVisible(largest: number, temperature: number): number {
  return largest + temperature * Math.log(NEGLIGIBLE);
}
