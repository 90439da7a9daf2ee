/**
 * Small files that a job hands back in its log, which every cluster offers: packed, in lines that tell what they are, with
 * a hash at their end.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { gunzipSync, gzipSync } from "node:zlib";
import { BenchError } from "../errors.ts";
import { sha256 } from "../files/hash.ts";

/** A text file, by its path in the folder that is handed back. */
export interface ReturnedFile {
  readonly path: string;
  readonly text: string;
}

/** Ahead of a piece, with its number, and ahead of the hash behind the last one. */
const PIECE = "soft-grpo-bench:piece", END = "soft-grpo-bench:end";
/** Of a line; loggers cut long ones. */
const PIECE_LETTERS = 2000;
/** Results of a large experiment take a third of that. */
const MOST_BYTES = 256 << 20;

/** The lines that hand files back. */
export function returnedLines(files: readonly ReturnedFile[]): string[] {
  const packed = gzipSync(JSON.stringify(files.map(({ path, text }) => [path, text]))).toString("base64");
  const pieces = packed.match(new RegExp(`.{1,${PIECE_LETTERS}}`, "g")) ?? [];
  return [...pieces.map((piece, i) => `${PIECE} ${i} ${piece}`), `${END} ${pieces.length} ${sha256(packed)}`];
}

/** Whether a line of a log is of what is handed back, and not for people. */
export function isReturnedLine(line: string): boolean {
  return line.startsWith(PIECE) || line.startsWith(END);
}

/**
 * The files that a log hands back; undefined where it hands none back. What a log holds may be anybody's.
 *
 * @param most bytes that are unpacked
 * @throws {BenchError} If lines are missing or were changed, or there is more than is taken
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { returnedFiles, returnedLines } from "./returned_files.ts";
 *
 * const files = [{ path: "v2/a.json", text: "{}\n" }];
 * assertEquals(returnedFiles(`step 1\n${returnedLines(files).join("\n")}\n`), files);
 * ```
 */
export function returnedFiles(log: string, most: number = MOST_BYTES): ReturnedFile[] | undefined {
  const lines = log.split("\n");
  const end = lines.findLastIndex((line) => line.startsWith(END));
  if (end < 0) return undefined;
  const [, countText, hash] = lines[end].trim().split(" ");
  const count = Number(countText);
  const pieces = new Map<number, string>();
  for (const line of lines.slice(0, end)) {
    const [, number, piece] = /^soft-grpo-bench:piece (\d{1,7}) ([\w+/=]+)\r?$/.exec(line) ?? [];
    // Work that was begun again hands back again; the last one holds all.
    if (piece !== undefined) pieces.set(Number(number), piece);
  }
  const packed = Array.from({ length: Math.min(count, pieces.size) }, (_, i) => pieces.get(i) ?? "").join("");
  if (sha256(packed) !== hash) {
    throw new BenchError(
      `Cannot take what the job hands back: found ${pieces.size} pieces in its log that do not fit the hash behind them, ` +
        `expected ${countText}; run the same command again, or take the files from the job's shared folder`,
    );
  }
  return unpacked(Buffer.from(packed, "base64"), most);
}

function unpacked(packed: Uint8Array, most: number): ReturnedFile[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(gunzipSync(packed, { maxOutputLength: most })));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BenchError(
      `Cannot take what the job hands back: ${reason}, expected at most ${most} bytes of JSON`,
    );
  }
  const isFile = (item: unknown): item is [string, string] =>
    Array.isArray(item) && item.length === 2 && item.every((part) => typeof part === "string");
  if (!Array.isArray(value) || !value.every(isFile)) {
    throw new BenchError("Cannot take what the job hands back: expected pairs of a path and a text");
  }
  return value.map(([path, text]) => ({ path, text }));
}
