/**
 * Sequences being written, on the main thread: the key-value cache, and one command a worker for each step.
 *
 * Letters: `B` prompts, `N` sequences, `V` vocabulary, `D` width, `K` kept tokens.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Decoder, InputRows } from "../models/language_model.ts";
import { takeActivations } from "./activations.ts";
import { cacheCapacity, takeStepBuffers } from "./cached_forward.ts";
import type { Command, PrefillCommand } from "./commands.ts";
import { at, SPAN_INTS } from "./forward.ts";
import type { Host } from "./host.ts";
import { type Block, FLOAT_BYTES, GrowingBlock, Region } from "./memory.ts";
import type { Task } from "./pool.ts";
import { checkInputs, checkPrompt, copyInputs } from "./units.ts";

/** Rows of a prefill command: enough for fast products, bounded memory. */
const PREFILL_ROWS = 512;
/** Fewer rows than this are not worth a second worker in a step. */
const LEAST_ROWS = 4;

/** Caches of one layer lie together; this is one prompt's or sequence's share of it. */
interface CacheLayout {
  readonly floatsPerPosition: number;
  readonly keyBlock: number;
}

/**
 * Computes the prompts and starts their sequences.
 *
 * @throws {UsageError} If the numbers of prompts and copies differ, or a prompt cannot be fed
 */
export async function startDecoder(
  host: Host,
  prompts: readonly Int32Array[],
  copies: readonly number[],
  maxNewPositions: number,
): Promise<Decoder> {
  if (prompts.length !== copies.length) {
    throw new UsageError(`Cannot decode: ${prompts.length} prompts but ${copies.length} numbers of copies`);
  }
  prompts.forEach((prompt) => checkPrompt(prompt, maxNewPositions, host.config));
  const decoder = new CachedDecoder(host, prompts, copies, maxNewPositions);
  try {
    await decoder.prefill(prompts);
  } catch (error) {
    decoder.dispose();
    throw error;
  }
  return decoder;
}

class CachedDecoder implements Decoder {
  readonly #host: Host;
  readonly #cache: CacheLayout;
  readonly #maxNewPositions: number;
  readonly #longestPrompt: number;
  /** (N), the prompt of each sequence, and how many own positions it holds. */
  readonly #promptOf: Int32Array;
  readonly #held: Int32Array;
  /** (B). */
  readonly #promptLengths: Int32Array;
  /** (B), bytes from a layer's start. */
  readonly #prefixOffsets: Float64Array;
  readonly #prefixLayerBytes: number;
  readonly #ownCapacity: number;
  readonly #ownLayerBytes: number;
  readonly #blocks: { readonly prefix: Block; readonly own: Block; readonly logits: Block };
  readonly #inputs: GrowingBlock;
  #disposed = false;

