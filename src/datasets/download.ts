/**
 * One pinned file over HTTP: what was received is kept in a `.part` file, continued by a range request, and becomes the
 * file only when its hash is right.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { type Pin, pinMismatch } from "./pin.ts";

/** How far a download is. */
export interface DownloadProgress {
  /** Where they come from. */
  readonly url: string;
  /** Bytes so far. */
  readonly receivedBytes: number;
  /** Length of the file, where the pin or the server states it. */
  readonly totalBytes?: number;
}

/** Options of {@link download}. */
export interface DownloadOptions {
  /** Told about bytes as they arrive. */
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** How often a broken transfer is continued before giving up (default 3). */
  readonly attempts?: number;
  /** Longest silence of the server, in milliseconds (default 30,000); fewer than 1,024 bytes are one. */
  readonly idleMs?: number;
  /** Headers of every request, e.g. an authorization. */
  readonly headers?: Readonly<Record<string, string>>;
}

const DEFAULT_ATTEMPTS = 3;
const DEFAULT_IDLE_MS = 30_000;
const HTTP_PARTIAL_CONTENT = 206;
const HTTP_NOT_FOUND = 404;
const HTTP_RANGE_NOT_SATISFIABLE = 416;

/** Bytes that must come while the server may be silent: a trickle is a silence. */
const FEWEST_BYTES = 1024;
/** Most bytes of an answer whose length nothing pins, such as a list of files. */
const MOST_UNPINNED_BYTES = 2 ** 26;

/** The server has no such file. */
export class MissingFile extends BenchError {}

/** There is no connection to the host, or no permission for one. */
export class UnreachableHost extends BenchError {}

/** The transfer broke: what was received stays, and another attempt may continue it. */
class BrokenTransfer extends BenchError {}

/**
 * Downloads `url` through `part`, which is gone afterwards unless the transfer broke.
 *
 * @returns the bytes; checked against the pin where there is one
 * @throws {BenchError} With what was found and what was expected
 */
export async function download(
  url: string,
  { pin, part, ...options }: { pin?: Pin; part: string } & DownloadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array();
  const check = async (path: string) => {
    bytes = Deno.readFileSync(path);
    return pin && pinMismatch(bytes, pin);
  };
  await downloadTo(url, { ...(pin?.bytes !== undefined && { bytes: pin.bytes }), part, check, ...options });
  Deno.removeSync(part);
  return bytes;
}

/**
 * Downloads `url` to the file `part`, whatever its size; continues what is there already.
 *
 * @param options.bytes length that the file must have, where known
 * @param options.check says what is wrong with the whole file; it is removed then
 * @throws {BenchError} With what was found and what was expected
 */
export async function downloadTo(
  url: string,
  { part, check, ...options }:
    & { bytes?: number; part: string; check: (path: string) => Promise<string | undefined> }
    & DownloadOptions,
): Promise<void> {
  const attempts = options.attempts ?? DEFAULT_ATTEMPTS;
  for (let attempt = 1;; attempt++) {
    const resumed = partSize(part) > 0;
    try {
      await transfer(url, { part, ...options });
    } catch (error) {
      if (error instanceof BrokenTransfer && attempt < attempts) continue;
      throw error;
    }
    const mismatch = await check(part);
    if (!mismatch) return;
    Deno.removeSync(part);
    // An earlier run may have left other bytes, so only a transfer from the first byte shows that the server is wrong.
    if (!resumed || attempt >= attempts) throw new BenchError(mismatch);
  }
}

/** One request: appends to `part` what the server sends. */
async function transfer(
  url: string,
  { bytes, part, headers, onProgress, idleMs = DEFAULT_IDLE_MS }: { bytes?: number; part: string } & DownloadOptions,
): Promise<void> {
  const start = partSize(part);
  if (bytes !== undefined && start >= bytes) return;
  const silence = new AbortController();
  const giveUp = () => silence.abort(new Error(`no data for ${idleMs / 1000} s`));
  let timer = setTimeout(giveUp, idleMs);
  const file = Deno.openSync(part, { create: true, write: true });
  let received = start;
  let answered = false;
  try {
    const response = await request(url, start, headers, silence.signal);
    answered = true;
    const continued = response.status === HTTP_PARTIAL_CONTENT &&
      response.headers.get("content-range")?.startsWith(`bytes ${start}-`) === true;
    if (!response.ok || (response.status === HTTP_PARTIAL_CONTENT && !continued)) {
      await response.body?.cancel();
      if (!response.ok && response.status !== HTTP_RANGE_NOT_SATISFIABLE) {
        const Refused = response.status === HTTP_NOT_FOUND ? MissingFile : BenchError;
        throw new Refused(`found HTTP status ${response.status}, expected the file`);
      }
      file.truncateSync(0);
      throw new BrokenTransfer(`found an answer that does not continue at byte ${start}`);
    }
    if (!continued) {
      file.truncateSync(0);
      received = 0;
    }
    file.seekSync(0, Deno.SeekMode.End);
    const length = response.headers.get("content-length");
    const totalBytes = length === null ? bytes : received + Number(length);
    if (bytes !== undefined && totalBytes !== bytes) {
      await response.body?.cancel();
      throw new BenchError(`found a file of ${totalBytes} bytes, expected ${bytes}`);
    }
    const most = totalBytes ?? MOST_UNPINNED_BYTES;
    let heard = received;
    for await (const chunk of response.body ?? []) {
      if (received + chunk.length > most) {
        // What is there is not the beginning of the right file.
        file.truncateSync(0);
        throw new BenchError(`found more than ${most} bytes, expected ${bytes ?? "a shorter answer"}`);
      }
      if (received + chunk.length - heard >= FEWEST_BYTES) {
        clearTimeout(timer);
        timer = setTimeout(giveUp, idleMs);
        heard = received + chunk.length;
      }
      for (let written = 0; written < chunk.length;) written += file.writeSync(chunk.subarray(written));
      received += chunk.length;
      onProgress?.({ url, receivedBytes: received, ...(totalBytes === undefined ? {} : { totalBytes }) });
    }
    if (totalBytes !== undefined && received < totalBytes) throw new BrokenTransfer(broken(received, totalBytes));
  } catch (error) {
    if (error instanceof BenchError) throw error;
    if (error instanceof Deno.errors.NotCapable) {
      // The one that a redirect leads to, where there was one.
      const host = /net access to "([^"]+)"/.exec(error.message)?.[1] ?? new URL(url).host;
      throw new UnreachableHost(`no permission for ${host}; add --allow-net=${host} to the task's deno command`);
    }
    const reason = error instanceof Error ? error.message : String(error);
    if (!answered) throw new UnreachableHost(`no connection (${reason})`);
    throw new BrokenTransfer(`${reason}; ${broken(received, bytes)}`);
  } finally {
    clearTimeout(timer);
    file.close();
    if (partSize(part) === 0) Deno.removeSync(part);
  }
}

function request(
  url: string,
  start: number,
  extra: Readonly<Record<string, string>> | undefined,
  signal: AbortSignal,
): Promise<Response> {
  // The pin is of the bytes as stored, and a range of compressed bytes could not be continued.
  const headers = new Headers({ ...extra, "accept-encoding": "identity" });
  if (start > 0) headers.set("range", `bytes=${start}-`);
  return fetch(url, { headers, signal });
}

function broken(received: number, total: number | undefined): string {
  return `the transfer broke after ${received}${total === undefined ? "" : ` of ${total}`} bytes`;
}

function partSize(part: string): number {
  try {
    return Deno.statSync(part).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
