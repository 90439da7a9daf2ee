/**
 * One command to one worker and its answer, through shared memory: a few microseconds, with neither event loop involved.
 *
 * @module
 */

const STATE = 0, BEATS = 1, CLOSED = 2, STOPPED = 3, HEADER_INTS = 4;
const IDLE = 0, POSTED = 1, ANSWERED = 2, ENDED = 3;
/** Before the numbers of a message: a cache line. */
const STATE_BYTES = 64;
/** Numbers of a message at most. Commands are addresses and counts; lists lie in the engine's memory. */
const CAPACITY = 8192;

/** How values stand in a channel. */
export interface Form<T> {
  /** Writes a value from the first number on. */
  write(value: T, to: Float64Array): void;
  /** Made once for a channel: gives the value that stands there, which is good until the next is written or answered. */
  reader(from: Float64Array): () => T;
}

/** A worker's answer to a command; one that it was asked to leave off has no result. */
export type Answer =
  | { readonly result?: readonly number[] | undefined }
  | { readonly failure: string }
  | { readonly stopped: true };

enum AnswerKind {
  Done,
  Result,
  Failure,
  Stopped,
}
/** Numbers before those of a result, or the letters of a failure: what it is, and how many. */
const ANSWER_HEADER = 2;

/** What both ends of a channel share; each of the bells is (1), raised and notified. */
export interface SharedChannel {
  /** Raised whenever any worker answers. */
  readonly doorbell: Int32Array;
  /** Raised whenever the worker is told something, in any of its channels. */
  readonly told: Int32Array;
  readonly buffer: SharedArrayBuffer;
}

/** The memory of a channel without a command. */
export function channelBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(STATE_BYTES + CAPACITY * Float64Array.BYTES_PER_ELEMENT);
}

/** Both ends of the channel. */
export class Channel<Command> {
  readonly shared: SharedChannel;
  readonly #header: Int32Array;
  readonly #numbers: Float64Array;
  readonly #form: Form<Command>;
  #reader: (() => Command) | undefined;

  /** @param form how commands stand in it */
  constructor(shared: SharedChannel, form: Form<Command>) {
    this.shared = shared;
    this.#header = new Int32Array(shared.buffer, 0, HEADER_INTS);
    this.#numbers = new Float64Array(shared.buffer, STATE_BYTES);
    this.#form = form;
  }

  /** Main thread: gives the worker a command. */
  post(command: Command): void {
    this.#form.write(command, this.#numbers);
    Atomics.store(this.#header, STOPPED, 0);
    Atomics.store(this.#header, STATE, POSTED);
    ring(this.shared.told);
  }

  /** Main thread: lets the worker end after the command at hand. A blocked thread would outlive its termination. */
  close(): void {
    Atomics.store(this.#header, CLOSED, 1);
    Atomics.store(this.#header, STATE, ENDED);
    ring(this.shared.told);
  }

  /** Worker: the command that was given and is not answered yet, if any, good until it is. */
  get command(): Command | undefined {
    if (this.closed || Atomics.load(this.#header, STATE) !== POSTED) return undefined;
    return (this.#reader ??= this.#form.reader(this.#numbers))();
  }

  /** Worker: whether no further command is wanted, nor the answer to the one at hand. */
  get closed(): boolean {
    return Atomics.load(this.#header, CLOSED) === 1;
  }

  /** Worker: answers the command. */
  answer(answer: Answer): void {
    this.#writeAnswer(answer);
    Atomics.store(this.#header, STATE, ANSWERED);
    ring(this.shared.doorbell);
  }

  /** Main thread: whether there is an answer, which `take` returns once. */
  get answered(): boolean {
    return Atomics.load(this.#header, STATE) === ANSWERED;
  }

  take(): Answer {
    Atomics.store(this.#header, STATE, IDLE);
    return this.#readAnswer();
  }

  /** Worker: says that it is alive in the middle of a long command. */
  beat(): void {
    Atomics.add(this.#header, BEATS, 1);
  }

  /** Main thread: how often the worker has said so. */
  get beats(): number {
    return Atomics.load(this.#header, BEATS);
  }

  /** Main thread: asks the worker to leave off the command at hand. */
  stop(): void {
    Atomics.store(this.#header, STOPPED, 1);
  }

  /** Worker: whether it is to leave off. */
  get stopped(): boolean {
    return Atomics.load(this.#header, STOPPED) === 1;
  }

  #writeAnswer(answer: Answer): void {
    if ("stopped" in answer) {
      this.#numbers[0] = AnswerKind.Stopped;
    } else if ("failure" in answer) {
      // What a long message begins with says enough.
      const text = answer.failure.slice(0, CAPACITY - ANSWER_HEADER);
      const letters = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
      this.#writeList(AnswerKind.Failure, letters);
    } else if (answer.result === undefined) {
      this.#numbers[0] = AnswerKind.Done;
    } else {
      this.#writeList(AnswerKind.Result, answer.result);
    }
  }

  #writeList(kind: AnswerKind, numbers: readonly number[]): void {
    this.#numbers[0] = kind;
    this.#numbers[1] = numbers.length;
    this.#numbers.set(numbers, ANSWER_HEADER);
  }

  #readAnswer(): Answer {
    const kind = this.#numbers[0], length = this.#numbers[1];
    if (kind === AnswerKind.Stopped) return { stopped: true };
    if (kind === AnswerKind.Done) return {};
    const numbers = [...this.#numbers.subarray(ANSWER_HEADER, ANSWER_HEADER + length)];
    return kind === AnswerKind.Result ? { result: numbers } : { failure: String.fromCharCode(...numbers) };
  }
}

/** What was told to a worker over its channels, which share the bell that tells of it. */
export class Inbox<Command> {
  readonly #channels: readonly Channel<Command>[];
  #next = 0;

  constructor(channels: readonly Channel<Command>[]) {
    this.#channels = channels;
  }

  /** Blocks until a channel has a command, each in turn; undefined once one of them is closed. */
  receive(): { readonly channel: Channel<Command>; readonly command: Command } | undefined {
    const { told } = this.#channels[0].shared;
    for (;;) {
      const rung = Atomics.load(told, 0);
      if (this.#channels.some((channel) => channel.closed)) return undefined;
      for (let looked = 0; looked < this.#channels.length; looked++) {
        const channel = this.#channels[this.#next], { command } = channel;
        this.#next = (this.#next + 1) % this.#channels.length;
        if (command !== undefined) return { channel, command };
      }
      Atomics.wait(told, 0, rung);
    }
  }
}

function ring(bell: Int32Array): void {
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
}
