/**
 * Passes over groups, on the main thread: units go to the workers, what they read to the loss, its slopes back.
 *
 * @module
 */
import type { NamedTensors, TrainingGroup } from "../models/language_model.ts";
import type { ActionPlace, Reads, RowLoss } from "../models/readings.ts";
import type { HeadChunk, Places, UnitPlace, WorkerCommand } from "./commands.ts";
import { at, SPAN_INTS } from "./forward.ts";
import type { Host, Policy } from "./host.ts";
import { type Block, FLOAT_BYTES, Region } from "./memory.ts";
import { readTensors } from "./parameters.ts";
import {
  chunkSpans,
  passBytes,
  type PassKind,
  PassRoom,
  type PassSizes,
  passSizes,
  type RoomUnit,
  takeChunk,
  takeUnitInputs,
} from "./pass_room.ts";
import type { Task } from "./pool.ts";
import { ReadTape, rowBytes, tapeBytes } from "./reading_tape.ts";
import { TAKEN_NUMBERS } from "./recorded_rows.ts";
import type { RecordedGroup, RecordedSpan, Recordings } from "./recordings.ts";
import { checkInputs, checkPrompt, fillUnit, gradientShards, planUnits, shardOf, type Unit } from "./units.ts";

/** Gradients of all that is trained, in a fixed number of shards that are summed in order. */
export class GradientShards {
  readonly #host: Host;
  #block: Block | undefined;
  /** Shards in use; the others count as zero, whatever is in them. */
  readonly #used = new Set<number>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Number of shards. */
  get count(): number {
    return gradientShards(this.#host.trainedLayout.size);
  }

  /** Shards 0 to `used` - 1 hold gradients: units fill them from the first. */
  get used(): number {
    return this.#used.size;
  }

  get shardBytes(): number {
    return this.#host.trainedLayout.size * FLOAT_BYTES;
  }

  /** Address of the first shard. */
  get address(): number {
    this.reserve();
    return this.#block!.address;
  }

  /** Takes their memory, before blocks that come and go. */
  reserve(): void {
    this.#block ??= this.#host.memory.allocate(this.count * this.#host.trainedLayout.size);
  }

  /** A shard for a unit; `clear` where the unit must zero it first. */
  use(shard: number): { gradients: number; clear: boolean } {
    const clear = !this.#used.has(shard);
    this.#used.add(shard);
    return { gradients: this.address + shard * this.shardBytes, clear };
  }

  /** All gradients are zero. */
  reset(): void {
    this.#used.clear();
  }

  /** The sum of the shards, in the order in which the optimizer sums them. */
  read(): NamedTensors {
    const { trainedLayout, memory } = this.#host;
    const sum = new Float32Array(trainedLayout.size);
    for (let shard = 0; shard < this.used; shard++) {
      const values = memory.floats(this.address + shard * this.shardBytes, sum.length);
      if (shard === 0) sum.set(values);
      else for (let i = 0; i < sum.length; i++) sum[i] += values[i];
    }
    return readTensors(sum, trainedLayout);
  }
}

/** What a pass does besides computing logits. */
export interface Pass {
  /** Absent in a pass without gradients. */
  readonly gradients?: GradientShards;
  readonly trainInputs: boolean;
  /** What computes (default what is trained). */
  readonly policy?: Policy;
  /** Stops the pass soon after it is aborted. */
  readonly abort?: AbortSignal | undefined;
}

/** What is read of a unit's head rows, in their order. */
type UnitReads = readonly Reads[];

/** What the units of a pass share. */
interface PassWork {
  readonly places: Places;
  readonly transposed: number;
  readonly loss: RowLoss;
  /** Of each unit. */
  readonly reads: readonly UnitReads[];
  readonly pass: Pass;
  readonly kind: PassKind;
  /** Where the groups' rows lie, unless they are computed. */
  readonly recorded: readonly RecordedGroup[] | undefined;
}

/** Runs groups through the model. */
export class GroupPasses {
  readonly #host: Host;
  readonly #mostBytes: number;
  readonly #recordings: Recordings | undefined;

  /**
   * @param mostBytes a pass with gradients that would take the memory beyond it computes layers again; no number depends
   * on it
   * @param recordings of what is trained: groups that lie there are not computed again (absent: all are computed)
   */
  constructor(host: Host, mostBytes: number, recordings?: Recordings) {
    this.#host = host;
    this.#mostBytes = mostBytes;
    this.#recordings = recordings;
  }

