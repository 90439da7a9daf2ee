/**
 * Sequences being written, on the main thread: the key-value cache, and one command per worker for each step.
 *
 * Letters: `B` prompts, `N` sequences, `V` vocabulary, `D` width, `K` kept tokens.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Decoder, InputRows, StepSource } from "../models/language_model.ts";
import type { Readings, Reads } from "../models/readings.ts";
import type { Places, WorkerCommand } from "./commands.ts";
import {
  decoderArena,
  logitRows,
  mostAtOnce,
  mostOfSeat,
  promptInputs,
  stepSeats,
  stepWorkers,
  takeStepInputs,
} from "./decoder_room.ts";
import { at } from "./forward.ts";
import type { Host, Policy } from "./host.ts";
import { KeyValueCache } from "./key_value_cache.ts";
import { type Block, DividedBlock, GrowingBlock, NUMBER_BYTES, Region } from "./memory.ts";
import { prefill } from "./prefill.ts";
import type { Task } from "./pool.ts";
import { ReadTape, tableBytes } from "./reading_tape.ts";
import { type Recording, type Recordings, recordPlace } from "./recordings.ts";
import { SequenceShares } from "./sequence_shares.ts";
import { alone, shareOf, type TeamPlace } from "./team.ts";
import { checkInputs, checkPrompt, copyInputs } from "./units.ts";

/**
 * Computes the prompts and starts their sequences.
 *
 * @param options with the recording that is to be made of them, if any
 * @throws {UsageError} If the numbers of prompts and copies differ, or a prompt cannot be fed
 */
export async function startDecoder(
  host: Host,
  prompts: readonly Int32Array[],
  copies: readonly number[],
  maxNewPositions: number,
  policy: Policy,
  { abort, recordings }: DecoderOptions = {},
): Promise<Decoder> {
  if (prompts.length !== copies.length) {
    throw new UsageError(`Cannot decode: ${prompts.length} prompts but ${copies.length} numbers of copies`);
  }
  prompts.forEach((prompt) => checkPrompt(prompt, maxNewPositions, host.config));
  // Before blocks that come and go: what of it is new stays.
  await host.decodingPlaces(longestOf(prompts) + maxNewPositions, policy);
  const recording = recordings?.start(prompts, copies, maxNewPositions);
  const decoder = new CachedDecoder(host, prompts, copies, maxNewPositions, policy, abort, recording);
  try {
    await decoder.start(prompts);
  } catch (error) {
    decoder.dispose();
    throw error;
  }
  return decoder;
}

/** How a decoder works. */
export interface DecoderOptions {
  /** Where what is computed is recorded; absent: nowhere. */
  readonly recordings?: Pick<Recordings, "start">;
  readonly abort?: AbortSignal | undefined;
}

/** Where what a step is told lies, and the first of its rows of logits. */
interface StepRoom {
  readonly inputs: GrowingBlock;
  readonly reads: GrowingBlock;
  readonly firstRow: number;
}

/** A step in the memory. Addresses. */
interface PlacedStep {
  readonly part: ReturnType<typeof takeStepInputs>;
  /** Token ids of a row, and the most positions that one sees. */
  readonly kept: number;
  readonly longest: number;
  readonly logits: number;
  readonly tape: ReadTape;
}

class CachedDecoder implements Decoder {
  readonly #host: Host;
  readonly #cache: KeyValueCache;
  readonly #logits: Block;
  readonly #arenas: DividedBlock;
  readonly #inputs: GrowingBlock;
  readonly #reads: GrowingBlock;
  /** Of each worker, once they step apart. */
  #rooms: readonly StepRoom[] | undefined;
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
  readonly #recording: Recording | undefined;
  #disposed = false;

