/**
 * The program's only clock.
 *
 * @module
 */

/** Milliseconds on a monotonic clock, for durations only. */
export function now(): number {
  return performance.now();
}

/** The date and time, ISO 8601 in UTC, for the `run` part of a result. */
export function dateTime(): string {
  return new Date().toISOString();
}
