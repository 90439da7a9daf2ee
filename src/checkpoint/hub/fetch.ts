/**
 * Brings a model of the Hugging Face hub into the cache: pinned by commit, every file by its hash, continued where it
 * broke off, under its name only when it is whole.
 *
 * @module
 */
import { download, type DownloadOptions, downloadTo } from "../../datasets/download.ts";
import { BenchError } from "../../errors.ts";
import { parseJsonRecord } from "../../files/read.ts";
import { DEFAULT_MODEL_CACHE, findCached, readFileList } from "./cache.ts";
import { fileMismatch, parseHubAnswer } from "./file_list.ts";
import { copyChecked, type FetchedModel, gather, totalBytes } from "./gather.ts";
import { formatModelReference, isCommit, type ModelReference } from "./reference.ts";

/** The hub's address. */
export const HUB = "https://huggingface.co";

/** Options of {@link fetchModel}. */
export interface FetchModelOptions extends Omit<DownloadOptions, "headers" | "onProgress"> {
  /** Folder of fetched models (default `.data/models`). */
  readonly cache?: string;
  /** A cache folder to copy from, or an address that is asked in place of the hub. */
  readonly mirror?: string;
  /** Whether the network is off. */
  readonly offline?: boolean;
  /** Access token of the hub, for gated models; never sent to a mirror. */
  readonly token?: string;
  /** Told about bytes as they arrive. */
  readonly onBytes?: (file: string, bytes: number) => void;
}

/**
 * Finds the model in the cache, or fetches it.
 *
 * @throws {BenchError} If it cannot be had, or a file is not what its hash says
 * @example
 * ```ts
 * import { assertRejects } from "@std/assert";
 * import { parseModelReference } from "./reference.ts";
 * const cache = await Deno.makeTempDir();
 * const reference = parseModelReference("org/name@main");
 * await assertRejects(() => fetchModel(reference, { cache, offline: true }), Error, "Cannot fetch org/name@main");
 * ```
 */
export async function fetchModel(reference: ModelReference, options: FetchModelOptions = {}): Promise<FetchedModel> {
  const { cache = DEFAULT_MODEL_CACHE, mirror, offline = false } = options;
  // A branch may have moved on since it was fetched: it is looked up again wherever that is possible.
  const settled = isCommit(reference.revision) || offline;
  const cached = settled ? findCached(reference, cache) : undefined;
  if (cached !== undefined) return { ...cached, from: "cache", bytes: totalBytes(await readFileList(cached)) };
  try {
    if (mirror !== undefined && !/^https?:/.test(mirror)) return await copyFrom(mirror, reference, cache, options);
    if (offline) {
      throw new BenchError(
        `it is not in ${cache}; run once without --offline, or give a folder that has it by --mirror DIR`,
      );
    }
    return await downloadFrom(mirror ?? HUB, reference, cache, options);
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    throw new BenchError(`Cannot fetch ${formatModelReference(reference)}: ${error.message}`);
  }
}

async function copyFrom(
  mirror: string,
  reference: ModelReference,
  cache: string,
  options: FetchModelOptions,
): Promise<FetchedModel> {
  const source = findCached(reference, mirror);
  if (source === undefined) {
    throw new BenchError(
      `${mirror} has no folder ${reference.model}/<commit> of it; give one that deno task models fetch filled`,
    );
  }
  const list = await readFileList(source);
  return await gather(list, cache, source.folder, async ({ name, pin }, part) => {
    await copyChecked(`${source.folder}/${name}`, part, pin);
    options.onBytes?.(name, pin.bytes);
  });
}

async function downloadFrom(
  base: string,
  { model, revision }: ModelReference,
  cache: string,
  options: FetchModelOptions,
): Promise<FetchedModel> {
  const { onBytes, token, attempts, idleMs } = options;
  const transfer: DownloadOptions = {
    ...(attempts !== undefined && { attempts }),
    ...(idleMs !== undefined && { idleMs }),
    ...(token !== undefined && base === HUB && { headers: { authorization: `Bearer ${token}` } }),
  };
  Deno.mkdirSync(`${cache}/${model}`, { recursive: true });
  const question = `${base}/api/models/${model}/revision/${revision}?blobs=true`;
  const answer = await orAdvice(
    question,
    download(question, { part: `${cache}/${model}/${revision}.answer`, ...transfer }),
  );
  const list = parseHubAnswer(model, parseJsonRecord(new TextDecoder().decode(answer), question));
  if (isCommit(revision) && list.commit !== revision) {
    throw new BenchError(`${question}: found commit ${list.commit}, expected ${revision}`);
  }
  const there = findCached({ model, revision: list.commit }, cache);
  if (there !== undefined) return { ...there, from: "cache", bytes: totalBytes(list) };
  return await gather(list, cache, base, async ({ name, pin }, part) => {
    const url = `${base}/${model}/resolve/${list.commit}/${name}`;
    let reported = 0;
    await orAdvice(
      url,
      downloadTo(url, {
        bytes: pin.bytes,
        part,
        check: (path) => fileMismatch(path, pin),
        ...transfer,
        onProgress: ({ receivedBytes }) => {
          onBytes?.(name, receivedBytes - reported);
          reported = receivedBytes;
        },
      }),
    );
  });
}

async function orAdvice<T>(url: string, transfer: Promise<T>): Promise<T> {
  try {
    return await transfer;
  } catch (error) {
    if (!(error instanceof BenchError)) throw error;
    const gated = / status 40[13],/.test(error.message);
    const advice = gated
      ? "accept the model's licence on its page and put an access token in HF_TOKEN"
      : "run again to continue, or use --mirror DIR|URL";
    throw new BenchError(`${url}: ${error.message}; ${advice}`);
  }
}