  /**
   * Forward pass over groups and, with `gradients`, backward.
   *
   * @throws {UsageError} If a group cannot be fed
   */
  async run(groups: readonly TrainingGroup[], loss: RowLoss, pass: Pass): Promise<void> {
    const { config } = this.#host;
    for (const { prompt, completions } of groups) {
      completions.forEach((inputs) => checkInputs(inputs, config));
      checkPrompt(prompt, completions.reduce((most, inputs) => Math.max(most, inputs.count), 0), config);
    }
    const units = planUnits(groups);
    if (units.length === 0) return;
    const places = await this.#host.places(Math.max(...units.map((unit) => unit.longest)), pass.policy);
    const needsTransposed = pass.gradients !== undefined && this.#host.adapter === undefined;
    const transposed = needsTransposed ? await this.#host.transposed() : 0;
    pass.gradients?.reserve();
    const reads = units.map((unit): UnitReads => Array.from(placesOf(unit, allOf(unit)), (place) => loss.reads(place)));
    const recorded = (pass.policy ?? "trained") === "trained" ? this.#recordings?.find(groups) : undefined;
    const { kind, sizes } = this.#choose(units, this.#largestTape(units, reads), pass, recorded !== undefined);
    const room = new PassRoom(this.#host.memory, this.#host.workers, sizes);
    try {
      await this.#runUnits(units, groups, room, { places, transposed, loss, reads, pass, kind, recorded });
    } finally {
      room.free();
    }
  }

  async #runUnits(
    units: readonly Unit[],
    groups: readonly TrainingGroup[],
    room: PassRoom,
    work: PassWork,
  ): Promise<void> {
    const { pass } = work;
    const unitPlaces = this.#placeUnits(units, groups, room.batch, work.recorded);
    // Without gradients every unit is free to run beside every other.
    const shards = pass.gradients?.count ?? units.length;
    const shard = (index: number) => shardOf(index, units.length, shards);
    const queue = new UnitQueue(units.map((_, index) => shard(index)));
    const passUnit = (worker: number, index: number) =>
      this.#passUnit(worker, units[index], unitPlaces[index], work.reads[index], shard(index), room, work);
    await this.#host.pool.run(function* (worker): Task<WorkerCommand> {
      for (let index = queue.take(); index !== "none"; index = queue.take()) {
        if (index === "later") {
          yield undefined;
          continue;
        }
        yield* passUnit(worker, index);
        queue.finish(index);
      }
    }, { abort: pass.abort });
  }

  /** Puts the inputs of all units into the memory. */
  #placeUnits(
    units: readonly Unit[],
    groups: readonly TrainingGroup[],
    batch: number,
    recorded: readonly RecordedGroup[] | undefined,
  ): UnitPlace[] {
    const { config, memory } = this.#host;
    const region = new Region(batch);
    return units.map((unit): UnitPlace => {
      const part = takeUnitInputs(region, roomOf(unit), config);
      const { rows, headRowCount, longest, kept } = unit;
      fillUnit(unit, groups, config, {
        ids: memory.ints(part.ids, rows * kept),
        weights: memory.floats(part.weights, rows * kept),
        ...(unit.hasOffset && { offset: memory.floats(part.offset, rows * config.hiddenSize) }),
        positions: memory.ints(part.positions, rows),
        headRows: memory.ints(part.headRows, headRowCount),
      });
      const spans = memory.ints(part.spans, unit.spans.length * SPAN_INTS);
      unit.spans.forEach((span, i) =>
        spans.set([span.first, span.rows, span.prefixFirst, span.prefixRows], i * SPAN_INTS)
      );
      if (recorded !== undefined) {
        const places = spanPlaces(unit, recorded);
        memory.numbers(part.recorded, places.length * TAKEN_NUMBERS).set(places.flat());
      }
      return { ...part, rows, headRowCount, longest, kept, spanCount: unit.spans.length };
    });
  }

  *#passUnit(
    worker: number,
    unit: Unit,
    place: UnitPlace,
    unitReads: UnitReads,
    shard: number,
    room: PassRoom,
    { places, transposed, loss, pass, kind: { keep, withGradients } }: PassWork,
  ): Task<WorkerCommand> {
    const arena = room.arena(worker);
    const chunks = this.#chunksOf(room.chunk(worker), unit.headRowCount, withGradients);
    const tapeOf = (index: number) => {
      const { vocabularySize } = this.#host.config, { logits, first, count } = chunks[index];
      const reads = unitReads.slice(first, first + count);
      return new ReadTape(this.#host, room.tape(worker, index), reads, (row) => at(logits, row * vocabularySize));
    };
    let tape = tapeOf(0);
    let done: HeadChunk = { ...chunks[0], reads: tape.table };
    yield { kind: "forward", places, unit: place, arena, keep, chunk: done };
    this.#score(unit, done, tape, loss);
    let gradients = 0, clear = false;
    if (pass.gradients !== undefined) ({ gradients, clear } = pass.gradients.use(shard));
    for (let i = 1; i < chunks.length; i++) {
      tape = tapeOf(i);
      const chunk = { ...chunks[i], reads: tape.table };
      yield { kind: "nextChunk", places, unit: place, arena, keep, done, chunk, gradients, clear };
      clear = false;
      this.#score(unit, chunk, tape, loss);
      done = chunk;
    }
    if (pass.gradients === undefined) return;
    const { trainInputs } = pass;
    yield { kind: "backward", places, transposed, unit: place, arena, keep, done, gradients, clear, trainInputs };
  }

  /** What a pass keeps: everything where that has room. */
  #choose(
    units: readonly Unit[],
    tape: number,
    { gradients }: Pass,
    isRecorded: boolean,
  ): { kind: PassKind; sizes: PassSizes } {
    const sized = (kind: PassKind) => ({ kind, sizes: passSizes(this.#host, units.map(roomOf), kind, tape) });
    if (isRecorded) return sized({ keep: "recorded", withGradients: gradients !== undefined });
    if (gradients === undefined) return sized({ keep: "layer", withGradients: false });
    const kept = sized({ keep: "all", withGradients: true });
    const end = this.#host.memory.tail + passBytes(this.#host, kept.sizes);
    return end <= this.#mostBytes ? kept : sized({ keep: "inputs", withGradients: true });
  }

  /** Head rows in pieces of bounded memory; the pieces share one buffer. */
  #chunksOf(address: number, headRowCount: number, withGradients: boolean): Omit<HeadChunk, "reads">[] {
    const { config } = this.#host;
    const { logits, gradient } = takeChunk(new Region(address), config, headRowCount, withGradients);
    return chunkSpans(config, headRowCount).map((span) => ({ ...span, logits, gradient }));
  }

  /** Bytes of the largest tape that the units of a pass will need. */
  #largestTape(units: readonly Unit[], reads: readonly UnitReads[]): number {
    const { config } = this.#host, { vocabularySize, hiddenSize } = config;
    let most = 0;
    units.forEach(({ headRowCount }, index) => {
      for (const { first, count } of chunkSpans(config, headRowCount)) {
        let bytes = 0;
        for (let row = first; row < first + count; row++) {
          bytes += rowBytes(reads[index][row], vocabularySize, hiddenSize);
        }
        most = Math.max(most, tapeBytes(count, bytes));
      }
    });
    return most;
  }

  /** Shows the loss what was read of a chunk's rows, and hands its slopes on. */
  #score(unit: Unit, chunk: HeadChunk, tape: ReadTape, loss: RowLoss): void {
    let row = 0;
    for (const place of placesOf(unit, chunk)) {
      const slopes = loss.score(place, tape.readings(row));
      if (chunk.gradient !== 0 && slopes !== undefined) tape.writeSlopes(row, slopes);
      row++;
    }
  }
}

