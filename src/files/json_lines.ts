/**
 * Append-only files of one JSON document a line, where a torn last line is what an interruption leaves behind.
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
        `mend that line or delete the file`,
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

/**
 * Creates a folder and those above it, if it is not there.
 *
 * @throws {BenchError} If something else has its name, or it may not be created
 */
export function makeFolder(path: string): void {
  try {
    Deno.mkdirSync(path, { recursive: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    throw new BenchError(
      `Cannot create the folder ${path}: ${reasonOf(error)}; move what is in the way, or name another`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Creates a folder, if it is not there, and finds out whether files can be written into it, before work that ends in one.
 *
 * @throws {BenchError} If it cannot be created or written
 */
export function requireWritableFolder(path: string): void {
  makeFolder(path);
  const trial = `${path}/.writable-${Deno.pid}`;
  try {
    Deno.writeFileSync(trial, new Uint8Array());
    Deno.removeSync(trial);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    throw new BenchError(`Cannot write into ${path}: ${reasonOf(error)}; make it writable, or name another folder`, {
      cause: error,
    });
  }
}

function reasonOf(error: Error): string {
  if (error instanceof Deno.errors.AlreadyExists) return "a file has that name";
  if (error instanceof Deno.errors.NotADirectory) return "a part of the path is a file";
  return error.message.replace(/ \(os error \d+\)/, "").replace(/: \w+ '.*'$/, "");
}

/** Writes a whole file so that it is there in full or not at all: temporary file in the same folder, flush, rename. */
export function writeFileAtomically(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.tmp`;
  const file = Deno.openSync(temporary, { create: true, write: true, truncate: true });
  try {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    file.syncSync();
  } finally {
    file.close();
  }
  Deno.renameSync(temporary, path);
}
