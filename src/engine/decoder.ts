/**
 * Sequences being written, on the main thread: the key-value cache, and one command per worker for each step.
 *
 * Letters: `B` prompts, `N` sequences, `V` vocabulary, `D` width, `K` kept tokens.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Decoder, InputRows } from "../models/language_model.ts";
import type { Readings, Reads } from "../models/readings.ts";
import type { WorkerCommand } from "./commands.ts";
import { decoderArena, promptInputs, stepWorkers, takeStepInputs } from "./decoder_room.ts";
import { at } from "./forward.ts";
import type { Host, Policy } from "./host.ts";
import { KeyValueCache } from "./key_value_cache.ts";
import { type Block, DividedBlock, GrowingBlock, NUMBER_BYTES, Region } from "./memory.ts";
import { prefill } from "./prefill.ts";
import { ReadTape, tableBytes } from "./reading_tape.ts";
import { alone, shareOf } from "./team.ts";
import { checkInputs, checkPrompt, copyInputs } from "./units.ts";

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
  policy: Policy,
  abort?: AbortSignal,
): Promise<Decoder> {
  if (prompts.length !== copies.length) {
    throw new UsageError(`Cannot decode: ${prompts.length} prompts but ${copies.length} numbers of copies`);
  }
  prompts.forEach((prompt) => checkPrompt(prompt, maxNewPositions, host.config));
  // Before blocks that come and go: what of it is new stays.
  await host.decodingPlaces(longestOf(prompts) + maxNewPositions, policy);
  const decoder = new CachedDecoder(host, prompts, copies, maxNewPositions, policy, abort);
  try {
    await decoder.start(prompts);
  } catch (error) {
    decoder.dispose();
    throw error;
  }
  return decoder;
}

class CachedDecoder implements Decoder {
  readonly #host: Host;
  readonly #cache: KeyValueCache;
  readonly #logits: Block;
  readonly #arenas: DividedBlock;
  readonly #inputs: GrowingBlock;
  readonly #reads: GrowingBlock;
  /** Most positions that each sequence may write. */
  readonly #maxNewPositions: number;
  /** Most positions that any sequence may have. */
  readonly #longest: number;
  /** (N), the prompt of each sequence, and how many own positions it holds. */
  readonly #promptOf: Int32Array;
  readonly #held: Int32Array;
  /** (B). */
  readonly #promptLengths: Int32Array;
  /** (B), addresses of the logits after each prompt, until the first step takes their place. */
  #promptLogits: readonly number[] | undefined;
  readonly #policy: Policy;
  readonly #abort: AbortSignal | undefined;
  #disposed = false;

  constructor(
    host: Host,
    prompts: readonly Int32Array[],
    copies: readonly number[],
    maxNewPositions: number,
    policy: Policy,
    abort: AbortSignal | undefined,
  ) {
    this.#host = host;
    this.#policy = policy;
    this.#abort = abort;
    this.#maxNewPositions = maxNewPositions;
    this.#promptOf = Int32Array.from(copies.flatMap((count, prompt) => new Array<number>(count).fill(prompt)));
    const sequences = this.#promptOf.length;
    this.#held = new Int32Array(sequences);
    this.#promptLengths = Int32Array.from(prompts, (prompt) => prompt.length);
    this.#longest = maxNewPositions + longestOf(prompts);
    this.#cache = new KeyValueCache(host, this.#promptLengths, sequences, maxNewPositions);
    this.#logits = host.memory.allocate(sequences * host.config.vocabularySize);
    const shape = { promptLengths: [...this.#promptLengths], sequences, maxNewPositions };
    this.#arenas = new DividedBlock(host.memory, host.workers, decoderArena(host, shape));
    this.#inputs = new GrowingBlock(host.memory);
    this.#reads = new GrowingBlock(host.memory);
  }

  /** Fills the prompts' cache, and keeps the logits after each. */
  async start(prompts: readonly Int32Array[]): Promise<void> {
    const room = {
      inputs: this.#inputs.reserve(promptInputs(this.#host, [...this.#promptLengths])),
      arena: (worker: number) => this.#arenas.part(worker),
    };
    this.#promptLogits = await prefill(
      this.#host,
      this.#cache,
      prompts,
      room,
      this.#longest,
      this.#policy,
      this.#abort,
    );
  }

  async readPrompts(reads: readonly Reads[]): Promise<readonly Readings[]> {
    const addresses = this.#promptLogits;
    if (addresses === undefined) throw new UsageError("Cannot read the logits after the prompts once a step was taken");
    const host = this.#host;
    const places = await host.places(this.#longest, this.#policy);
    const tape = new ReadTape(host, this.#reads, reads, (sequence) => addresses[this.#promptOf[sequence]]);
    await host.pool.runOnce((worker): WorkerCommand | undefined => {
      const [first, last] = shareOf(reads.length, worker, host.pool.size);
      return last > first ? { kind: "read", places, reads: tableAt(tape, first), rows: last - first } : undefined;
    });
    return reads.map((_, sequence) => tape.readings(sequence));
  }

  async step(sequences: Int32Array, inputs: InputRows, reads: readonly Reads[]): Promise<readonly Readings[]> {
    const { config, memory, pool } = this.#host;
    this.#check(sequences, inputs);
    const rows = sequences.length;
    this.#promptLogits = undefined;
    if (rows === 0) return [];
    const places = await this.#host.decodingPlaces(this.#longest, this.#policy);
    const { width: kept } = inputs;
    const fed = { kept, hasOffset: inputs.offset !== undefined };
    const take = (region: Region) => takeStepInputs(region, rows, fed, config.hiddenSize);
    const measure = new Region();
    take(measure);
    const part = take(new Region(this.#inputs.reserve(measure.bytes)));
    copyInputs(inputs, 0, kept, config, {
      ids: memory.ints(part.ids, rows * kept),
      weights: memory.floats(part.weights, rows * kept),
      ...(inputs.offset !== undefined && { offset: memory.floats(part.offset, rows * config.hiddenSize) }),
    });
    memory.ints(part.sequences, rows).set(sequences);
    const positions = memory.ints(part.positions, rows), lengths = memory.ints(part.lengths, rows);
    const offsets = memory.numbers(part.prefixOffsets, rows), prefixLengths = memory.ints(part.prefixLengths, rows);
    let longest = 0;
    for (let row = 0; row < rows; row++) {
      const sequence = sequences[row], prompt = this.#promptOf[sequence], held = this.#held[sequence]++;
      lengths[row] = held;
      positions[row] = this.#promptLengths[prompt] + held;
      offsets[row] = this.#cache.prefixOffsets[prompt];
      prefixLengths[row] = this.#promptLengths[prompt];
      longest = Math.max(longest, positions[row] + 1);
    }

    const isTeam = this.#host.splitsWeights(rows);
    const workers = isTeam ? pool.size : stepWorkers(rows, pool.size);
    const host = this.#host, arenas = this.#arenas;
    const tape = new ReadTape(host, this.#reads, reads, (row) => at(this.#logits.address, row * config.vocabularySize));
    const { own, ownLayerBytes, ownCapacity, prefix, prefixLayerBytes } = this.#cache;
    const logits = this.#logits.address;
    await pool.runOnce((worker): WorkerCommand | undefined => {
      if (worker >= workers) return;
      const [first, last] = shareOf(rows, worker, workers), count = last - first;
      return {
        kind: "step",
        places,
        arena: arenas.part(isTeam ? 0 : worker),
        team: isTeam ? { index: worker, size: workers, firstRow: first, allRows: rows } : alone(count),
        rows: count,
        longest,
        kept,
        ids: at(part.ids, first * kept),
        weights: at(part.weights, first * kept),
        offset: part.offset === 0 ? 0 : at(part.offset, first * config.hiddenSize),
        positions: at(part.positions, first),
        sequences: at(part.sequences, first),
        lengths: at(part.lengths, first),
        prefixOffsets: part.prefixOffsets + first * NUMBER_BYTES,
        prefixLengths: at(part.prefixLengths, first),
        own,
        ownLayerBytes,
        ownCapacity,
        prefix,
        prefixLayerBytes,
        logits: at(logits, first * config.vocabularySize),
        reads: tableAt(tape, first),
      };
    }, this.#abort);
    return reads.map((_, row) => tape.readings(row));
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
    this.#cache.free();
    this.#host.memory.free(this.#logits);
    this.#arenas.free();
    this.#inputs.free();
    this.#reads.free();
  }
}

function longestOf(prompts: readonly Int32Array[]): number {
  return prompts.reduce((most, prompt) => Math.max(most, prompt.length), 0);
}

/** Address of a tape's table from one of its rows on. */
function tableAt(tape: ReadTape, row: number): number {
  return tape.table + tableBytes(row);
}
