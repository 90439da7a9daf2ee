/**
 * What decoders computed of completions that will be trained on, on the main thread: their backward pass takes it from here
 * and spares itself the forward pass. Whether a recording is of what is to be trained is told by what was fed, row by row;
 * what is in none is computed.
 *
 * Letters: `B` prompts, `N` sequences, `K` kept tokens, `D` width.
 *
 * @module
 */
import type { InputRows, TrainingGroup } from "../models/language_model.ts";
import type { RecordPlace } from "./commands.ts";
import type { Host } from "./host.ts";
import { type Block, blockBytes } from "./memory.ts";
import { layoutRecording } from "./recorded_rows.ts";

/** Rows of a recording are a multiple of this, so that every tensor begins with a cache line. */
export const ROW_MULTIPLE = 16;
/** The part of an engine's memory that recordings may take where nobody says. */
const USUAL_SHARE = 1 / 4;

/** Sequences that are drawn after prompts. */
export interface RecordedShape {
  /** (B). */
  readonly promptLengths: readonly number[];
  /** `N`. */
  readonly sequences: number;
  /** Most positions that each sequence writes. */
  readonly maxNewPositions: number;
}

/** Rows of a recording. */
function recordedRows({ promptLengths, sequences, maxNewPositions }: RecordedShape): number {
  const rows = promptLengths.reduce((sum, length) => sum + length, sequences * maxNewPositions);
  return Math.ceil(rows / ROW_MULTIPLE) * ROW_MULTIPLE;
}

/** Bytes of a recording. */
export function recordingBytes({ config }: Pick<Host, "config">, shape: RecordedShape): number {
  return blockBytes(recordedRows(shape) * layoutRecording(config).floats);
}

/** Where some rows that follow one another lie: as {@link UnitPlace.recorded} has it. */
export type RecordedSpan = readonly [address: number, rows: number, first: number];

/** One of some rows. */
interface OneRow {
  readonly inputs: InputRows;
  readonly row: number;
}

/** What one decoder computed. */
export class Recording {
  readonly #host: Host;
  readonly #block: Block;
  readonly #prompts: readonly Int32Array[];
  readonly #copies: readonly number[];
  readonly #maxNewPositions: number;
  readonly #promptRows: number;
  /** (B), the first row of each prompt. */
  readonly promptPlaces: readonly number[];
  /** (N), positions that were fed and computed, none left out. */
  readonly #lengths: Int32Array;
  /** What was fed, step by step; (N · positions), which step has a sequence's position, and in which row. */
  readonly #fed: InputRows[] = [];
  readonly #steps: Int32Array;
  readonly #rows: Int32Array;
  /** Rows of each tensor. */
  readonly rows: number;
  #hasPrompts = false;
  #isWritten = true;
  #isWanted = true;

  constructor(host: Host, prompts: readonly Int32Array[], copies: readonly number[], maxNewPositions: number) {
    const promptLengths = prompts.map((prompt) => prompt.length);
    const sequences = copies.reduce((sum, count) => sum + count, 0);
    this.#host = host;
    this.#prompts = prompts.map((prompt) => prompt.slice());
    this.#copies = copies;
    this.#maxNewPositions = maxNewPositions;
    let promptRows = 0;
    this.promptPlaces = promptLengths.map((length) => (promptRows += length) - length);
    this.#promptRows = promptRows;
    this.#lengths = new Int32Array(sequences);
    this.#steps = new Int32Array(sequences * maxNewPositions);
    this.#rows = new Int32Array(sequences * maxNewPositions);
    this.rows = recordedRows({ promptLengths, sequences, maxNewPositions });
    this.#block = host.memory.allocate(this.rows * layoutRecording(host.config).floats);
  }

  get address(): number {
    return this.#block.address;
  }

  /** The row of a sequence's position, counted from its prompt's end. */
  place(sequence: number, position: number): number {
    return this.#promptRows + sequence * this.#maxNewPositions + position;
  }

  /** Notes that the prompts are computed. */
  notePrompts(): void {
    this.#hasPrompts = true;
  }

