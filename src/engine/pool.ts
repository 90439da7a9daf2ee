/**
 * The workers of one engine, as the main thread sees them. A worker that fails, dies or falls silent ends the work with
 * an error, never with a hang.
 *
 * @module
 */
import { now } from "../clock.ts";
import { BenchError } from "../errors.ts";
import { InterruptedError, throwIfInterrupted } from "../interruption.ts";
import { type Answer, Channel, channelBuffer, type Form, type SharedChannel } from "./channel.ts";
import { clearMeetings, MEETING_INTS } from "./meeting.ts";

/**
 * What a worker does, one command after another; each `yield` returns the worker's answer. A task that has nothing to do
 * until another worker has answered yields undefined.
 */
export type Task<Command> = Generator<Command | undefined, void, readonly number[] | undefined>;

/** A task of one command at most; one function for all, as V8 makes a class of each that it makes anew. */
function* only<Command>(command: Command | undefined): Task<Command> {
  if (command !== undefined) yield command;
}

/** What each worker is told at its start, besides its channel. */
export interface WorkerStart<Setup> {
  readonly index: number;
  readonly setup: Setup;
  /** One for each of its seats. */
  readonly channels: readonly SharedChannel[];
  /** Where the workers meet, see meeting.ts. */
  readonly meeting: Int32Array;
}

/** What a pool needs. */
export interface PoolOptions<Command, Setup> {
  readonly url: URL;
  /** How commands stand in the channels. */
  readonly form: Form<Command>;
  readonly workers: number;
  readonly setup: Setup;
  /** How long a busy worker may show no sign of life. */
  readonly silenceSeconds?: number;
}

const DEFAULT_SILENCE_SECONDS = 120;
/** How long the main thread sleeps at most before it lets events (a worker's error, a signal) in. */
const NAP_MILLISECONDS = 50;
/** How long a worker may take to end by itself. */
const CLOSING_MILLISECONDS = 1000;
/** Short commands never make the main thread nap to the end: events are let in after this time as well. */
const MILLISECONDS_BETWEEN_EVENTS = 250;

/** Tasks that a worker may have at once: it does the command of one while the main thread works for another. */
export const SEATS = 2;

/** How tasks run. */
export interface RunOptions {
  /** Stops the work soon after it is aborted. */
  readonly abort?: AbortSignal | undefined;
  /** Called whenever workers have answered, while they do what they were told next; it must not throw. */
  readonly meanwhile?: () => Promise<void>;
  /** Tasks of each worker, from 1 to {@link SEATS} (default 1). */
  readonly seats?: number;
}

/** Workers that wait for commands. */
export class Pool<Command> {
  readonly #workers: readonly Worker[];
  /** Of the first seat of every worker, then of the second. */
  readonly #channels: readonly Channel<Command>[];
  readonly #doorbell: Int32Array;
  readonly #meeting: Int32Array;
  readonly #silentNaps: number;
  #failure: string | undefined;
  #running = false;
  /** When events were let in last. */
  #turned = now();

  private constructor(
    workers: Worker[],
    channels: Channel<Command>[],
    { doorbell, meeting }: { readonly doorbell: Int32Array; readonly meeting: Int32Array },
    silenceSeconds: number,
  ) {
    this.#workers = workers;
    this.#channels = channels;
    this.#doorbell = doorbell;
    this.#meeting = meeting;
    this.#silentNaps = Math.ceil(silenceSeconds * 1000 / NAP_MILLISECONDS);
    workers.forEach((worker, index) => {
      worker.onerror = (event) => {
        event.preventDefault();
        this.#failure ??= `worker ${index} died: ${event.message}`;
      };
    });
  }

  /**
   * Starts the workers and waits until each is ready.
   *
   * @throws {BenchError} If one cannot start
   */
  static async start<Command, Setup>(options: PoolOptions<Command, Setup>): Promise<Pool<Command>> {
    const doorbell = sharedInts(1), meeting = sharedInts(MEETING_INTS);
    const told = Array.from({ length: options.workers }, () => sharedInts(1));
    const newChannel = (bell: Int32Array) =>
      new Channel({ doorbell, told: bell, buffer: channelBuffer() }, options.form);
    const seats = Array.from({ length: SEATS }, () => told.map(newChannel)), channels = seats.flat();
    const workers = told.map(() => new Worker(options.url, { type: "module" }));
    try {
      await Promise.all(workers.map((worker, index) =>
        new Promise<void>((resolve, reject) => {
          worker.onmessage = (event: MessageEvent<Answer>) =>
            "failure" in event.data ? reject(new BenchError(event.data.failure)) : resolve();
          worker.onerror = (event) => {
            event.preventDefault();
            reject(new BenchError(`Cannot start worker ${index} of the engine: ${event.message}`));
          };
          const own = seats.map((channelOf) => channelOf[index].shared);
          const start: WorkerStart<Setup> = { index, setup: options.setup, channels: own, meeting };
          worker.postMessage(start);
        })
      ));
    } catch (error) {
      channels.forEach((channel) => channel.close());
      workers.forEach((worker) => worker.terminate());
      throw error;
    }
    return new Pool(workers, channels, { doorbell, meeting }, options.silenceSeconds ?? DEFAULT_SILENCE_SECONDS);
  }