  constructor(host: Host, prompts: readonly Int32Array[], copies: readonly number[], maxNewPositions: number) {
    const { config, memory } = host;
    this.#host = host;
    this.#maxNewPositions = maxNewPositions;
    this.#cache = {
      floatsPerPosition: 2 * config.keyValueHeads * config.headSize,
      keyBlock: host.kernels.keyBlock(),
    };
    this.#promptOf = Int32Array.from(copies.flatMap((count, prompt) => new Array<number>(count).fill(prompt)));
    const sequences = this.#promptOf.length;
    this.#held = new Int32Array(sequences);
    this.#promptLengths = Int32Array.from(prompts, (prompt) => prompt.length);
    this.#longestPrompt = this.#promptLengths.reduce((most, length) => Math.max(most, length), 0);
    this.#prefixOffsets = new Float64Array(prompts.length);
    let prefixFloats = 0;
    prompts.forEach((prompt, i) => {
      this.#prefixOffsets[i] = prefixFloats * FLOAT_BYTES;
      prefixFloats += this.#cacheFloats(prompt.length);
    });
    this.#prefixLayerBytes = prefixFloats * FLOAT_BYTES;
    this.#ownCapacity = cacheCapacity(Math.max(maxNewPositions, 1), this.#cache.keyBlock);
    const ownFloats = sequences * this.#cacheFloats(this.#ownCapacity);
    this.#ownLayerBytes = ownFloats * FLOAT_BYTES;
    this.#blocks = {
      // Not cleared: what kernels read behind the last position they throw away.
      prefix: memory.allocate(config.layers * prefixFloats),
      own: memory.allocate(config.layers * ownFloats),
      logits: memory.allocate(Math.max(sequences, prompts.length) * config.vocabularySize),
    };
    this.#inputs = new GrowingBlock(memory);
  }

  #cacheFloats(positions: number): number {
    return cacheCapacity(positions, this.#cache.keyBlock) * this.#cache.floatsPerPosition;
  }

  get logits(): Float32Array {
    const { vocabularySize } = this.#host.config;
    return this.#host.memory.floats(this.#blocks.logits.address, this.#promptOf.length * vocabularySize);
  }

  /** Fills the prompts' cache, and the logits of each sequence with those after its prompt. */
  async prefill(prompts: readonly Int32Array[]): Promise<void> {
    const { config, memory, pool } = this.#host;
    const places = await this.#host.places(this.#longestPrompt + this.#maxNewPositions);
    const batches = batchPrompts(prompts, pool.size);
    const addresses = batches.map(() => ({ at: 0 }));
    const sizes = batches.map((batch) => ({
      rows: batch.reduce((sum, prompt) => sum + prompts[prompt].length, 0),
      scored: batch.length,
      longest: this.#longestPrompt,
    }));
    const take = (region: Region, index: number) => {
      const { rows, scored } = sizes[index];
      return {
        ids: region.take(rows),
        weights: region.take(rows),
        positions: region.take(rows),
        spans: region.take(scored * SPAN_INTS),
        scoredRows: region.take(scored),
        prefixOffsets: region.take(scored),
        logits: region.take(scored * config.vocabularySize),
      };
    };
    const measure = new Region();
    addresses.forEach((_, index) => take(measure, index));
    const region = new Region(this.#inputs.reserve(measure.bytes));
    const commands = batches.map((batch, index): Omit<PrefillCommand, "arena"> => {
      const part = take(region, index);
      const { rows, scored } = sizes[index];
      const ids = memory.ints(part.ids, rows), positions = memory.ints(part.positions, rows);
      const spans = memory.ints(part.spans, scored * SPAN_INTS), scoredRows = memory.ints(part.scoredRows, scored);
      memory.floats(part.weights, rows).fill(1);
      let row = 0;
      batch.forEach((prompt, i) => {
        const length = prompts[prompt].length;
        spans.set([row, length, 0, 0], i * SPAN_INTS);
        ids.set(prompts[prompt], row);
        for (let p = 0; p < length; p++) positions[row + p] = p;
        row += length;
        scoredRows[i] = row - 1;
      });
      memory.ints(part.prefixOffsets, scored).set(batch.map((prompt) => this.#prefixOffsets[prompt]));
      return {
        kind: "prefill",
        places,
        unit: { ...part, ...sizes[index], offset: 0, kept: 1, spanCount: scored },
        prefix: this.#blocks.prefix.address,
        prefixLayerBytes: this.#prefixLayerBytes,
        prefixOffsets: part.prefixOffsets,
        logits: part.logits,
      };
    });
    const queue = commands.values();
    const { host, blockRows } = { host: this.#host, blockRows: this.#host.kernels.attentionBlockRows() };
    await pool.run(function* (worker): Task<Command> {
      for (const command of queue) {
        const measure = new Region();
        takeActivations(measure, config, command.unit, "layer", blockRows);
        yield { ...command, arena: host.arena(worker, measure.bytes) };
      }
    });
    this.#spreadLogits(batches, commands);
  }

  /** Logits after each prompt -> logits of each of its sequences. */
  #spreadLogits(batches: readonly number[][], commands: readonly { readonly logits: number }[]): void {
    const { config, memory } = this.#host;
    const V = config.vocabularySize;
    const rowOfPrompt = new Map<number, number>();
    batches.forEach((batch, index) =>
      batch.forEach((prompt, i) => rowOfPrompt.set(prompt, at(commands[index].logits, i * V)))
    );
    const logits = this.logits;
    this.#promptOf.forEach((prompt, sequence) => {
      logits.set(memory.floats(rowOfPrompt.get(prompt) ?? 0, V), sequence * V);
    });
  }

  async step(sequences: Int32Array, inputs: InputRows): Promise<void> {
    const { config, memory, pool } = this.#host;
    this.#check(sequences, inputs);
    const rows = sequences.length;
    if (rows === 0) return;
    const places = await this.#host.places(this.#longestPrompt + this.#maxNewPositions);
    const { width: kept } = inputs;
    const take = (region: Region) => ({
      ids: region.take(rows * kept),
      weights: region.take(rows * kept),
      offset: inputs.offset === undefined ? 0 : region.take(rows * config.hiddenSize),
      positions: region.take(rows),
      sequences: region.take(rows),
      lengths: region.take(rows),
      prefixOffsets: region.take(rows),
      prefixLengths: region.take(rows),
    });
    const measure = new Region();
    take(measure);
    const part = take(new Region(this.#inputs.reserve(measure.bytes)));
    copyInputs(inputs, 0, kept, config.hiddenSize, {
      ids: memory.ints(part.ids, rows * kept),
      weights: memory.floats(part.weights, rows * kept),
      ...(inputs.offset !== undefined && { offset: memory.floats(part.offset, rows * config.hiddenSize) }),
    });
    memory.ints(part.sequences, rows).set(sequences);
    const positions = memory.ints(part.positions, rows), lengths = memory.ints(part.lengths, rows);
    const offsets = memory.ints(part.prefixOffsets, rows), prefixLengths = memory.ints(part.prefixLengths, rows);
    let longest = 0;
    sequences.forEach((sequence, row) => {
      const prompt = this.#promptOf[sequence], held = this.#held[sequence]++;
      lengths[row] = held;
      positions[row] = this.#promptLengths[prompt] + held;
      offsets[row] = this.#prefixOffsets[prompt];
      prefixLengths[row] = this.#promptLengths[prompt];
      longest = Math.max(longest, positions[row] + 1);
    });

    const workers = Math.min(pool.size, Math.ceil(rows / LEAST_ROWS));
    const host = this.#host;
    const cache = {
      own: this.#blocks.own.address,
      ownLayerBytes: this.#ownLayerBytes,
      ownCapacity: this.#ownCapacity,
      prefix: this.#blocks.prefix.address,
      prefixLayerBytes: this.#prefixLayerBytes,
    };
    const logits = this.#blocks.logits.address, keyBlock = this.#cache.keyBlock;
    await pool.run(function* (worker): Task<Command> {
      if (worker >= workers) return;
      const first = Math.floor(rows * worker / workers), count = Math.floor(rows * (worker + 1) / workers) - first;
      const measure = new Region();
      takeStepBuffers(measure, host, { rows: count, longest }, keyBlock);
      yield {
        kind: "step",
        places,
        arena: host.arena(worker, measure.bytes),
        rows: count,
        longest,
        kept,
        ids: at(part.ids, first * kept),
        weights: at(part.weights, first * kept),
        offset: part.offset === 0 ? 0 : at(part.offset, first * config.hiddenSize),
        positions: at(part.positions, first),
        sequences: at(part.sequences, first),
        lengths: at(part.lengths, first),
        prefixOffsets: at(part.prefixOffsets, first),
        prefixLengths: at(part.prefixLengths, first),
        ...cache,
        logits: at(logits, first * config.vocabularySize),
      };
    });
  }

  #check(sequences: Int32Array, inputs: InputRows): void {
    if (this.#disposed) throw new UsageError("Cannot step a decoder that was disposed");
    if (inputs.count !== sequences.length) {
      throw new UsageError(`Cannot step ${sequences.length} sequences with ${inputs.count} rows of inputs`);
    }
    checkInputs(inputs, this.#host.config);
    let last = -1;
    for (const sequence of sequences) {
      if (sequence <= last || sequence >= this.#promptOf.length) {
        throw new UsageError(
          `Cannot step sequence ${sequence}: expected ascending indices below ${this.#promptOf.length}`,
        );
      }
      if (this.#held[sequence] >= this.#maxNewPositions) {
        throw new UsageError(
          `Cannot step sequence ${sequence}: it has taken all of its ${this.#maxNewPositions} steps`,
        );
      }
      last = sequence;
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    const { memory } = this.#host;
    Object.values(this.#blocks).forEach((block) => memory.free(block));
    this.#inputs.free();
  }
}

/** Prompts in batches of bounded rows, at least one batch a worker where there are enough prompts. */
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
