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

/** The date and time, ISO 8601 in UTC, for the `run` part of a result. */
export function dateTime(): string {
  return new Date().toISOString();
}
