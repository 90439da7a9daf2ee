/**
 * The memory that a decoder holds from its start to its end, measured by the functions that hand it out.
 *
 * Letters: `B` prompts, `N` sequences.
 *
 * @module
 */
import { takeActivations } from "./activations.ts";
import { takeStepBuffers } from "./cached_forward.ts";
import type { Host } from "./host.ts";
import { cacheFloats } from "./key_value_cache.ts";
import { blockBytes, DividedBlock, FLOAT_BYTES, GrowingBlock, Region } from "./memory.ts";
import type { SizedEngine } from "./pass_room.ts";
import { SEATS } from "./pool.ts";
import { batchPrompts, takeBatch } from "./prefill.ts";
import { alone } from "./team.ts";

/** Fewer rows than this are not worth a second worker in a step. */
const LEAST_ROWS = 4;

/**
 * Weights, and caches of sequences, that a step goes through: such a part of the machine's last cache is read faster than
 * memory. 128 sequences of 56 positions at width 128 in WebAssembly, two engines of one worker at once on 2 cores: .523 s
 * with all of them in a step, .439 with 25, .406 with 15.
 */
const STEP_BYTES = 8 * 2 ** 20;
/** Products with fewer rows are slow. */
const LEAST_AT_ONCE = 10;
/** Fewer sequences than this are not worth a second seat of a worker. */
const LEAST_OF_SEAT = 12;

/**
 * Most sequences of a step that one worker takes by itself, rows that fill the tiles of its products: Infinity where memory
 * is read whatever they are.
 */
export function mostAtOnce(
  { config, kernels, parameters, tileRows }: Pick<Host, "config" | "kernels" | "parameters" | "tileRows">,
  maxNewPositions: number,
): number {
  const cache = config.layers * cacheFloats(config, maxNewPositions, kernels.keyBlock());
  const most = Math.floor((STEP_BYTES / FLOAT_BYTES - parameters.size) / cache);
  return most < LEAST_AT_ONCE ? Infinity : most - most % tileRows;
}

/** What a decoder is to write. */
export interface DecoderShape {
  /** (B). */
  readonly promptLengths: readonly number[];
  /** `N`. */
  readonly sequences: number;
  /** Most positions that each sequence writes. */
  readonly maxNewPositions: number;
}

/** What is fed in a step, and read of it. */
export interface StepShape {
  /** Token ids a row, and whether rows have offsets. */
  readonly kept: number;
  readonly hasOffset: boolean;
  /** Bytes of the largest tape of so many rows. */
  readonly tape: (rows: number) => number;
}

/** Workers that share the rows of a step. */
export function stepWorkers(rows: number, workers: number): number {
  return Math.min(workers, Math.ceil(rows / LEAST_ROWS));
}

/**
 * Seats that share sequences which step apart: all where each has enough of them, otherwise one a worker.
 *
 * @param each seats that a worker may have
 */
export function stepSeats(sequences: number, workers: number, each: number): number {
  const all = each * workers;
  return sequences >= all * LEAST_OF_SEAT ? all : stepWorkers(sequences, workers);
}

/** Most sequences of one seat: where fewer are left, fewer seats may have more of them each. */
export function mostOfSeat(sequences: number, workers: number, each: number): number {
  return most(Array.from({ length: sequences }, (_, i) => Math.ceil((i + 1) / stepSeats(i + 1, workers, each))));
}

/** Rows of logits: every seat has some of its own. */
export function logitRows(sequences: number, workers: number, each: number): number {
  return stepSeats(sequences, workers, each) * mostOfSeat(sequences, workers, each);
}

/** Takes the arrays of a step from `region`, addresses. */
export function takeStepInputs(
  region: Region,
  rows: number,
  { kept, hasOffset }: Pick<StepShape, "kept" | "hasOffset">,
  hiddenSize: number,
) {
  return {
    ids: region.take(rows * kept),
    weights: region.take(rows * kept),
    offset: hasOffset ? region.take(rows * hiddenSize) : 0,
    positions: region.take(rows),
    sequences: region.take(rows),
    lengths: region.take(rows),
    prefixOffsets: region.takeNumbers(rows),
    prefixLengths: region.take(rows),
    recorded: region.take(rows),
  };
}

/** Bytes of a worker's activations, whether in the prompts or in the largest step. */
export function decoderArena(engine: SizedEngine, { promptLengths, sequences, maxNewPositions }: DecoderShape): number {
  const { config, workers, kernels, adapter } = engine;
  const prompts = batchPrompts(promptLengths, workers).map((batch) => {
    const lengths = batch.map((prompt) => promptLengths[prompt]), longest = Math.max(...lengths);
    const region = new Region();
    const rows = lengths.reduce((sum, length) => sum + length, 0);
    const size = { rows, headRowCount: batch.length, longest };
    takeActivations(region, config, size, "layer", kernels.attentionBlockRows(), adapter?.width);
    return region.bytes;
  });
  const step = new Region();
  const longest = most(promptLengths) + maxNewPositions;
  // In a step of all together a worker has one seat, and the most rows.
  takeStepBuffers(step, engine, alone(mostOfSeat(sequences, workers, 1)), longest, kernels.keyBlock());
  return Math.max(step.bytes, most(prompts));
}

/** Bytes of the arrays of all prompts. */
export function promptInputs({ config, workers }: SizedEngine, promptLengths: readonly number[]): number {
  const region = new Region();
  const batches = batchPrompts(promptLengths, workers);
  batches.forEach((batch) => takeBatch(region, config, batch.map((prompt) => promptLengths[prompt])));
  return region.bytes;
}

/** Bytes of the memory that a decoder takes. */
export function decoderBytes(engine: SizedEngine, shape: DecoderShape, step: StepShape): number {
  const { config, workers, kernels } = engine;
  const { promptLengths, sequences, maxNewPositions } = shape;
  const cache = (positions: number) => config.layers * cacheFloats(config, positions, kernels.keyBlock());
  const inputs = (rows: number) => {
    const region = new Region();
    takeStepInputs(region, rows, step, config.hiddenSize);
    return region.bytes;
  };
  // What computes decides how many seats a worker has: room for either.
  const ofSeats = (each: number) => {
    const own = mostOfSeat(sequences, workers, each);
    const room = GrowingBlock.mostBytes([inputs(own)]) + GrowingBlock.mostBytes([step.tape(own)]);
    return blockBytes(logitRows(sequences, workers, each) * config.vocabularySize) +
      stepSeats(sequences, workers, each) * room;
  };
  return blockBytes(promptLengths.reduce((sum, length) => sum + cache(length), 0)) +
    blockBytes(sequences * cache(maxNewPositions)) +
    DividedBlock.bytes(workers, decoderArena(engine, shape)) +
    GrowingBlock.mostBytes([promptInputs(engine, promptLengths), inputs(sequences)]) +
    GrowingBlock.mostBytes([step.tape(sequences)]) +
    most([1, SEATS].map(ofSeats));
}

function most(values: readonly number[]): number {
  return values.reduce((largest, value) => Math.max(largest, value), 0);
}