  /** Number of workers. */
  get size(): number {
    return this.#workers.length;
  }

  /**
   * Runs one task per worker, or per seat of each, to the end. The main thread's part of a task, between two `yield`s,
   * runs while workers compute for the others.
   *
   * @param task called with each worker's index, and its seat
   * @throws {InterruptedError} If `abort` is aborted, once every worker has left off; the pool can be used again
   * @throws {BenchError} If a worker fails; the pool is then at its end
   */
  async run(
    task: (worker: number, seat: number) => Task<Command>,
    { abort, meanwhile, seats = 1 }: RunOptions = {},
  ): Promise<void> {
    if (this.#running) throw new BenchError("Cannot start work on a busy engine: await the call before");
    this.#running = true;
    try {
      throwIfInterrupted(abort);
      const tasks = Array.from({ length: seats }, (_, seat) => this.#workers.map((_, worker) => task(worker, seat)));
      await this.#run(tasks.flat(), abort, meanwhile);
    } catch (error) {
      if (error instanceof InterruptedError) throw error;
      // Others may be in the middle of a command: nothing in their memory can be trusted.
      this.#failure ??= error instanceof Error ? error.message : String(error);
      this.terminate();
      throw error;
    } finally {
      this.#running = false;
    }
  }

  /**
   * Runs one command at most on each worker, as {@link run} does.
   *
   * @param commandOf called with each worker's index
   */
  runOnce(commandOf: (worker: number) => Command | undefined, abort?: AbortSignal): Promise<void> {
    return this.run((worker) => only(commandOf(worker)), { abort });
  }

  async #run(
    tasks: Task<Command>[],
    abort: AbortSignal | undefined,
    meanwhile: (() => Promise<void>) | undefined,
  ): Promise<void> {
    const busy = new Set<number>(), waiting = new Set<number>();
    const advance = (index: number, answer?: readonly number[]) => {
      const next = tasks[index].next(answer);
      waiting.delete(index);
      if (next.done) return;
      if (next.value === undefined) {
        waiting.add(index);
        return;
      }
      busy.add(index);
      this.#channels[index].post(next.value);
    };
    this.#checkAlive();
    clearMeetings(this.#meeting);
    tasks.forEach((_, index) => advance(index));

    let silentNaps = 0;
    let beats = this.#beats(busy);
    while (busy.size > 0) {
      // A turn takes two milliseconds, in which the workers compute.
      if (now() - this.#turned > MILLISECONDS_BETWEEN_EVENTS) await this.#letEventsIn();
      const rung = Atomics.load(this.#doorbell, 0);
      if (abort?.aborted) busy.forEach((index) => this.#channels[index].stop());
      let anyAnswered = false;
      // As they are now: whoever is given a command again is looked at after events were let in.
      for (const index of [...busy]) {
        if (!this.#channels[index].answered) continue;
        anyAnswered = true;
        busy.delete(index);
        const answer = this.#channels[index].take();
        if ("failure" in answer) {
          throw new BenchError(`Cannot go on, worker ${this.#workerOf(index)} failed: ${answer.failure}`);
        }
        if (abort?.aborted || "stopped" in answer) continue;
        advance(index, answer.result);
      }
      if (anyAnswered) {
        if (!abort?.aborted && waiting.size > 0) [...waiting].forEach((index) => advance(index));
        silentNaps = 0;
        await meanwhile?.();
        continue;
      }
      if (Atomics.wait(this.#doorbell, 0, rung, NAP_MILLISECONDS) !== "timed-out") continue;
      await this.#letEventsIn();
      const counted = this.#beats(busy);
      silentNaps = counted === beats ? silentNaps + 1 : 0;
      beats = counted;
      if (silentNaps >= this.#silentNaps) {
        const silent = new Set([...busy].map((index) => this.#workerOf(index)));
        throw new BenchError(`Cannot go on, worker ${[...silent].join(", ")} of the engine does not answer`);
      }
    }
    throwIfInterrupted(abort);
  }

  /** The worker that has a channel. */
  #workerOf(index: number): number {
    return index % this.size;
  }

  #beats(busy: Set<number>): number {
    return [...busy].reduce((sum, index) => sum + this.#channels[index].beats, 0);
  }

  async #letEventsIn(): Promise<void> {
    await nextTurn();
    this.#turned = now();
    this.#checkAlive();
  }

  #checkAlive(): void {
    if (this.#failure !== undefined) throw new BenchError(`Cannot go on, the engine has stopped: ${this.#failure}`);
  }

  /** Lets all workers end by themselves, and ends those that do not. */
  async close(): Promise<void> {
    this.#failure ??= "it was disposed";
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => timer = setTimeout(resolve, CLOSING_MILLISECONDS));
    const ended = this.#workers.map((worker) => new Promise<void>((resolve) => worker.onmessage = () => resolve()));
    this.#channels.forEach((channel) => channel.close());
    await Promise.race([late, Promise.all(ended)]);
    clearTimeout(timer);
    this.terminate();
  }

  /** Ends all workers at once. */
  terminate(): void {
    this.#failure ??= "it was disposed";
    this.#channels.forEach((channel) => channel.close());
    this.#workers.forEach((worker) => worker.terminate());
  }
}

function sharedInts(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(count * Int32Array.BYTES_PER_ELEMENT));
}

/** Lets the event loop turn once. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
