/**
 * The prompts of a decoder, on the main thread: in batches through the model, keys and values into the cache.
 *
 * @module
 */
import { takeActivations } from "./activations.ts";
import type { PrefillCommand, WorkerCommand } from "./commands.ts";
import { at, SPAN_INTS } from "./forward.ts";
import type { Host, Policy } from "./host.ts";
import type { KeyValueCache } from "./key_value_cache.ts";
import { type GrowingBlock, Region } from "./memory.ts";
import type { Task } from "./pool.ts";

/** Rows of a prefill command: enough for fast products, bounded memory. */
const PREFILL_ROWS = 512;

/**
 * Computes all prompts once.
 *
 * @param inputs where the commands' arrays may lie
 * @param positions positions that the decoder will need
 * @param policy what computes
 * @param abort stops it soon after it is aborted
 * @returns (B), address of the logits after each prompt, in `inputs`
 */
export async function prefill(
  host: Host,
  cache: KeyValueCache,
  prompts: readonly Int32Array[],
  inputs: GrowingBlock,
  positions: number,
  policy: Policy,
  abort?: AbortSignal,
): Promise<number[]> {
  const { config, memory, pool } = host;
  const places = await host.places(positions, policy);
  const batches = batchPrompts(prompts, pool.size);
  const measure = new Region();
  batches.forEach((batch) => takeBatch(measure, host, prompts, batch));
  const region = new Region(inputs.reserve(measure.bytes));
  const logits = new Array<number>(prompts.length);
  const commands = batches.map((batch): Omit<PrefillCommand, "arena"> => {
    const part = takeBatch(region, host, prompts, batch);
    fillBatch(host, prompts, batch, part);
    memory.ints(part.prefixOffsets, batch.length).set(batch.map((prompt) => cache.prefixOffsets[prompt]));
    batch.forEach((prompt, i) => logits[prompt] = at(part.logits, i * config.vocabularySize));
    return {
      kind: "prefill",
      places,
      unit: { ...part, offset: 0, kept: 1, spanCount: batch.length },
      prefix: cache.prefix,
      prefixLayerBytes: cache.prefixLayerBytes,
      prefixOffsets: part.prefixOffsets,
      logits: part.logits,
    };
  });
  const queue = commands.values(), blockRows = host.kernels.attentionBlockRows();
  await pool.run(function* (worker): Task<WorkerCommand> {
    for (const command of queue) {
      const measure = new Region();
      takeActivations(measure, config, command.unit, "layer", blockRows, host.adapter?.width);
      yield { ...command, arena: host.arena(worker, measure.bytes) };
    }
  }, abort);
  return logits;
}

/** Room for a batch: sizes and addresses. */
type Batch = ReturnType<typeof takeBatch>;

function takeBatch(region: Region, host: Host, prompts: readonly Int32Array[], batch: readonly number[]) {
  const lengths = batch.map((prompt) => prompts[prompt].length);
  const rows = lengths.reduce((sum, length) => sum + length, 0);
  return {
    rows,
    headRowCount: batch.length,
    longest: Math.max(...lengths),
    ids: region.take(rows),
    weights: region.take(rows),
    positions: region.take(rows),
    spans: region.take(batch.length * SPAN_INTS),
    headRows: region.take(batch.length),
    prefixOffsets: region.take(batch.length),
    logits: region.take(batch.length * host.config.vocabularySize),
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

/** Prompts in batches of bounded rows, at least one batch per worker where there are enough prompts. */
function batchPrompts(prompts: readonly Int32Array[], workers: number): number[][] {
  const total = prompts.reduce((sum, prompt) => sum + prompt.length, 0);
  const most = Math.min(PREFILL_ROWS, Math.ceil(total / workers));
  const batches: number[][] = [];
  let rows = 0;
  prompts.forEach((prompt, index) => {
    const batch = batches.at(-1);
    if (batch === undefined || rows + prompt.length > most) {
      batches.push([index]);
      rows = prompt.length;
    } else {
      batch.push(index);
      rows += prompt.length;
    }
  });
  return batches;
}
