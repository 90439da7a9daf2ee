/**
 * The prompts of a decoder, on the main thread: in batches through the model, keys and values into the cache.
 *
 * @module
 */
import type { ModelConfig } from "../models/model_config.ts";
import type { PrefillCommand, WorkerCommand } from "./commands.ts";
import { at, SPAN_INTS } from "./forward.ts";
import type { Host, Policy } from "./host.ts";
import type { KeyValueCache } from "./key_value_cache.ts";
import { Region } from "./memory.ts";
import type { Task } from "./pool.ts";
import { type Recording, recordPlace } from "./recordings.ts";

/** Rows of a prefill command: enough for fast products, bounded memory. */
const PREFILL_ROWS = 512;

/** Where the prompts of a decoder are computed, addresses. */
export interface PrefillRoom {
  readonly inputs: number;
  readonly arena: (worker: number) => number;
  /** Where the activations of all rows are recorded; absent: nowhere. */
  readonly recording: Recording | undefined;
}

/**
 * Computes all prompts once.
 *
 * @param room where the commands' arrays and each worker's activations may lie
 * @param positions positions that the decoder will need
 * @param policy what computes
 * @param abort stops it soon after it is aborted
 * @returns (B), address of the logits after each prompt, among the arrays
 */
export async function prefill(
  host: Host,
  cache: KeyValueCache,
  prompts: readonly Int32Array[],
  room: PrefillRoom,
  positions: number,
  policy: Policy,
  abort?: AbortSignal,
): Promise<number[]> {
  const { config, memory, pool } = host;
  const places = await host.decodingPlaces(positions, policy);
  const lengths = prompts.map((prompt) => prompt.length);
  const region = new Region(room.inputs);
  const logits = new Array<number>(prompts.length);
  const { recording } = room, recorded = recording?.promptPlaces;
  const commands = batchPrompts(lengths, pool.size).map((batch): Omit<PrefillCommand, "arena"> => {
    const part = takeBatch(region, config, batch.map((prompt) => lengths[prompt]));
    fillBatch(host, prompts, batch, part);
    memory.numbers(part.prefixOffsets, batch.length).set(batch.map((prompt) => cache.prefixOffsets[prompt]));
    if (recorded !== undefined) fillPlaces(memory.ints(part.recorded, part.rows), batch, lengths, recorded);
    batch.forEach((prompt, i) => logits[prompt] = at(part.logits, i * config.vocabularySize));
    return {
      kind: "prefill",
      places,
      unit: { ...part, offset: 0, kept: 1, spanCount: batch.length, recorded: 0 },
      prefix: cache.prefix,
      prefixLayerBytes: cache.prefixLayerBytes,
      prefixOffsets: part.prefixOffsets,
      logits: part.logits,
      record: recordPlace(recording, part.recorded),
    };
  });
  const queue = commands.values();
  await pool.run(function* (worker): Task<WorkerCommand> {
    for (const command of queue) yield { ...command, arena: room.arena(worker) };
  }, { abort });
  return logits;
}

/** Room for a batch: sizes and addresses. */
type Batch = ReturnType<typeof takeBatch>;

/** Takes the arrays of a batch of prompts, and the logits after each, from `region`; sizes and addresses. */
export function takeBatch(region: Region, { vocabularySize }: ModelConfig, lengths: readonly number[]) {
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  return {
    rows,
    headRowCount: lengths.length,
    longest: Math.max(...lengths),
    ids: region.take(rows),
    weights: region.take(rows),
    positions: region.take(rows),
    spans: region.take(lengths.length * SPAN_INTS),
    headRows: region.take(lengths.length),
    prefixOffsets: region.takeNumbers(lengths.length),
    recorded: region.take(rows),
    logits: region.take(lengths.length * vocabularySize),
  };
}

/** Writes the rows of a batch: its prompts one after another, each with a head row at its last. */
function fillBatch(host: Host, prompts: readonly Int32Array[], batch: readonly number[], part: Batch): void {
  const { memory } = host;
  const ids = memory.ints(part.ids, part.rows), positions = memory.ints(part.positions, part.rows);
  const spans = memory.ints(part.spans, batch.length * SPAN_INTS);
  const headRows = memory.ints(part.headRows, batch.length);
  memory.floats(part.weights, part.rows).fill(host.config.embeddingScale ?? 1);
  let row = 0;
  batch.forEach((prompt, i) => {
    const { length } = prompts[prompt];
    spans.set([row, length, 0, 0], i * SPAN_INTS);
    ids.set(prompts[prompt], row);
    for (let position = 0; position < length; position++) positions[row + position] = position;
    row += length;
    headRows[i] = row - 1;
  });
}

/** Where each row of a batch is recorded, by the first row of each prompt. */
function fillPlaces(
  places: Int32Array,
  batch: readonly number[],
  lengths: readonly number[],
  first: readonly number[],
): void {
  let row = 0;
  for (const prompt of batch) {
    for (let position = 0; position < lengths[prompt]; position++) places[row++] = first[prompt] + position;
  }
}

/** Prompts in batches of bounded rows, at least one batch per worker where there are enough prompts. */
export function batchPrompts(lengths: readonly number[], workers: number): number[][] {
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const most = Math.min(PREFILL_ROWS, Math.ceil(total / workers));
  const batches: number[][] = [];
  let rows = 0;
  lengths.forEach((length, index) => {
    const batch = batches.at(-1);
    if (batch === undefined || rows + length > most) {
      batches.push([index]);
      rows = length;
    } else {
      batch.push(index);
      rows += length;
    }
  });
  return batches;
}
