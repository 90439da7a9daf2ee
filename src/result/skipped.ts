/**
 * Files that have a result's name and are none: one of them must not keep anybody from all the others.
 *
 * @module
 */
import { BenchError } from "../errors.ts";

/** A file that was left out, and why. */
export interface SkippedFile {
  /** The file. */
  readonly path: string;
  /** What is wrong with it, in the words of the error that reading it alone gives. */
  readonly reason: string;
}

/** Is told of a file that is left out. */
export type OnSkipped = (file: SkippedFile) => void;

/**
 * What `read` returns; undefined where it fails and somebody is told of that.
 *
 * @throws {BenchError} That of `read`, where nobody is told
 */
export function unlessSkipped<T>(path: string, read: () => T, onSkipped: OnSkipped | undefined): T | undefined {
  try {
    return read();
  } catch (error) {
    if (onSkipped === undefined || !(error instanceof BenchError)) throw error;
    onSkipped({ path, reason: error.message });
    return undefined;
  }
}
