/**
 * Append-only files of one JSON document per line, where a torn last line is what an interruption leaves behind.
 *
 * @module
 */
import { BenchError } from "../errors.ts";

/** What was read, and how many bytes of the file hold whole lines. */
export interface JsonLines<T> {
  readonly rows: T[];
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
}

/**
 * Reads whole lines; what follows the last newline is a torn line and is left out. A missing file has no rows.
 *
 * @throws {BenchError} If a whole line is not JSON
 */
export function readJsonLines<T>(path: string): JsonLines<T> {
  let bytes: Uint8Array;
  try {
    bytes = Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { rows: [], wholeBytes: 0 };
    throw error;
  }
  const newline = "\n".charCodeAt(0);
  const wholeBytes = bytes.lastIndexOf(newline) + 1;
  const lines = new TextDecoder().decode(bytes.subarray(0, wholeBytes)).split("\n").slice(0, -1);
  return { rows: lines.map((line, i) => parseLine<T>(line, `${path}:${i + 1}`)), wholeBytes };
}

function parseLine<T>(line: string, place: string): T {
  try {
    return JSON.parse(line) as T;
  } catch {
    throw new BenchError(
      `Cannot read ${place}: found ${JSON.stringify(line.slice(0, 40))}, expected one JSON document; ` +
        `fix that line or delete the file`,
    );
  }
}

/** Appends rows to one file; each call is one write, flushed to the disk. */
export class JsonLinesWriter {
  readonly #file: Deno.FsFile;

  /**
   * Opens `path` for appending after its first `keepBytes` bytes; whatever follows is cut off.
   */
  constructor(path: string, keepBytes: number) {
    this.#file = Deno.openSync(path, { create: true, write: true });
    this.#file.truncateSync(keepBytes);
    this.#file.seekSync(0, Deno.SeekMode.End);
  }

  append(rows: readonly unknown[]): void {
    const bytes = new TextEncoder().encode(rows.map((row) => JSON.stringify(row) + "\n").join(""));
    for (let written = 0; written < bytes.length;) written += this.#file.writeSync(bytes.subarray(written));
    this.#file.syncDataSync();
  }

  close(): void {
    this.#file.close();
  }
}
