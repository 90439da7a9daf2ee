/**
 * Commands as numbers: which fields each has, checked against its type, and in which order they stand in a channel.
 *
 * @module
 */
import type { Form } from "./channel.ts";
import type { HeadChunk, Places, RecordPlace, UnitPlace, WorkerCommand } from "./commands.ts";
import type { TeamPlace } from "./team.ts";

/** How a field stands: a number, truth as 0 or 1, one of some words by its place, or its own fields one after another. */
type Shape<T> = [T] extends [number] ? "number"
  : [T] extends [boolean] ? "truth"
  : [T] extends [string] ? readonly T[]
  : { readonly [K in keyof T]-?: Shape<T[K]> };
/** Any of them. */
type AnyShape = "number" | "truth" | readonly string[] | Fields;
type Fields = { readonly [field: string]: AnyShape };

const NUMBER = "number", TRUTH = "truth";
const KEEP = ["all", "inputs", "recorded", "layer"] as const;
const PLACES: Shape<Places> = {
  weights: NUMBER,
  adapter: NUMBER,
  inPanels: TRUTH,
  rope: NUMBER,
};
const UNIT: Shape<UnitPlace> = {
  rows: NUMBER,
  headRowCount: NUMBER,
  longest: NUMBER,
  ids: NUMBER,
  weights: NUMBER,
  offset: NUMBER,
  kept: NUMBER,
  positions: NUMBER,
  spans: NUMBER,
  spanCount: NUMBER,
  headRows: NUMBER,
  recorded: NUMBER,
};
const CHUNK: Shape<HeadChunk> = { first: NUMBER, count: NUMBER, logits: NUMBER, gradient: NUMBER, reads: NUMBER };
const RECORD: Shape<RecordPlace> = { address: NUMBER, rows: NUMBER, index: NUMBER };
const TEAM: Shape<TeamPlace> = { index: NUMBER, size: NUMBER, firstRow: NUMBER, allRows: NUMBER };
const PACK = { from: NUMBER, fromStride: NUMBER, rows: NUMBER, columns: NUMBER, to: NUMBER, width: NUMBER } as const;

const COMMANDS: { readonly [C in WorkerCommand as C["kind"]]: Shape<Omit<C, "kind">> } = {
  forward: { places: PLACES, unit: UNIT, arena: NUMBER, keep: KEEP, chunk: CHUNK },
  nextChunk: {
    places: PLACES,
    unit: UNIT,
    arena: NUMBER,
    keep: KEEP,
    done: CHUNK,
    chunk: CHUNK,
    gradients: NUMBER,
    clear: TRUTH,
  },
  backward: {
    places: PLACES,
    transposed: NUMBER,
    unit: UNIT,
    arena: NUMBER,
    keep: KEEP,
    done: CHUNK,
    gradients: NUMBER,
    clear: TRUTH,
    trainInputs: TRUTH,
  },
  prefill: {
    places: PLACES,
    unit: UNIT,
    arena: NUMBER,
    prefix: NUMBER,
    prefixLayerBytes: NUMBER,
    prefixOffsets: NUMBER,
    logits: NUMBER,
    record: RECORD,
  },
  step: {
    places: PLACES,
    arena: NUMBER,
    team: TEAM,
    rows: NUMBER,
    longest: NUMBER,
    ids: NUMBER,
    weights: NUMBER,
    offset: NUMBER,
    kept: NUMBER,
    positions: NUMBER,
    sequences: NUMBER,
    lengths: NUMBER,
    own: NUMBER,
    ownLayerBytes: NUMBER,
    ownCapacity: NUMBER,
    prefix: NUMBER,
    prefixLayerBytes: NUMBER,
    prefixOffsets: NUMBER,
    prefixLengths: NUMBER,
    logits: NUMBER,
    reads: NUMBER,
    record: RECORD,
  },
  read: { places: PLACES, reads: NUMBER, rows: NUMBER },
  sumShards: {
    gradients: NUMBER,
    shardBytes: NUMBER,
    shards: NUMBER,
    size: NUMBER,
    piece: NUMBER,
    firstPiece: NUMBER,
    pieces: NUMBER,
  },
  adamw: {
    weights: NUMBER,
    gradients: NUMBER,
    first: NUMBER,
    second: NUMBER,
    offset: NUMBER,
    count: NUMBER,
    gradientScale: NUMBER,
    beta1: NUMBER,
    beta2: NUMBER,
    decay: NUMBER,
    rate: NUMBER,
    correction: NUMBER,
    epsilon: NUMBER,
  },
  pack: PACK,
  packTransposed: PACK,
  packBf16: PACK,
  packTransposedBf16: PACK,
};
const KINDS = Object.keys(COMMANDS) as WorkerCommand["kind"][];

/** A command as its kind's place, then its fields. */
export const COMMAND_FORM: Form<WorkerCommand> = {
  write(command, to) {
    to[0] = KINDS.indexOf(command.kind);
    put(COMMANDS[command.kind] as AnyShape, command, to, 1);
  },
  reader(from) {
    const views = KINDS.map((kind) => view({ kind }, COMMANDS[kind] as Fields, from, { next: 1 }) as WorkerCommand);
    return () => views[from[0]];
  },
};

/** Writes a value from `next` on; where what follows begins. */
function put(shape: AnyShape, value: unknown, to: Float64Array, next: number): number {
  if (shape === NUMBER || shape === TRUTH) {
    to[next] = Number(value);
    return next + 1;
  }
  if (isWords(shape)) {
    to[next] = shape.indexOf(value as string);
    return next + 1;
  }
  for (const field in shape) next = put(shape[field], (value as Record<string, unknown>)[field], to, next);
  return next;
}

/**
 * An object whose fields are read where they stand, each time that they are asked for: to fill a new one for every command
 * takes V8 twenty times as long.
 *
 * @param value receives the fields
 * @param place where they begin; afterwards, where what follows does
 */
function view(value: object, fields: Fields, from: Float64Array, place: { next: number }): object {
  for (const [field, shape] of Object.entries(fields)) {
    Object.defineProperty(value, field, { enumerable: true, ...property(shape, from, place) });
  }
  return value;
}

function property(shape: AnyShape, from: Float64Array, place: { next: number }): PropertyDescriptor {
  if (typeof shape === "object" && !isWords(shape)) return { value: view({}, shape, from, place) };
  const at = place.next++;
  if (shape === NUMBER) return { get: () => from[at] };
  if (shape === TRUTH) return { get: () => from[at] === 1 };
  return { get: () => shape[from[at]] };
}

function isWords(shape: AnyShape): shape is readonly string[] {
  return Array.isArray(shape);
}
