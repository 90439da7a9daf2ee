/**
 * Work under way that can be followed event by event, or awaited for its outcome.
 *
 * @module
 */
import { InterruptedError } from "../interruption.ts";

/** What the work is given: where it says how far it is, and how it hears that it shall stop. */
export type StreamedWork<Event, Outcome> = (emit: (event: Event) => void, abort: AbortSignal) => Promise<Outcome>;

/**
 * An async iterable of events that is also a promise of the outcome. The work starts at once, whether or not anybody
 * listens; every iteration sees all events from the first. Leaving an iteration early stops the work at its next safe
 * point. Errors of the work are thrown by the iteration, and reject the promise.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { EventStream } from "./event_stream.ts";
 * const stream = new EventStream<number, string>(async (emit) => {
 *   for (const n of [2, 3, 5]) emit(n);
 *   return "done";
 * });
 * const seen = [];
 * for await (const n of stream) seen.push(n);
 * assertEquals([seen, await stream], [[2, 3, 5], "done"]);
 * ```
 */
export class EventStream<Event, Outcome> implements AsyncIterable<Event>, PromiseLike<Outcome> {
  readonly #outcome: Promise<Outcome>;
  readonly #events: Event[] = [];
  readonly #stop = new AbortController();
  #ended = false;
  #wake: PromiseWithResolvers<void> = Promise.withResolvers();

  /**
   * Starts the work.
   *
   * @param abort stops the work too
   */
  constructor(work: StreamedWork<Event, Outcome>, abort?: AbortSignal) {
    const stopped = abort === undefined ? this.#stop.signal : AbortSignal.any([abort, this.#stop.signal]);
    const emit = (event: Event) => {
      this.#events.push(event);
      this.#notify();
    };
    // A turn later, so that whoever made the stream can listen before the first error.
    this.#outcome = Promise.resolve().then(() => work(emit, stopped)).finally(() => {
      this.#ended = true;
      this.#notify();
    });
  }

  /** Resolves with the outcome once the work has ended. */
  then<A = Outcome, B = never>(
    fulfilled?: ((outcome: Outcome) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#outcome.then(fulfilled, rejected);
  }

  /** The events, as they come. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void> {
    // The iteration throws what the work throws; the promise alone would call that unhandled.
    this.#outcome.catch(() => {});
    let finished = false;
    try {
      for (let next = 0;;) {
        if (next < this.#events.length) yield this.#events[next++];
        else if (this.#ended) break;
        else await this.#wake.promise;
      }
      finished = true;
    } finally {
      if (!finished) await this.#end();
    }
    await this.#outcome;
  }

  /** Stops the work and waits for it. */
  async #end(): Promise<void> {
    this.#stop.abort();
    await this.#outcome.catch((error) => {
      if (!(error instanceof InterruptedError)) throw error;
    });
  }

  #notify(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}
