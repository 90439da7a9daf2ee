/**
 * The memory that a pass over groups holds from its start to its end: reserved once for its largest unit, so that no block
 * grows while others stand behind it, and measured by the same functions before anything runs.
 *
 * @module
 */
import type { ModelConfig } from "../models/model_config.ts";
import type { AdapterLayout } from "./adapter_layout.ts";
import { type Keep, takeActivations, takeBackwardBuffers, type UnitSize } from "./activations.ts";
import { SPAN_INTS } from "./forward.ts";
import type { Kernels } from "./kernels.ts";
import { type Block, blockBytes, DividedBlock, type EngineMemory, FLOAT_BYTES, Region } from "./memory.ts";
import type { TapePlace } from "./reading_tape.ts";
import { TAKEN_NUMBERS } from "./recorded_rows.ts";

/** Floats of logits that a worker holds at once, and as many of gradients: 16 MiB. */
const CHUNK_FLOATS = 2 ** 22;
/** At a huge vocabulary a chunk still has this many rows, or the product with the head is slow. */
const LEAST_CHUNK_ROWS = 32;
/** Two tapes take turns: a worker still needs the one before. */
const TAPES = 2;

/** What sizes depend on beside the work. */
export interface SizedEngine {
  readonly config: ModelConfig;
  readonly workers: number;
  readonly kernels: Pick<Kernels, "attentionBlockRows" | "keyBlock">;
  /** Absent where weights are trained, or nothing is. */
  readonly adapter?: AdapterLayout;
}

/** What a unit's room depends on. */
export interface RoomUnit extends UnitSize {
  /** Token ids a row, and whether rows have offsets. */
  readonly kept: number;
  readonly hasOffset: boolean;
  readonly spanCount: number;
}

/** What a pass keeps of its forward pass, and whether a backward pass follows. */
export interface PassKind {
  readonly keep: Keep;
  readonly withGradients: boolean;
}

/** Bytes that a pass holds. */
export interface PassSizes {
  /** Inputs of all units. */
  readonly batch: number;
  /** Of each worker: activations, a chunk of logits, and one of its tapes. */
  readonly arena: number;
  readonly chunk: number;
  readonly tape: number;
}

/** Head rows whose logits are held at once. */
export function chunkRows({ vocabularySize }: ModelConfig, headRowCount: number): number {
  return Math.min(headRowCount, Math.max(LEAST_CHUNK_ROWS, Math.floor(CHUNK_FLOATS / vocabularySize)));
}

/** Head rows in pieces of bounded memory. */
export function chunkSpans(config: ModelConfig, headRowCount: number): { first: number; count: number }[] {
  const most = chunkRows(config, headRowCount), chunks: { first: number; count: number }[] = [];
  for (let first = 0; first < headRowCount; first += most) {
    chunks.push({ first, count: Math.min(most, headRowCount - first) });
  }
  return chunks;
}

/** Takes the inputs of a unit from `region`, addresses. */
export function takeUnitInputs(region: Region, unit: RoomUnit, { hiddenSize }: ModelConfig) {
  return {
    ids: region.take(unit.rows * unit.kept),
    weights: region.take(unit.rows * unit.kept),
    offset: unit.hasOffset ? region.take(unit.rows * hiddenSize) : 0,
    positions: region.take(unit.rows),
    spans: region.take(unit.spanCount * SPAN_INTS),
    headRows: region.take(unit.headRowCount),
    recorded: region.takeNumbers(unit.spanCount * TAKEN_NUMBERS),
  };
}

/** Takes the logits of a unit's largest chunk, and their gradient, from `region`, addresses. */
export function takeChunk(region: Region, config: ModelConfig, headRowCount: number, withGradients: boolean) {
  const floats = chunkRows(config, headRowCount) * config.vocabularySize;
  return { logits: region.take(floats), gradient: withGradients ? region.take(floats) : 0 };
}

/**
 * What a pass needs.
 *
 * @param units at least one
 * @param tape bytes of the largest tape
 */
export function passSizes(
  { config, kernels, adapter }: SizedEngine,
  units: readonly RoomUnit[],
  { keep, withGradients }: PassKind,
  tape: number,
): PassSizes {
  const blockRows = kernels.attentionBlockRows();
  const largest = (measure: (region: Region, unit: RoomUnit) => void) =>
    units.reduce((most, unit) => {
      const region = new Region();
      measure(region, unit);
      return Math.max(most, region.bytes);
    }, 0);
  const batch = new Region(), tapeRegion = new Region();
  units.forEach((unit) => takeUnitInputs(batch, unit, config));
  tapeRegion.take(Math.ceil(tape / FLOAT_BYTES));
  return {
    batch: batch.bytes,
    arena: largest((region, unit) => {
      takeActivations(region, config, unit, keep, blockRows, adapter?.width);
      if (withGradients) takeBackwardBuffers(region, config, unit, blockRows, adapter?.width);
    }),
    chunk: largest((region, unit) => takeChunk(region, config, unit.headRowCount, withGradients)),
    tape: tapeRegion.bytes,
  };
}

/** Bytes of the memory that a pass takes. */
export function passBytes({ workers }: Pick<SizedEngine, "workers">, { batch, arena, chunk, tape }: PassSizes): number {
  return blockBytes(batch / FLOAT_BYTES) + DividedBlock.bytes(workers, arena) + DividedBlock.bytes(workers, chunk) +
    DividedBlock.bytes(workers * TAPES, tape);
}

/** The blocks of a pass that is at work. */
export class PassRoom {
  readonly #memory: EngineMemory;
  readonly #batch: Block;
  readonly #arenas: DividedBlock;
  readonly #chunks: DividedBlock;
  readonly #tapes: DividedBlock;

  constructor(memory: EngineMemory, workers: number, { batch, arena, chunk, tape }: PassSizes) {
    this.#memory = memory;
    this.#batch = memory.allocate(batch / FLOAT_BYTES);
    this.#arenas = new DividedBlock(memory, workers, arena);
    this.#chunks = new DividedBlock(memory, workers, chunk);
    this.#tapes = new DividedBlock(memory, workers * TAPES, tape);
  }

  /** Where the inputs of all units lie. */
  get batch(): number {
    return this.#batch.address;
  }

  arena(worker: number): number {
    return this.#arenas.part(worker);
  }

  chunk(worker: number): number {
    return this.#chunks.part(worker);
  }

  /** Where the tape of a unit's chunk lies, whose turn it is. */
  tape(worker: number, chunk: number): TapePlace {
    return { reserve: () => this.#tapes.part(worker * TAPES + chunk % TAPES) };
  }

  free(): void {
    this.#memory.free(this.#batch);
    [this.#arenas, this.#chunks, this.#tapes].forEach((block) => block.free());
  }
}