  constructor(
    host: Host,
    prompts: readonly Int32Array[],
    copies: readonly number[],
    maxNewPositions: number,
    policy: Policy,
    abort: AbortSignal | undefined,
    recording: Recording | undefined,
  ) {
    this.#host = host;
    this.#policy = policy;
    this.#abort = abort;
    this.#recording = recording;
    this.#maxNewPositions = maxNewPositions;
    this.#promptOf = Int32Array.from(copies.flatMap((count, prompt) => new Array<number>(count).fill(prompt)));
    const sequences = this.#promptOf.length;
    this.#held = new Int32Array(sequences);
    this.#promptLengths = Int32Array.from(prompts, (prompt) => prompt.length);
    this.#longest = maxNewPositions + longestOf(prompts);
    this.#cache = new KeyValueCache(host, this.#promptLengths, sequences, maxNewPositions);
    this.#logits = host.memory.allocate(logitRows(sequences, host.workers, host.seats) * host.config.vocabularySize);
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
      recording: this.#recording,
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
    this.#recording?.notePrompts();
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
    const { pool } = this.#host, rows = sequences.length;
    this.#promptLogits = undefined;
    const step = this.#place(sequences, inputs, reads, { inputs: this.#inputs, reads: this.#reads, firstRow: 0 });
    if (rows === 0) return [];
    const places = await this.#host.decodingPlaces(this.#longest, this.#policy);
    const isTeam = this.#host.splitsWeights(rows);
    const workers = isTeam ? pool.size : stepWorkers(rows, pool.size);
    await pool.runOnce((worker): WorkerCommand | undefined => {
      if (worker >= workers) return;
      const [first, last] = shareOf(rows, worker, workers), count = last - first;
      const team = isTeam ? { index: worker, size: workers, firstRow: first, allRows: rows } : alone(count);
      return this.#command(step, places, this.#arenas.part(isTeam ? 0 : worker), team, first, count);
    }, this.#abort);
    this.#note(sequences, inputs);
    return reads.map((_, row) => step.tape.readings(row));
  }

  async stepApart(
    sequences: Int32Array,
    source: StepSource,
    meanwhile: () => Promise<void>,
  ): Promise<Int32Array> {
    const { pool, seats } = this.#host, rows = sequences.length;
    const most = mostAtOnce(this.#host, this.#maxNewPositions);
    // One seat that has all of them waits for no other, and a team's workers need one another's rows.
    const isOne = stepSeats(rows, pool.size, seats) === 1 && rows <= most;
    if (isOne || this.#host.splitsWeights(rows)) return sequences;
    this.#promptLogits = undefined;
    const places = await this.#host.decodingPlaces(this.#longest, this.#policy);
    const shares = new SequenceShares(sequences, pool.size, seats, most);
    const rooms = this.#ownRooms();
    // What fails here leaves the workers as they are: they end what they were told, and nothing more.
    const failures: unknown[] = [];
    const steps = (worker: number, seat: number) => {
      const sharer = seat * pool.size + worker;
      return this.#stepsOf(sharer, shares, source, places, this.#arenas.part(worker), rooms[sharer], failures);
    };
    await pool.run(steps, {
      abort: this.#abort,
      meanwhile: async () => {
        if (failures.length === 0) await meanwhile().catch((error) => failures.push(error));
      },
      seats,
    });
    if (failures.length > 0) throw failures[0];
    return Int32Array.from(shares.all);
  }

  /** One seat's steps, until no sequence is left, all are few enough for a team, or something has failed. */
  *#stepsOf(
    seat: number,
    shares: SequenceShares,
    source: StepSource,
    places: Places,
    arena: number,
    room: StepRoom,
    failures: unknown[],
  ): Task<WorkerCommand> {
    while (failures.length === 0 && shares.count > 0 && !this.#host.splitsWeights(shares.count)) {
      const own = shares.next(seat);
      if (own.length === 0) {
        yield undefined;
        continue;
      }
      try {
        const sequences = Int32Array.from(own);
        const { inputs, reads } = source.next(sequences);
        const step = this.#place(sequences, inputs, reads, room);
        yield this.#command(step, places, arena, alone(own.length), 0, own.length);
        this.#note(sequences, inputs);
        shares.keep(seat, own.filter((sequence, row) => source.advance(sequence, step.tape.readings(row))));
      } catch (error) {
        failures.push(error);
      }
    }
  }

  /** Where the workers' own steps lie, each with its rows of the logits. */
  #ownRooms(): readonly StepRoom[] {
    const { memory, pool, seats } = this.#host;
    const most = mostOfSeat(this.#promptOf.length, pool.size, seats);
    this.#rooms ??= Array.from({ length: seats * pool.size }, (_, seat) => ({
      inputs: new GrowingBlock(memory),
      reads: new GrowingBlock(memory),
      firstRow: seat * most,
    }));
    return this.#rooms;
  }

  /** Puts what a step is told into the memory; its sequences are then a position longer. */
  #place(
    sequences: Int32Array,
    inputs: InputRows,
    reads: readonly Reads[],
    room: StepRoom,
  ): PlacedStep {
    const { config, memory } = this.#host;
    this.#check(sequences, inputs);
    const rows = sequences.length, { width: kept } = inputs;
    const fed = { kept, hasOffset: inputs.offset !== undefined };
    const take = (region: Region) => takeStepInputs(region, rows, fed, config.hiddenSize);
    const measure = new Region();
    take(measure);
    const part = take(new Region(room.inputs.reserve(measure.bytes)));
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
    if (this.#recording !== undefined) {
      const places = memory.ints(part.recorded, rows);
      for (let row = 0; row < rows; row++) places[row] = this.#recording.place(sequences[row], lengths[row]);
    }
    const logits = at(this.#logits.address, room.firstRow * config.vocabularySize);
    const tape = new ReadTape(this.#host, room.reads, reads, (row) => at(logits, row * config.vocabularySize));
    return { part, kept, longest, logits, tape };
  }

  /** The command for `rows` rows of a step, from row `first` on. */
  #command(
    { part, kept, longest, logits, tape }: PlacedStep,
    places: Places,
    arena: number,
    team: TeamPlace,
    first: number,
    rows: number,
  ): WorkerCommand {
    const { hiddenSize, vocabularySize } = this.#host.config;
    const { own, ownLayerBytes, ownCapacity, prefix, prefixLayerBytes } = this.#cache;
    return {
      kind: "step",
      places,
      arena,
      team,
      rows,
      longest,
      kept,
      ids: at(part.ids, first * kept),
      weights: at(part.weights, first * kept),
      offset: part.offset === 0 ? 0 : at(part.offset, first * hiddenSize),
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
      logits: at(logits, first * vocabularySize),
      reads: tableAt(tape, first),
      record: recordPlace(this.#recording, at(part.recorded, first)),
    };
  }

  /** What these sequences were fed last is recorded now. */
  #note(sequences: Int32Array, inputs: InputRows): void {
    this.#recording?.note(sequences, inputs, (sequence) => this.#held[sequence] - 1);
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
    this.#recording?.close();
    this.#cache.free();
    this.#host.memory.free(this.#logits);
    this.#arenas.free();
    this.#inputs.free();
    this.#reads.free();
    this.#rooms?.forEach(({ inputs, reads }) => {
      inputs.free();
      reads.free();
    });
  }
}

function longestOf(prompts: readonly Int32Array[]): number {
  return prompts.reduce((most, prompt) => Math.max(most, prompt.length), 0);
}

/** Address of a tape's table from one of its rows on. */
function tableAt(tape: ReadTape, row: number): number {
  return tape.table + tableBytes(row);
}
