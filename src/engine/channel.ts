/**
 * One command to one worker and its answer, through shared memory: a few microseconds, with neither event loop involved.
 *
 * @module
 */

const STATE = 0, LENGTH = 1, BEATS = 2, CLOSED = 3, STOPPED = 4, HEADER_INTS = 5;
const IDLE = 0, POSTED = 1, ANSWERED = 2, ENDED = 3;
/** Commands are addresses and counts; lists lie in the engine's memory. */
const CAPACITY_BYTES = 65536;

/** Both ends of the channel; the buffer is shared. */
export class Channel {
  readonly buffer: SharedArrayBuffer;
  /** (1), raised and notified whenever any worker answers. */
  readonly doorbell: Int32Array;
  readonly #header: Int32Array;
  readonly #bytes: Uint8Array;

  /**
   * @param doorbell shared by all channels of a pool
   */
  constructor(
    doorbell: Int32Array,
    buffer = new SharedArrayBuffer(HEADER_INTS * Int32Array.BYTES_PER_ELEMENT + CAPACITY_BYTES),
  ) {
    this.buffer = buffer;
    this.doorbell = doorbell;
    this.#header = new Int32Array(buffer, 0, HEADER_INTS);
    this.#bytes = new Uint8Array(buffer, HEADER_INTS * Int32Array.BYTES_PER_ELEMENT);
  }

  /** Main thread: gives the worker a command. */
  post(command: unknown): void {
    this.#write(command);
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

  /** Worker: blocks until there is a command; undefined once the channel is closed. */
  receive(): unknown {
    for (;;) {
      const state = Atomics.load(this.#header, STATE);
      if (this.closed) return undefined;
      if (state === POSTED) return this.#read();
      Atomics.wait(this.#header, STATE, state);
    }
  }

  /** Worker: whether no further command is wanted, nor the answer to the one at hand. */
  get closed(): boolean {
    return Atomics.load(this.#header, CLOSED) === 1;
  }

  /** Worker: answers the command. */
  answer(value: unknown): void {
    this.#write(value);
    Atomics.store(this.#header, STATE, ANSWERED);
    Atomics.add(this.doorbell, 0, 1);
    Atomics.notify(this.doorbell, 0);
  }

  /** Main thread: whether there is an answer, which `take` returns once. */
  get answered(): boolean {
    return Atomics.load(this.#header, STATE) === ANSWERED;
  }

  take(): unknown {
    Atomics.store(this.#header, STATE, IDLE);
    return this.#read();
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

  #write(value: unknown): void {
    const encoded = new TextEncoder().encode(JSON.stringify(value));
    if (encoded.length > CAPACITY_BYTES) throw new RangeError(`Cannot send ${encoded.length} bytes to a worker`);
    this.#bytes.set(encoded);
    this.#header[LENGTH] = encoded.length;
  }

  #read(): unknown {
    return JSON.parse(new TextDecoder().decode(this.#bytes.slice(0, this.#header[LENGTH])));
  }
}
