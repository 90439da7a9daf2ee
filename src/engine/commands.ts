/**
 * What the main thread tells a worker. Numbers are byte addresses in the shared memory, or counts.
 *
 * @module
 */
import type { AdapterConfig } from "../models/adapter.ts";
import type { ModelConfig } from "../models/model_config.ts";
import type { Keep, UnitSize } from "./activations.ts";
import type { NativeLibrary } from "./native/library.ts";
import type { SharedMemory } from "./shared_memory.ts";
import type { TeamPlace } from "./team.ts";

/** What a worker knows from its start. */
export interface EngineSetup {
  readonly module: WebAssembly.Module;
  readonly memory: SharedMemory;
  /** What kernels in WebAssembly lay aside, one part per worker. */
  readonly stacks: number;
  /** A table, see panels.ts. */
  readonly panels: number;
  readonly config: ModelConfig;
  /** What is trained in place of the weights; absent: they are. */
  readonly adapter?: AdapterConfig;
  readonly native?: NativeLibrary;
}

/** The parameter buffers. */
export interface Places {
  readonly weights: number;
  /** The adapter's buffer; 0 where there is none, and in passes without it. */
  readonly adapter: number;
  /** Whether the projections are read in panels, for decoding; not in passes, and where the memory has no room for both. */
  readonly inPanels: boolean;
  /** Cosines and sines by position, see kernels/rope.c. */
  readonly rope: number;
}

/** A unit of rows as it lies in the memory; see units.ts. */
export interface UnitPlace extends UnitSize {
  /** (R, K) i32 and f32; (R, D) or 0. */
  readonly ids: number;
  readonly weights: number;
  readonly offset: number;
  readonly kept: number;
  /** (R) i32. */
  readonly positions: number;
  /** (spanCount, 4) i32: first row, rows, first row of the prefix, rows of the prefix. */
  readonly spans: number;
  readonly spanCount: number;
  /** (S) i32, row whose logits gave the action. */
  readonly headRows: number;
  /** (spanCount, 3) f64: address and rows of the span's recording, and its first row there; 0 where rows are computed. */
  readonly recorded: number;
}

/** Where rows are laid aside for training. */
export interface RecordPlace {
  /** The recording, 0 where there is none; its rows, a multiple of 16. */
  readonly address: number;
  readonly rows: number;
  /** (R) i32, the place of each of the command's rows. */
  readonly index: number;
}

/** Logits of some head rows, and room for their gradient. */
export interface HeadChunk {
  readonly first: number;
  readonly count: number;
  /** (count, V); gradient 0 where there is none. */
  readonly logits: number;
  readonly gradient: number;
  /** Table of what is read of the rows, see reading_tape.ts. */
  readonly reads: number;
}

/** Forward pass of a unit up to what is read of the logits of its first chunk. */
export interface ForwardCommand {
  readonly kind: "forward";
  readonly places: Places;
  readonly unit: UnitPlace;
  readonly arena: number;
  readonly keep: Keep;
  readonly chunk: HeadChunk;
}

/** Backward pass of one chunk's logits by the slopes of what was read, and what is read of the next chunk. */
export interface NextChunkCommand {
  readonly kind: "nextChunk";
  readonly places: Places;
  readonly unit: UnitPlace;
  readonly arena: number;
  readonly keep: Keep;
  readonly done: HeadChunk;
  readonly chunk: HeadChunk;
  /** Gradient shard, 0 where there is none. */
  readonly gradients: number;
  readonly clear: boolean;
}

/** Backward pass of the last chunk and of the unit, added to a gradient shard. */
export interface BackwardCommand {
  readonly kind: "backward";
  readonly places: Places;
  /** Transposed copies of the projections, in panels; 0 where they are not trained. */
  readonly transposed: number;
  readonly unit: UnitPlace;
  readonly arena: number;
  readonly keep: Keep;
  readonly done: HeadChunk;
  readonly gradients: number;
  /** Whether the shard is to be zeroed first. */
  readonly clear: boolean;
  readonly trainInputs: boolean;
}

/** Forward pass over prompts, whose keys and values go to the cache, and the logits after each. */
export interface PrefillCommand {
  readonly kind: "prefill";
  readonly places: Places;
  readonly unit: UnitPlace;
  readonly arena: number;
  readonly prefix: number;
  readonly prefixLayerBytes: number;
  /** (spanCount) f64, bytes from the layer's start. */
  readonly prefixOffsets: number;
  readonly logits: number;
  readonly record: RecordPlace;
}

/** One new position for some sequences. All arrays start at this worker's first row; the arena is its team's. */
export interface StepCommand {
  readonly kind: "step";
  readonly places: Places;
  readonly arena: number;
  readonly team: TeamPlace;
  readonly rows: number;
  readonly longest: number;
  readonly ids: number;
  readonly weights: number;
  readonly offset: number;
  readonly kept: number;
  readonly positions: number;
  readonly sequences: number;
  readonly lengths: number;
  readonly own: number;
  readonly ownLayerBytes: number;
  readonly ownCapacity: number;
  readonly prefix: number;
  readonly prefixLayerBytes: number;
  readonly prefixOffsets: number;
  readonly prefixLengths: number;
  readonly logits: number;
  readonly reads: number;
  readonly record: RecordPlace;
}

/** Reads rows of logits that are there. */
export interface ReadCommand {
  readonly kind: "read";
  readonly places: Places;
  readonly reads: number;
  readonly rows: number;
}

/** Sums gradient shards over pieces of the parameters; answers each piece's sum of squares. */
export interface SumShardsCommand {
  readonly kind: "sumShards";
  readonly gradients: number;
  readonly shardBytes: number;
  readonly shards: number;
  /** Floats of the whole, of a piece, and the worker's pieces. */
  readonly size: number;
  readonly piece: number;
  readonly firstPiece: number;
  readonly pieces: number;
}

/** AdamW over a range of parameters; see kernels/adamw.c. */
export interface AdamwCommand {
  readonly kind: "adamw";
  readonly weights: number;
  readonly gradients: number;
  readonly first: number;
  readonly second: number;
  readonly offset: number;
  readonly count: number;
  readonly gradientScale: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly decay: number;
  readonly rate: number;
  readonly correction: number;
  readonly epsilon: number;
}

/** Renews a part of a packed copy; see kernels/rows.c. */
export interface PackCommand {
  readonly kind: "pack" | "packTransposed" | "packBf16" | "packTransposedBf16";
  readonly from: number;
  readonly fromStride: number;
  readonly rows: number;
  readonly columns: number;
  readonly to: number;
  readonly width: number;
}

/** Everything a worker can do. */
export type WorkerCommand =
  | ForwardCommand
  | NextChunkCommand
  | BackwardCommand
  | PrefillCommand
  | StepCommand
  | ReadCommand
  | SumShardsCommand
  | AdamwCommand
  | PackCommand;
