/**
 * Where published files lie on this machine, and reading them back: a file counts only after its hash and the hash of
 * its rows were checked.
 *
 * A cache folder holds `<dataset>/<first 12 digits of the file's hash>-<file name>`; a mirror folder may be another
 * cache, or hold files under their published names, or the normalised rows as `<dataset>.jsonl`.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { type Problem, rowId, rowsSha256 } from "./problem.ts";
import { sha256 } from "../files/hash.ts";
import { readBytesIfPresent } from "../files/read.ts";
import { pinMismatch, pinName } from "./pin.ts";
import type { PublishedDataset, PublishedFile } from "./published_dataset.ts";
import { normalisedRows, type RowReader } from "./rows.ts";

/** Folder of downloads, unless told otherwise. */
export const DEFAULT_CACHE = ".data/datasets";

const NAME_DIGITS = 12;

/** One place where a dataset's file may lie, relative to a cache, a mirror folder or a mirror address. */
export interface DownloadSource {
  readonly path: string;
  /** The published file this would be; undefined for normalised rows, which the hash of the rows pins. */
  readonly file?: PublishedFile;
}

/** Rows that were read, checked and numbered, and the file they came from. */
export interface CheckedRows {
  /** The rows. */
  readonly problems: Problem[];
  /** The file. */
  readonly path: string;
  /** SHA-256 of the published file; absent for normalised rows, which the hash of the rows pins. */
  readonly fileSha256?: string;
}

/** The file's name in a cache: by content, so that two files of one dataset never meet. */
export function cachedName(dataset: PublishedDataset, file: PublishedFile): string {
  return `${dataset.name}/${pinName(file.pin).slice(0, NAME_DIGITS)}-${publishedName(file.urls[0])}`;
}

/** Name of normalised rows in a cache. */
export function cachedRowsName(dataset: PublishedDataset): string {
  return `${dataset.name}/${dataset.name}.jsonl`;
}

/** Paths in a cache folder, best first. */
export function cacheCandidates(dataset: PublishedDataset): DownloadSource[] {
  const files = dataset.files.map((file) => ({ path: cachedName(dataset, file), file }));
  return dataset.rowsSha256 ? [...files, { path: cachedRowsName(dataset) }] : files;
}

/** Paths under a mirror, best first. */
export function mirrorCandidates(dataset: PublishedDataset): DownloadSource[] {
  const published = dataset.files.flatMap((file) =>
    [...new Set(file.urls.map(publishedName))].flatMap((name) => [
      { path: `${dataset.name}/${name}`, file },
      { path: name, file },
    ])
  );
  const rows = dataset.rowsSha256 ? [{ path: `${dataset.name}.jsonl` }] : [];
  return [...cacheCandidates(dataset), ...rows, ...published];
}

/**
 * Parses and checks a file's bytes.
 *
 * @throws {BenchError} If the bytes are not the pinned ones, or the rows are not
 */
export async function checkedProblems(
  dataset: PublishedDataset,
  bytes: Uint8Array,
  file: PublishedFile | undefined,
): Promise<Problem[]> {
  const mismatch = file && pinMismatch(bytes, file.pin);
  if (mismatch) throw new BenchError(mismatch);
  const read: RowReader = file?.read ?? normalisedRows;
  const problems = (await read(bytes)).map((row, i): Problem => ({
    id: rowId(dataset.name, i),
    ...row,
    ...(dataset.kind !== undefined && { kind: dataset.kind }),
  }));
  if (dataset.rows !== undefined && problems.length !== dataset.rows) {
    throw new BenchError(`found ${problems.length} rows, expected ${dataset.rows}`);
  }
  const found = rowsSha256(problems);
  if (dataset.rowsSha256 !== undefined && found !== dataset.rowsSha256) {
    throw new BenchError(`found rows of sha256 ${found}, expected ${dataset.rowsSha256}`);
  }
  return problems;
}

/**
 * The dataset's rows from a cache folder, or undefined where it holds none of its files.
 *
 * @throws {BenchError} If a file is there and is not what it must be
 */
export async function readCached(
  dataset: PublishedDataset,
  cache: string = DEFAULT_CACHE,
): Promise<CheckedRows | undefined> {
  for (const { path, file } of cacheCandidates(dataset)) {
    const place = `${cache}/${path}`;
    const bytes = readBytesIfPresent(place);
    if (!bytes) continue;
    try {
      return { problems: await checkedProblems(dataset, bytes, file), path: place, ...fileHash(bytes, file) };
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      throw new BenchError(
        `Cannot use ${place}: ${error.message}; delete it and run: deno task datasets fetch ${dataset.name}`,
      );
    }
  }
}

/**
 * The dataset's rows from a mirror folder, or undefined where it holds nothing that is right.
 *
 * @param faults receives what is wrong with each file that is there and cannot be used
 */
export async function readMirrorFolder(
  dataset: PublishedDataset,
  folder: string,
  faults: string[],
): Promise<(CheckedRows & { candidate: DownloadSource; bytes: Uint8Array }) | undefined> {
  for (const candidate of mirrorCandidates(dataset)) {
    const place = `${folder}/${candidate.path}`;
    const bytes = readBytesIfPresent(place);
    if (!bytes) continue;
    try {
      const problems = await checkedProblems(dataset, bytes, candidate.file);
      return { problems, path: place, ...fileHash(bytes, candidate.file), candidate, bytes };
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      faults.push(`${place}: ${error.message}`);
    }
  }
}

/** The published file's hash as a field, for {@link CheckedRows}. */
export function fileHash(bytes: Uint8Array, file: PublishedFile | undefined): Pick<CheckedRows, "fileSha256"> {
  return file ? { fileSha256: sha256(bytes) } : {};
}

function publishedName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split("/").at(-1)!);
}
