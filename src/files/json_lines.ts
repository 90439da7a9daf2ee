/**
 * Append-only files of one JSON document per line, where a torn last line is what an interruption leaves behind.
 *
 * @module
 */
import { dirname } from "node:path";
import { BenchError } from "../errors.ts";
import { readBytesIfPresent } from "./read.ts";
import { makeFolder, withDiskErrors, writeAll } from "./write.ts";

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
  const { lines, wholeBytes } = readWholeLines(path);
  return { rows: lines.map((line, i) => parseLine<T>(line, `${path}:${i + 1}`)), wholeBytes };
}

/** The whole lines of a file, without their ends. */
export interface WholeLines {
  readonly lines: readonly string[];
  /** Bytes up to the end of the last whole line. */
  readonly wholeBytes: number;
  /** Whether something follows that is no whole line. */
  readonly torn: boolean;
}

/** Number of whole lines of a file, and whether a torn one follows, without keeping any; a missing file has none. */
export function countLines(path: string): { readonly lines: number; readonly torn: boolean } {
  const newline = "\n".charCodeAt(0);
  const bytes = readBytesIfPresent(path) ?? new Uint8Array();
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  return { lines, torn: bytes.length > 0 && bytes[bytes.length - 1] !== newline };
}

/** Whole lines of a file; one that is missing has none. */
export function readWholeLines(path: string): WholeLines {
  const bytes = readBytesIfPresent(path) ?? new Uint8Array();
  const newline = "\n".charCodeAt(0);
  const wholeBytes = bytes.lastIndexOf(newline) + 1;
  // A mark of the byte order is content like any other, so that lengths stay what they are.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, wholeBytes));
  return { lines: text.split("\n").slice(0, -1), wholeBytes, torn: wholeBytes < bytes.length };
}

/**
 * One line as JSON.
 *
 * @param place what to call it in an error
 * @throws {BenchError} If it is none
 */
export function parseLine<T>(line: string, place: string): T {
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
  readonly #path: string;

  /**
   * Opens `path` for appending after its first `keepBytes` bytes; whatever follows is cut off. Its folder is made.
   */
  constructor(path: string, keepBytes: number) {
    this.#path = path;
    makeFolder(dirname(path));
    this.#file = withDiskErrors(path, () => Deno.openSync(path, { create: true, write: true }));
    withDiskErrors(path, () => {
      this.#file.truncateSync(keepBytes);
      this.#file.seekSync(0, Deno.SeekMode.End);
    });
  }

  append(rows: readonly unknown[]): void {
    const text = rows.map((row) => JSON.stringify(row) + "\n").join("");
    withDiskErrors(this.#path, () => {
      writeAll(this.#file, text);
      this.#file.syncDataSync();
    });
  }

  close(): void {
    this.#file.close();
  }
}
