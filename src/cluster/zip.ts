/**
 * ZIP archives whose bytes follow from their files alone: stored without compression, in order of path, all of one time.
 * A hash of such an archive names its content.
 *
 * Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3 and 4.4.
 *
 * @module
 */
import { crc32 } from "node:zlib";
import { BenchError } from "../errors.ts";

/** Files of an archive, by their path in it. */
export type ArchiveFiles = ReadonlyMap<string, Uint8Array>;

const LOCAL_HEADER = 0x04034b50, CENTRAL_HEADER = 0x02014b50, END_RECORD = 0x06054b50;
const LOCAL_BYTES = 30, CENTRAL_BYTES = 46, END_BYTES = 22;
/** Version 2.0 of the format, made on Unix, which gives the permissions below. */
const VERSION = 20, MADE_BY = (3 << 8) | VERSION;
/** Names are UTF-8. */
const FLAGS = 1 << 11;
/** The first day that the format knows: 1 January 1980, 0:00. */
const TIME = 0, DATE = (1 << 5) | 1;
/** A plain file that its owner may write and everybody may read. */
const ATTRIBUTES = 0o100644 * 2 ** 16;
/** More files or bytes take another form of the format. */
const MOST_FILES = 0xffff, MOST_BYTES = 0xffff_ffff;

/**
 * The archive of some files.
 *
 * @throws {BenchError} If a path leads out of the archive, or there is more than the format holds
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { zip } from "./zip.ts";
 *
 * const text = new TextEncoder().encode("hello");
 * const one = zip(new Map([["b.txt", text], ["a/c.txt", text]]));
 * assertEquals(one, zip(new Map([["a/c.txt", text], ["b.txt", text]])));
 * ```
 */
export function zip(files: ArchiveFiles): Uint8Array<ArrayBuffer> {
  const entries = [...files].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0).map(([path, content]) => {
    requireInside(path);
    return { name: new TextEncoder().encode(path), content, checksum: crc32(content) };
  });
  const bodies = entries.reduce((sum, { name, content }) => sum + LOCAL_BYTES + name.length + content.length, 0);
  const directory = entries.reduce((sum, { name }) => sum + CENTRAL_BYTES + name.length, 0);
  const size = bodies + directory + END_BYTES;
  if (entries.length > MOST_FILES || size > MOST_BYTES) {
    throw new BenchError(
      `Cannot make an archive of ${entries.length} files in ${size} bytes: expected at most ${MOST_FILES} files in 4 GiB`,
    );
  }
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0, central = bodies;
  for (const { name, content, checksum } of entries) {
    view.setUint32(at, LOCAL_HEADER, true);
    writeCommon(view, at + 4, { name, content, checksum });
    bytes.set(name, at + LOCAL_BYTES);
    bytes.set(content, at + LOCAL_BYTES + name.length);
    view.setUint32(central, CENTRAL_HEADER, true);
    view.setUint16(central + 4, MADE_BY, true);
    writeCommon(view, central + 6, { name, content, checksum });
    view.setUint32(central + 38, ATTRIBUTES, true);
    view.setUint32(central + 42, at, true);
    bytes.set(name, central + CENTRAL_BYTES);
    at += LOCAL_BYTES + name.length + content.length;
    central += CENTRAL_BYTES + name.length;
  }
  view.setUint32(central, END_RECORD, true);
  view.setUint16(central + 8, entries.length, true);
  view.setUint16(central + 10, entries.length, true);
  view.setUint32(central + 12, directory, true);
  view.setUint32(central + 16, bodies, true);
  return bytes;
}

/** One file as both headers tell of it. */
interface Entry {
  readonly name: Uint8Array;
  readonly content: Uint8Array;
  readonly checksum: number;
}

/** From the version that is needed to the length of the name; method 0 stores. */
function writeCommon(view: DataView, at: number, { name, content, checksum }: Entry): void {
  view.setUint16(at, VERSION, true);
  view.setUint16(at + 2, FLAGS, true);
  view.setUint16(at + 6, TIME, true);
  view.setUint16(at + 8, DATE, true);
  view.setUint32(at + 10, checksum, true);
  view.setUint32(at + 14, content.length, true);
  view.setUint32(at + 18, content.length, true);
  view.setUint16(at + 22, name.length, true);
}

function requireInside(path: string): void {
  const parts = path.split("/");
  if (!path.includes("\\") && parts.every((part) => part !== "" && part !== "." && part !== "..")) return;
  throw new BenchError(`Cannot put ${JSON.stringify(path)} into an archive: expected a path below it`);
}
