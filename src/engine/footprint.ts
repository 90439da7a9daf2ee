/**
 * The bytes that an engine will hold for given work, by the functions that reserve its memory: never below what it then
 * holds, and close to it.
 *
 * What stays (weights and what goes with them) lies below what comes and goes: recordings first, which an update gives back,
 * then a pass or a decoder, which gives back all that it took. So the memory is as large as what stays and the largest work
 * together, whatever ran before.
 *
 * Letters: `B` prompts, `G` completions per prompt, `T` positions of a completion, `R` rows.
 *
 * @module
 */
import type { AdapterConfig } from "../models/adapter.ts";
import { layoutAdapter } from "./adapter_layout.ts";
import { type ModelConfig, rotarySizeOf } from "../models/model_config.ts";
import type { Reads } from "../models/readings.ts";
import { decoderBytes } from "./decoder_room.ts";
import { ropePositions } from "./host.ts";
import { compileKernels, memorylessKernels, PAGE_BYTES, STACK_BYTES } from "./kernels.ts";
import { blockBytes, FIRST_ADDRESS, FLOAT_BYTES } from "./memory.ts";
import { chooseProducts, type Products } from "./native/choose.ts";
import { panelTableFloats, roundedFloats } from "./panels.ts";
import { hasRoomToPack, layoutCopies, layoutParameters, panelFloats } from "./parameters.ts";
import { chunkRows, passBytes, type PassKind, passSizes, type RoomUnit, type SizedEngine } from "./pass_room.ts";
import { rowBytes, tapeBytes } from "./reading_tape.ts";
import { type RecordedShape, recordingBytes } from "./recordings.ts";
import { capacityOf, WASM_CAPACITY } from "./shared_memory.ts";
import { gradientShards, type GroupShape, largestUnit, passRows, planUnits } from "./units.ts";

/** What is fed at a position at most, and read of it. */
export interface PositionShape {
  /** Token ids that are mixed (default 1), and whether an offset is added (default false). */
  readonly kept?: number;
  readonly hasOffset?: boolean;
  /** The most that is read of a row of logits. */
  readonly reads: Reads;
  /** What is held beside it of completions that are trained on (default nothing). */
  readonly recording?: RecordedShape;
}

/** Sequences that are drawn together. */
export interface DecodingShape extends PositionShape {
  /** `B`, and tokens of the longest. */
  readonly prompts: number;
  readonly promptTokens: number;
  /** `N`, and most positions of each. */
  readonly sequences: number;
  readonly newTokens: number;
}

/** Groups that go through the model together. */
export interface ReplayShape extends GroupShape, PositionShape {
  /** How gradients are made; absent: none are. */
  readonly backward?: "kept" | "recomputed";
}

/** All that an engine is to do, one after another. */
export interface EngineWork {
  /** Whether weights are updated: gradients and moments are held then. */
  readonly trains: boolean;
  /** Whether decoding has the projections in panels (default as an engine that is not told). */
  readonly packs?: boolean;
  /** Whether what is evaluated decodes by weights in bf16 (default false). */
  readonly rounds?: boolean;
  readonly decodings: readonly DecodingShape[];
  readonly replays: readonly ReplayShape[];
}

/** Bytes of an engine's memory, by what holds them. */
export interface Footprint {
  /** Weights, their copies in panels, an adapter, and tables. */
  readonly weights: number;
  /** Gradients and moments; 0 where nothing is trained. */
  readonly training: number;
  /** What the largest decoding holds, and the largest replay, each with what is recorded beside it. */
  readonly decoding: number;
  readonly replay: number;
  /** All of it at the largest, in whole pages. */
  readonly bytes: number;
}

/** Whether all prompts and completions have their largest length, or any up to it, each another. */
export type Lengths = "full" | "any";

/**
 * The sizes of an engine of this shape, without one.
 *
 * @param adapter what is trained in place of the weights
 */
export async function sizedEngine(
  config: ModelConfig,
  workers: number,
  adapter?: AdapterConfig,
): Promise<SizedEngine> {
  const { module } = await compileKernels();
  const layout = adapter && layoutAdapter(config, adapter, layoutParameters(config));
  return { config, workers, kernels: memorylessKernels(module), ...(layout !== undefined && { adapter: layout }) };
}

/**
 * Bytes that an engine's memory has at most on this machine.
 *
 * @param products as of an engine
 * @throws {BenchError} If what `products` asks for is not on this machine
 */
export async function engineCapacity(products?: Products): Promise<number> {
  const { path } = await compileKernels();
  const { native } = await chooseProducts(products, path);
  return capacityOf(native);
}

/**
 * What an engine will hold.
 *
 * @param lengths `any` (default): it never holds more, whatever is drawn; `full`: as it is where every completion runs to
 * its limit. Work is cut by the lengths of all that is drawn, so that shorter completions can make a larger unit
 */