function roomOf(unit: Unit): RoomUnit {
  return { ...unit, spanCount: unit.spans.length };
}

/** All head rows of a unit. */
function allOf({ headRowCount }: Unit): Pick<HeadChunk, "first" | "count"> {
  return { first: 0, count: headRowCount };
}

/** Where each span of a unit is recorded: of every part its prompt, then its completions but those that were fed nothing. */
function spanPlaces({ parts, completions }: Unit, recorded: readonly RecordedGroup[]): RecordedSpan[] {
  return parts.flatMap(({ group, from, to }) => {
    const own = recorded[group];
    const fed = completions.filter((span) =>
      span.group === group && span.completion >= from && span.completion < to && span.count > 1
    );
    return [own[from].prefix, ...fed.map(({ completion }) => own[completion].own)];
  });
}

/** The actions of a chunk's rows, in their order. */
function* placesOf(unit: Unit, chunk: Pick<HeadChunk, "first" | "count">): Generator<ActionPlace> {
  for (const { group, completion, firstHeadRow, count } of unit.completions) {
    const from = Math.max(firstHeadRow, chunk.first);
    const to = Math.min(firstHeadRow + count, chunk.first + chunk.count);
    for (let row = from; row < to; row++) yield { group, completion, action: row - firstHeadRow };
  }
}

/** Hands out units in order; units of one shard one after another. */
class UnitQueue {
  readonly #shards: readonly number[];
  readonly #waiting: number[];
  readonly #busy = new Set<number>();

  /** @param shards the shard of each unit */
  constructor(shards: readonly number[]) {
    this.#shards = shards;
    this.#waiting = [...shards.keys()];
  }

  /** The first unit whose shard is free; `later` where all that are left must wait. */
  take(): number | "later" | "none" {
    if (this.#waiting.length === 0) return "none";
    const next = this.#waiting.findIndex((unit) => !this.#busy.has(this.#shards[unit]));
    if (next < 0) return "later";
    const [unit] = this.#waiting.splice(next, 1);
    this.#busy.add(this.#shards[unit]);
    return unit;
  }

  finish(unit: number): void {
    this.#busy.delete(this.#shards[unit]);
  }
}
