/**
 * Brings a published dataset into the cache: from a mirror folder or address where one is given, else from its pinned
 * addresses in turn. The hash decides which of them is right.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import {
  cachedName,
  cachedRowsName,
  checkedProblems,
  type CheckedRows,
  DEFAULT_CACHE,
  fileHash,
  mirrorCandidates,
  readCached,
  readMirrorFolder,
} from "./cache.ts";
import { download, type DownloadOptions, MissingFile, UnreachableHost } from "./download.ts";
import type { PublishedDataset, PublishedFile } from "./published_dataset.ts";
import { writeFileAtomically } from "../files/write.ts";

/** Options of {@link fetchDataset}. */
export interface FetchOptions extends DownloadOptions {
  /** Folder of downloads (default `.data/datasets`). */
  readonly cache?: string;
  /** Folder or http(s) address that is tried before the pinned addresses. */
  readonly mirror?: string;
  /** Whether the network is off: only the cache and a mirror folder are read. */
  readonly offline?: boolean;
}

/** Where a fetched dataset came from, and its rows. */
export interface FetchedDataset extends CheckedRows {
  /** `cache`, or the path or address that served the file. */
  readonly from: string;
}

/**
 * Reads the dataset from the cache, or downloads, checks and caches it.
 *
 * @throws {BenchError} If no place holds the right bytes; the message names each place and what was found there
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { publishedDataset } from "./registry.ts";
 * const cache = await Deno.makeTempDir();
 * // Without a network, a mirror or a cache that has it.
 * await assertRejects(() => fetchDataset(publishedDataset("amc23"), { cache, offline: true }), Error, "Cannot fetch amc23");
 * ```
 */
export async function fetchDataset(dataset: PublishedDataset, options: FetchOptions = {}): Promise<FetchedDataset> {
  const { cache = DEFAULT_CACHE, mirror, offline = false } = options;
  const cached = await readCached(dataset, cache);
  if (cached) return { ...cached, from: "cache" };

  Deno.mkdirSync(`${cache}/${dataset.name}`, { recursive: true });
  const faults: string[] = [];
  const store = (file: PublishedFile | undefined, bytes: Uint8Array) => {
    const path = `${cache}/${file ? cachedName(dataset, file) : cachedRowsName(dataset)}`;
    writeFileAtomically(path, bytes);
    return { path, ...fileHash(bytes, file) };
  };

  if (mirror !== undefined && !isAddress(mirror)) {
    const found = await readMirrorFolder(dataset, mirror, faults);
    if (found) {
      return { problems: found.problems, ...store(found.candidate.file, found.bytes), from: found.path };
    }
  }
  // A mirror may have the file under several names; that it has none is reported once.
  let mirrorTold = faults.length > 0;
  const unreachable = new Set<string>();
  for (const { url, file, mirrored } of addresses(dataset, mirror, offline)) {
    const { host } = new URL(url);
    if (unreachable.has(host)) continue;
    const part = `${cache}/${file ? cachedName(dataset, file) : cachedRowsName(dataset)}.part`;
    try {
      const bytes = await download(url, { ...options, ...(file && { pin: file.pin }), part });
      const problems = await checkedProblems(dataset, bytes, file);
      return { problems, ...store(file, bytes), from: url };
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      if (mirrored && error instanceof MissingFile) continue;
      mirrorTold ||= mirrored;
      if (error instanceof UnreachableHost) unreachable.add(host);
      faults.push(`${error instanceof UnreachableHost ? host : url}: ${error.message}`);
    }
  }
  const advice = offline
    ? "run once without --offline, or give a folder that has it by --mirror DIR"
    : "check the network, or give a folder or address that has it by --mirror DIR|URL";
  if (mirror !== undefined && !mirrorTold) faults.unshift(`${mirror}: found no file of it`);
  throw new BenchError(`Cannot fetch ${dataset.name}: ${faults.join("; ") || "the network is off"}\n${advice}`);
}

/** Whether a mirror is an http(s) address rather than a folder. */
export function isAddress(mirror: string): boolean {
  return /^https?:\/\//.test(mirror);
}

/** One address to try: a pinned one, or a name that the file may have on the mirror. */
interface Address {
  readonly url: string;
  readonly file: PublishedFile | undefined;
  readonly mirrored: boolean;
}

function addresses(dataset: PublishedDataset, mirror: string | undefined, offline: boolean): Address[] {
  if (offline) return [];
  const pinned = dataset.files.flatMap((file) => file.urls.map((url) => ({ url, file, mirrored: false })));
  if (mirror === undefined || !isAddress(mirror)) return pinned;
  const base = mirror.replace(/\/+$/, "");
  const mirrored = mirrorCandidates(dataset).map(({ path, file }) => ({
    url: `${base}/${path.split("/").map(encodeURIComponent).join("/")}`,
    file,
    mirrored: true,
  }));
  return [...mirrored, ...pinned];
}
