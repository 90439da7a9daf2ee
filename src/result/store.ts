/**
 * Result files on the disk: written whole, once, and never changed.
 *
 * @module
 */
import { basename, dirname } from "node:path";
import { BenchError } from "../errors.ts";
import { sha256 } from "../files/hash.ts";
import { isPresent, leadsOut, readBytesBounded } from "../files/read.ts";
import { INTERVALS_VERSION } from "../metrics/estimate.ts";
import { contentSha256, serializeResult } from "./serialize.ts";
import { type OnSkipped, unlessSkipped } from "./skipped.ts";
import type { Result } from "./types.ts";
import { checkResult, requireShallow, validateResult } from "./validate.ts";
import { presentNames } from "./earlier_versions.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";

/** Folder, below that of all results, of those of this schema. */
export const RESULT_VERSION_FOLDER = "v2";
/** And of those of every version that can be read, the oldest first. */
export const READABLE_FOLDERS = ["v1", RESULT_VERSION_FOLDER] as const;
/** Folder of smoke runs, below that of all results; it is one of results itself. */
export const SMOKE_FOLDER = "smoke";
const HASH_DIGITS = 8;

/** The folder of results that a run belongs to: smoke runs have one of their own, below that of the others. */
export function resultsFolderOf(folder: string, { limit }: { readonly limit?: number | undefined }): string {
  return limit === undefined ? folder : `${folder}/${SMOKE_FOLDER}`;
}

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
 * Writes a result into a folder: checked, to a temporary file, flushed to the disk, then renamed. The same result of
 * another time of the same day is left as it is, and nothing else is ever replaced: the name tells the content.
 *
 * @throws {BenchError} If the result is not valid, or if its name is taken by something else
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const { results: [{ result }] } = await bench(tiny, few);
 * const folder = await Deno.makeTempDir();
 * const { path, existed } = writeResult(folder, result);
 * assertEquals([existed, writeResult(folder, result).existed, readResult(path)], [false, true, result]);
 * ```
 */
export function writeResult(folder: string, result: Result): WrittenResult {
  const path = `${folder}/${resultFileName(result)}`;
  const text = serializeResult(result);
  checkResult(JSON.parse(text), { cannot: "write", of: path });
  if (isPresent(path)) return existing(path, result);
  makeFolder(folder);
  writeFileAtomically(path, text);
  return { path, existed: false };
}

function existing(path: string, result: Result): WrittenResult {
  if (contentSha256(readResult(path)) === contentSha256(result)) return { path, existed: true };
  throw new BenchError(`Cannot write ${path}: another result has this name; move that file away`);
}

/**
 * Reads one result file and checks it; one of an earlier version has today's names.
 *
 * @throws {BenchError} If there is none, if it is not JSON, or if it is not valid
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "../experiment/bench.ts";
 *
 * const few = { arms: ["base"], datasets: ["arith-add"], seeds: [1], limit: 3, samples: 4 };
 * const { results: [{ path, result }] } = await bench(tiny, { ...few, resultsFolder: await Deno.makeTempDir() });
 * assertEquals(readResult(path!), result);
 * ```
 */
export function readResult(path: string): Result {
  return parseResult(readJson(path), path);
}

/**
 * The content of a result file as a result, with today's names.
 *
 * @param file what to call it in an error
 * @throws {BenchError} If it is not valid
 */
export function parseResult(value: unknown, file: string): Result {
  return presentNames(validateResult(value, file));
}

/** A JSON file, and what tells its bytes from all others. */
export interface JsonFile {
  /** What it holds. */
  readonly value: unknown;
  /** SHA-256 of its bytes. */
  readonly sha256: string;
}

/** Largest file of results: one of ten thousand problems with a hundred answers each takes a third of it. */
const MOST_BYTES = 2 ** 26;

/** @throws {BenchError} If there is no such file, if it is too large, or if it is not JSON */
export function readJsonFile(path: string): JsonFile {
  const bytes = readBytesBounded(path, MOST_BYTES);
  return { value: parsed(new TextDecoder().decode(bytes), path), sha256: sha256(bytes) };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BenchError(`Cannot read ${path}: expected JSON, found ${error.message}`);
  }
}

/** @throws {BenchError} As {@link readJsonFile} */
export function readJson(path: string): unknown {
  return readJsonFile(path).value;
}

/** A result, and the file that holds it where there is one. */
export interface ResultSource {
  /** The result. */
  readonly result: Result;
  /** The file. */
  readonly path?: string;
}

/** A result that was read from a file. */
export interface StoredResult extends ResultSource {
  /** The file. */
  readonly path: string;
}

/** How an error names a result: by its file, or by its arm and seed. */
export function sourceName({ path, result: { arm } }: ResultSource): string {
  return path ?? `${arm.label} of seed ${arm.seed}`;
}

/**
 * All result files of a folder, by name; an absent folder has none.
 *
 * @param onSkipped is told of what has the name of a result file and is none, which is left out
 * @throws {BenchError} If there is one of those and nobody is told: what is made of the rest would be silently wrong
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * assertEquals(readResults("results/no-such-folder"), []);
 * ```
 */
export function readResults(folder: string, onSkipped?: OnSkipped): StoredResult[] {
  return resultPaths(folder).flatMap((path) =>
    unlessSkipped(path, () => {
      refuseLinkOut(path);
      return [{ path, result: readResult(path) }];
    }, onSkipped) ?? []
  );
}

/**
 * @param path of a file that was found in a folder
 * @throws {BenchError} If it is a link out of it: whoever made the folder must not choose what is read elsewhere
 */
export function refuseLinkOut(path: string): void {
  const [folder, name] = [dirname(path), basename(path)];
  if (!leadsOut(folder, name)) return;
  throw new BenchError(`Cannot read ${path}: it is a link out of its folder; put the file itself there`);
}

/** The result files of a folder, by name; an absent folder has none. */
export function resultPaths(folder: string): string[] {
  let names: string[];
  try {
    names = [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return names.filter((name) => name.endsWith(".json") && !name.startsWith(".")).sort()
    .map((name) => `${folder}/${name}`);
}

/**
 * The hash of a result file's content, without checking it: equal to that of a checked result of this version where the
 * content is. One whose intervals are of an earlier rule is read as {@link readResult} reads it.
 *
 * @throws {BenchError} If there is no such file, if it is not JSON, or if it nests too deep
 */
export function fileContentSha256(path: string): string {
  const content = (readJson(path) ?? {}) as Partial<Result>;
  requireShallow(content, { cannot: "read", of: path });
  return contentSha256(content.intervals === INTERVALS_VERSION ? content as Result : earlierResult(content, path));
}

/** A file of an earlier rule as it is read; one that is not valid is nobody's result, and stays what it is. */
function earlierResult(content: Partial<Result>, path: string): Result {
  try {
    return parseResult(content, path);
  } catch (error) {
    if (error instanceof BenchError) return content as Result;
    throw error;
  }
}

/** The folders below one of results that hold files, whether or not they are there. */
export function resultFolders(folder: string): string[] {
  return [folder, `${folder}/${SMOKE_FOLDER}`].flatMap((place) =>
    READABLE_FOLDERS.map((version) => `${place}/${version}`)
  );
}