export function footprint(
  engine: SizedEngine,
  { trains, decodings, replays, packs, rounds = false }: EngineWork,
  lengths: Lengths = "any",
): Footprint {
  const { config, workers, adapter } = engine;
  const parameters = layoutParameters(config);
  const positions = [...decodings, ...replays].map(({ promptTokens, newTokens }) => promptTokens + newTokens);
  const block = blockBytes(parameters.size);
  const packed = decodings.length > 0 && (packs ?? hasRoomToPack(config, parameters, WASM_CAPACITY));
  const copied = trains && adapter === undefined || packed;
  // Panels of rounded weights take their place among the others; before those are made, they may leave a hole.
  const rounded = decodings.length > 0 && rounds && !packed;
  const weights = FIRST_ADDRESS + blockBytes(workers * STACK_BYTES / FLOAT_BYTES) +
    blockBytes(panelTableFloats(config.layers)) + block +
    (adapter === undefined ? 0 : blockBytes(adapter.size)) +
    blockBytes(panelFloats(config.hiddenSize, config.vocabularySize)) + ropeBytes(config, positions) +
    (copied ? blockBytes(layoutCopies(parameters).size) : 0) +
    (rounded ? blockBytes(roundedFloats(parameters)) : 0);
  const training = trains ? trainingBytes(engine) : 0;
  const beside = ({ recording }: PositionShape) => recording === undefined ? 0 : recordingBytes(engine, recording);
  const decoding = largest(decodings.map((shape) => decodingBytes(engine, shape) + beside(shape)));
  const replay = largest(replays.map((shape) => replayBytes(engine, shape, lengths) + beside(shape)));
  const bytes = Math.ceil((weights + training + Math.max(decoding, replay)) / PAGE_BYTES) * PAGE_BYTES;
  return { weights, training, decoding, replay, bytes };
}

/** Gradients and moments. */
function trainingBytes({ config, adapter }: SizedEngine): number {
  const { size } = adapter ?? layoutParameters(config);
  return blockBytes(gradientShards(size) * size) + 2 * blockBytes(size);
}

/** Bytes that a decoder takes. */
export function decodingBytes(engine: SizedEngine, shape: DecodingShape): number {
  const { prompts, promptTokens, sequences, newTokens } = shape;
  const { vocabularySize, hiddenSize } = engine.config;
  const own = { promptLengths: new Array<number>(prompts).fill(promptTokens), sequences, maxNewPositions: newTokens };
  const row = rowBytes(shape.reads, vocabularySize, hiddenSize), tape = (rows: number) => tapeBytes(rows, rows * row);
  return decoderBytes(engine, own, { kept: shape.kept ?? 1, hasOffset: shape.hasOffset ?? false, tape });
}

/** Bytes that a pass over groups takes. */
export function replayBytes(engine: SizedEngine, shape: ReplayShape, lengths: Lengths): number {
  const { config } = engine;
  const { kept = 1, hasOffset = false, backward } = shape;
  const kind: PassKind = backward === undefined
    ? { keep: "layer", withGradients: false }
    : { keep: backward === "kept" ? "all" : "inputs", withGradients: true };
  const units = unitsOf(shape, lengths).map((unit) => ({ ...unit, kept, hasOffset }));
  const rows = largest(units.map(({ headRowCount }) => chunkRows(config, headRowCount)));
  const tape = tapeBytes(rows, rows * rowBytes(shape.reads, config.vocabularySize, config.hiddenSize));
  const sizes = passSizes(engine, units, kind, tape);
  if (lengths === "full") return passBytes(engine, sizes);
  // The inputs of all units lie in the memory at once, each in lines of its own.
  const { parts, ...all } = passRows(shape), spanCount = shape.prompts * (shape.completions + 1) + parts;
  const none = { ...units[0], rows: 0, headRowCount: 0, spanCount: 0 };
  const whole = [{ ...units[0], ...all, spanCount }, ...new Array<RoomUnit>(parts).fill(none)];
  return passBytes(engine, { ...sizes, batch: passSizes(engine, whole, kind, 0).batch });
}

function unitsOf(shape: GroupShape, lengths: Lengths): Omit<RoomUnit, "kept" | "hasOffset">[] {
  if (lengths === "any") return [{ ...largestUnit(shape), spanCount: 0 }];
  const { prompts, promptTokens, completions, newTokens } = shape;
  const completion = { count: newTokens - 1, width: 1 };
  const group = { prompt: { length: promptTokens }, completions: new Array(completions).fill(completion) };
  return planUnits(new Array(prompts).fill(group)).map((unit) => ({ ...unit, spanCount: unit.spans.length }));
}

/** A table that is replaced by a longer one leaves a hole. */
function ropeBytes(config: ModelConfig, positions: readonly number[]): number {
  const sizes = new Set(positions.map(ropePositions));
  return [...sizes].reduce((sum, size) => sum + blockBytes(size * rotarySizeOf(config)), 0);
}

function largest(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), 0);
}
