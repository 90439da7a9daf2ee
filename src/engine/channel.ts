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

/** Both ends of the channel; the buffer is shared. */
export class Channel<Command> {
  readonly buffer: SharedArrayBuffer;
  /** (1), raised and notified whenever any worker answers. */
  readonly doorbell: Int32Array;
  readonly #header: Int32Array;
  readonly #numbers: Float64Array;
  readonly #form: Form<Command>;
  #reader: (() => Command) | undefined;

  /**
   * @param doorbell shared by all channels of a pool
   * @param form how commands stand in it
   */
  constructor(
    doorbell: Int32Array,
    form: Form<Command>,
    buffer = new SharedArrayBuffer(STATE_BYTES + CAPACITY * Float64Array.BYTES_PER_ELEMENT),
  ) {
    this.buffer = buffer;
    this.doorbell = doorbell;
    this.#header = new Int32Array(buffer, 0, HEADER_INTS);
    this.#numbers = new Float64Array(buffer, STATE_BYTES);
    this.#form = form;
  }

  /** Main thread: gives the worker a command. */
  post(command: Command): void {
    this.#form.write(command, this.#numbers);
    Atomics.store(this.#header, STOPPED, 0);
    Atomics.store(this.#header, STATE, POSTED);
    Atomics.notify(this.#header, STATE);
  }

  /** Main thread: lets the worker end after the command at hand. A blocked thread would outlive its termination. */
  close(): void {
    Atomics.store(this.#header, CLOSED, 1);
    Atomics.store(this.#header, STATE, ENDED);
    Atomics.notify(this.#header, STATE);
  }

  /** Worker: blocks until there is a command, good until it is answered; undefined once the channel is closed. */
  receive(): Command | undefined {
    for (;;) {
      const state = Atomics.load(this.#header, STATE);
      if (this.closed) return undefined;
      if (state === POSTED) return (this.#reader ??= this.#form.reader(this.#numbers))();
      Atomics.wait(this.#header, STATE, state);
    }
  }

  /** Worker: whether no further command is wanted, nor the answer to the one at hand. */
  get closed(): boolean {
    return Atomics.load(this.#header, CLOSED) === 1;
  }

  /** Worker: answers the command. */
  answer(answer: Answer): void {
    this.#writeAnswer(answer);
    Atomics.store(this.#header, STATE, ANSWERED);
    Atomics.add(this.doorbell, 0, 1);
    Atomics.notify(this.doorbell, 0);
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
