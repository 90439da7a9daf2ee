/**
 * Reading files that may not be there, and JSON files with errors that name them.
 *
 * @module
 */
import { sep as SEPARATOR } from "node:path";
import { BenchError } from "../errors.ts";

/** A parsed JSON object. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Whether something is at this path. */
export function isPresent(path: string | URL): boolean {
  return unlessAbsent(() => Deno.statSync(path)) !== undefined;
}

/** Whether something is at this path, and the program may know. */
export function isVisible(path: string | URL): boolean {
  return unlessHidden(() => isPresent(path)) ?? false;
}

/** What `look` finds; undefined where the program may not look there. */
export function unlessHidden<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** Whether a folder is at this path. */
export function isFolder(path: string | URL): boolean {
  return unlessAbsent(() => Deno.statSync(path))?.isDirectory ?? false;
}

/** A file's bytes, or undefined where there is no such file. */
export function readBytesIfPresent(path: string | URL): Uint8Array<ArrayBuffer> | undefined {
  return unlessAbsent(() => Deno.readFileSync(path));
}

/**
 * A file's bytes, of somebody who may have put anything there.
 *
 * @param most of them
 * @throws {BenchError} If there is no such file, if it is none or larger, or if the system refuses it
 */
export function readBytesBounded(path: string, most: number): Uint8Array<ArrayBuffer> {
  try {
    const { isFile, isDirectory, size } = Deno.statSync(path);
    // A pipe would never end.
    if (!isFile) {
      throw new BenchError(
        `Cannot read ${path}: found ${isDirectory ? "a folder" : "a pipe or a device"}, expected a file`,
      );
    }
    if (size > most) {
      throw new BenchError(`Cannot read ${path}: found ${size} bytes, expected at most ${most}; move it away`);
    }
    return Deno.readFileSync(path);
  } catch (error) {
    if (error instanceof BenchError || error instanceof Deno.errors.NotCapable || !(error instanceof Error)) {
      throw error;
    }
    throw new BenchError(`Cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  }
}

/**
 * Whether a name in a folder is a link to what lies elsewhere.
 *
 * @throws {BenchError} If it leads nowhere
 */
export function leadsOut(folder: string, name: string): boolean {
  const path = `${folder}/${name}`;
  if (!Deno.lstatSync(path).isSymlink) return false;
  try {
    return !Deno.realPathSync(path).startsWith(`${Deno.realPathSync(folder)}${SEPARATOR}`);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable || !(error instanceof Error)) throw error;
    throw new BenchError(`Cannot read ${path}: it is a link, and ${reasonOf(error)}`, { cause: error });
  }
}

/** The system's reason in words, without the path, which errors name already. */
export function reasonOf(error: Error): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.AlreadyExists) return "a file has that name";
  if (error instanceof Deno.errors.NotADirectory) return "a part of the path is a file";
  if (error instanceof Deno.errors.IsADirectory) return "a folder has that name";
  return error.message.replace(/ \(os error \d+\)/, "").replace(/: \w+ '.*'$/, "");
}

/** A file's text, or undefined where there is no such file. */
export async function readTextIfPresent(path: string | URL): Promise<string | undefined> {
  return isPresent(path) ? await Deno.readTextFile(path) : undefined;
}

function unlessAbsent<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    // The second where a part of the path is a file.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

/**
 * A JSON object from a file, or undefined where there is no such file.
 *
 * @throws {BenchError} If the file holds anything else
 */
export async function readJsonIfPresent(path: string): Promise<JsonRecord | undefined> {
  const text = await readTextIfPresent(path);
  return text === undefined ? undefined : parseJsonRecord(text, path);
}

/**
 * Parses a JSON object.
 *
 * @param source names the text in the error
 * @throws {BenchError} If it is anything else
 */
export function parseJsonRecord(text: string, source: string): JsonRecord {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json as JsonRecord;
  } catch {
    // Reported below, with the source.
  }
  throw new BenchError(`Cannot read ${source}: it is not a JSON object; the file is damaged, fetch or copy it again`);
}
