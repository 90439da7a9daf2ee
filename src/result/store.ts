/**
 * Result files on the disk: written whole, once, and never changed.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { contentSha256, serializeResult } from "./serialize.ts";
import type { Result } from "./types.ts";
import { validateResult } from "./validate.ts";

const HASH_DIGITS = 8;

/**
 * `<date>-<experiment>-<arm>-s<seed>-<hash8>.json`, for people: names are never parsed. The hash is of everything outside
 * `run`, so a different result has a different name, and nothing ever has to be overwritten.
 */
export function resultFileName(result: Result): string {
  const { experiment, arm, run } = result;
  const date = run.startedAt.slice(0, "YYYY-MM-DD".length);
  const name = experiment.name.replace(/[^A-Za-z0-9._-]+/g, "_");
  return `${date}-${name}-${arm.label}-s${arm.seed}-${contentSha256(result).slice(0, HASH_DIGITS)}.json`;
}

/** Where a result was written, and whether it was there already. */
export interface WrittenResult {
  /** The file. */
  readonly path: string;
  /** Whether an equal result was there before. */
  readonly existed: boolean;
}

/**
 * Writes a result into a folder: checked, to a temporary file, flushed to the disk, then given its name without replacing
 * anything. The same result of another time of the same day is left as it is.
 *
 * @throws {BenchError} If the result is not valid, or if its name is taken by something else
 */
export function writeResult(folder: string, result: Result): WrittenResult {
  const name = resultFileName(result);
  const path = `${folder}/${name}`;
  const text = serializeResult(validateResult(JSON.parse(serializeResult(result)), name));
  Deno.mkdirSync(folder, { recursive: true });
  if (exists(path)) return existing(path, result);
  const temporary = `${folder}/.${name}.tmp`;
  const file = Deno.openSync(temporary, { write: true, create: true, truncate: true });
  try {
    const bytes = new TextEncoder().encode(text);
    for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    file.syncSync();
  } finally {
    file.close();
  }
  if (exists(path)) {
    Deno.removeSync(temporary);
    return existing(path, result);
  }
  Deno.renameSync(temporary, path);
  return { path, existed: false };
}

function existing(path: string, result: Result): WrittenResult {
  if (contentSha256(readResult(path)) === contentSha256(result)) return { path, existed: true };
  throw new BenchError(`Cannot write ${path}: another result has this name; move that file away`);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Reads one result file and checks it.
 *
 * @throws {BenchError} If there is none, if it is not JSON, or if it is not valid
 */
export function readResult(path: string): Result {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new BenchError(`Cannot read ${path}: there is no such file`);
  }
  return validateResult(parseJson(text, path), path);
}

/** @throws {BenchError} If the text is not JSON */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BenchError(`Cannot read ${place}: expected JSON, found ${(error as Error).message}`);
  }
}

/** A result with the file it came from. */
export interface StoredResult {
  /** The file it came from. */
  readonly path: string;
  /** What it holds. */
  readonly result: Result;
}

/**
 * All result files of a folder, by name; an absent folder has none.
 *
 * @throws {BenchError} If one of them is not valid: a leaderboard made of the rest would be silently wrong
 */
export function readResults(folder: string): StoredResult[] {
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return names
    .filter((name) => name.endsWith(".json") && !name.startsWith("."))
    .sort()
    .map((name) => ({ path: `${folder}/${name}`, result: readResult(`${folder}/${name}`) }));
}