  /**
   * Notes what was fed to sequences, once it is computed.
   *
   * @param position of each sequence, as in `place`
   */
  note(
    sequences: Int32Array,
    { ids, weights, offset, ...sizes }: InputRows,
    position: (sequence: number) => number,
  ): void {
    const step = this.#fed.push({
      ...sizes,
      ids: ids.slice(),
      weights: weights.slice(),
      ...(offset !== undefined && { offset: offset.slice() }),
    }) - 1;
    sequences.forEach((sequence, row) => {
      const own = position(sequence), at = sequence * this.#maxNewPositions + own;
      if (own !== this.#lengths[sequence]) return;
      this.#lengths[sequence]++;
      this.#steps[at] = step;
      this.#rows[at] = row;
    });
  }

  /** What lies here of a prompt: its rows, and its sequences. */
  *ofPrompt(prompt: Int32Array): Generator<{ readonly prefix: RecordedSpan; readonly sequences: readonly number[] }> {
    if (!this.#hasPrompts) return;
    let first = 0;
    for (const [b, own] of this.#prompts.entries()) {
      const sequences = Array.from({ length: this.#copies[b] }, (_, i) => first + i);
      first += this.#copies[b];
      if (areEqual(own, prompt)) yield { prefix: this.#span(this.promptPlaces[b]), sequences };
    }
  }

  /** Whether a sequence was fed these rows, and perhaps more. */
  holds(sequence: number, inputs: InputRows): boolean {
    if (inputs.count > this.#lengths[sequence]) return false;
    for (let row = 0; row < inputs.count; row++) {
      const at = sequence * this.#maxNewPositions + row;
      const own = { inputs: this.#fed[this.#steps[at]], row: this.#rows[at] };
      if (!areSameRow(own, { inputs, row }, this.#host.config.hiddenSize)) return false;
    }
    return true;
  }

  /** Where a sequence's positions lie. */
  ofSequence(sequence: number): RecordedSpan {
    return this.#span(this.place(sequence, 0));
  }

  #span(first: number): RecordedSpan {
    return [this.address, this.rows, first];
  }

  /** Nothing more will be written. */
  close(): void {
    this.#isWritten = false;
    this.#freeOnceUnused();
  }

  /** Nobody will train on it. */
  drop(): void {
    this.#isWanted = false;
    this.#freeOnceUnused();
  }

  #freeOnceUnused(): void {
    if (!this.#isWritten && !this.#isWanted) this.#host.memory.free(this.#block);
  }
}

/** Where a group's rows lie in recordings: of each completion its own, and its prompt's beside them. */
export type RecordedGroup = readonly { readonly prefix: RecordedSpan; readonly own: RecordedSpan }[];

/** What a command says of where its rows are recorded; `index` as there. */
export function recordPlace(recording: Recording | undefined, index: number): RecordPlace {
  return { address: recording?.address ?? 0, rows: recording?.rows ?? 0, index };
}

/** The recordings of an engine, of what it computed since what is trained last changed. */
export class Recordings {
  readonly #host: Host;
  readonly #most: number;
  readonly #beforeFirst: () => void;
  #all: Recording[] = [];
  #bytes = 0;

  /**
   * @param mostBytes of the engine's memory
   * @param records whether there are any (absent: as many as take little of it)
   * @param beforeFirst takes the memory that stays, so that it lies before recordings
   */
  constructor(host: Host, mostBytes: number, records: boolean | undefined, beforeFirst: () => void) {
    this.#host = host;
    this.#most = records === undefined ? mostBytes * USUAL_SHARE : records ? Infinity : 0;
    this.#beforeFirst = beforeFirst;
  }

  /** A recording for sequences that are about to be drawn; undefined where there is no room for it. */
  start(prompts: readonly Int32Array[], copies: readonly number[], maxNewPositions: number): Recording | undefined {
    const bytes = recordingBytes(this.#host, {
      promptLengths: prompts.map((prompt) => prompt.length),
      sequences: copies.reduce((sum, count) => sum + count, 0),
      maxNewPositions,
    });
    if (this.#bytes + bytes > this.#most) return undefined;
    this.#beforeFirst();
    const recording = new Recording(this.#host, prompts, copies, maxNewPositions);
    this.#bytes += bytes;
    this.#all.push(recording);
    return recording;
  }

  /** Where the rows of groups lie; undefined where any is not there. */
  find(groups: readonly TrainingGroup[]): RecordedGroup[] | undefined {
    const found: RecordedGroup[] = [];
    for (const group of groups) {
      const own = this.#findGroup(group);
      if (own === undefined) return undefined;
      found.push(own);
    }
    return found;
  }

  #findGroup({ prompt, completions }: TrainingGroup): RecordedGroup | undefined {
    const candidates = this.#all.flatMap((recording) =>
      [...recording.ofPrompt(prompt)].flatMap(({ prefix, sequences }) =>
        sequences.map((sequence) => ({ recording, prefix, sequence }))
      )
    );
    let next = 0;
    const found: RecordedGroup[number][] = [];
    for (const inputs of completions) {
      // Most often completions come in the order in which they were drawn.
      const order = candidates.keys().map((i) => candidates[(next + i) % candidates.length]);
      const match = order.find(({ recording, sequence }) => recording.holds(sequence, inputs));
      if (match === undefined) return undefined;
      next = candidates.indexOf(match) + 1;
      found.push({ prefix: match.prefix, own: match.recording.ofSequence(match.sequence) });
    }
    return found;
  }

  /** What is trained has changed: none is of use any more. */
  clear(): void {
    this.#all.forEach((recording) => recording.drop());
    this.#all = [];
    this.#bytes = 0;
  }
}

function areEqual(a: Int32Array, b: Int32Array): boolean {
  return a.length === b.length && a.every((id, i) => id === b[i]);
}

/** Whether two rows mix the same embeddings by the same weights; such of weight 0 take no part. */
function areSameRow(a: OneRow, b: OneRow, hiddenSize: number): boolean {
  const endOfA = (a.row + 1) * a.inputs.width, endOfB = (b.row + 1) * b.inputs.width;
  let i = a.row * a.inputs.width, j = b.row * b.inputs.width;
  while (true) {
    while (i < endOfA && a.inputs.weights[i] === 0) i++;
    while (j < endOfB && b.inputs.weights[j] === 0) j++;
    if (i === endOfA || j === endOfB) break;
    if (a.inputs.ids[i] !== b.inputs.ids[j] || a.inputs.weights[i] !== b.inputs.weights[j]) return false;
    i++, j++;
  }
  return i === endOfA && j === endOfB && areSameOffset(a, b, hiddenSize);
}

function areSameOffset(a: OneRow, b: OneRow, hiddenSize: number): boolean {
  if (a.inputs.offset === undefined && b.inputs.offset === undefined) return true;
  for (let i = 0; i < hiddenSize; i++) {
    const own = a.inputs.offset?.[a.row * hiddenSize + i] ?? 0, other = b.inputs.offset?.[b.row * hiddenSize + i] ?? 0;
    if (own !== other) return false;
  }
  return true;
}
