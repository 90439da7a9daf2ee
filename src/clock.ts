/**
 * The program's only clock.
 *
 * @module
 */

/** Milliseconds on a monotonic clock, for durations only. */
export function now(): number {
  return performance.now();
}

/**
 * A gate for what is said often: open at most once in so many milliseconds, and shut for as long at first.
 *
 * @param time in ms; another in tests
 * @returns whether it is open now; asking an open gate shuts it
 */
export function sparing(ms: number, time: () => number = now): () => boolean {
  let last = time();
  return () => {
    const open = time() - last >= ms;
    if (open) last = time();
    return open;
  };
}

/** Does some work that is a part of a whole, and may be timed as such. */
export type Timing<Part extends string> = <T>(part: Part, work: () => Promise<T>) => Promise<T>;

/** Where nobody asks for times. */
export function untimed<T>(_part: string, work: () => Promise<T>): Promise<T> {
  return work();
}

/** Adds up the time of parts, one after another or one within another: the outer one then stands still. */
export class Stopwatch<Part extends string> {
  readonly #time: () => number;
  readonly #spent = new Map<Part, number>();
  readonly #running: Part[] = [];
  #since: number;

  /** @param time in ms; another in tests */
  constructor(time: () => number = now) {
    this.#time = time;
    this.#since = time();
  }

  /** Does the work of a part. */
  readonly timing: Timing<Part> = async (part, work) => {
    this.#count();
    this.#running.push(part);
    try {
      return await work();
    } finally {
      this.#count();
      this.#running.pop();
    }
  };

  /** Milliseconds of each part so far, in the order in which they began. */
  get spent(): ReadonlyMap<Part, number> {
    return this.#spent;
  }

  /** Gives the time since the last change to the part that had it. */
  #count(): void {
    const time = this.#time(), part = this.#running.at(-1);
    if (part !== undefined) this.#spent.set(part, (this.#spent.get(part) ?? 0) + time - this.#since);
    this.#since = time;
  }
}

/** The date and time, ISO 8601 in UTC, for the `run` part of a result. */
export function dateTime(): string {
  return new Date().toISOString();
}
