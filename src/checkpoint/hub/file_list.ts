/**
 * Which files of a model are needed and what each must be: read from the hub's API once, then kept beside the files.
 *
 * @module
 */
import type { Pin } from "../../datasets/pin.ts";
import { BenchError } from "../../errors.ts";
import { fileSha256, gitBlobSha1 as blobHash } from "../../files/hash.ts";
import type { JsonRecord } from "../../files/read.ts";
import { COMPANION_FILES } from "../checkpoint.ts";
import { isCommit } from "./reference.ts";

/** One file, pinned by length and by SHA-256 (large files) or Git's object name. */
export interface HubFile {
  readonly name: string;
  readonly pin: Pin & { readonly bytes: number };
}

/** A model at one commit. */
export interface HubFileList {
  /** `org/name`. */
  readonly model: string;
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly files: readonly HubFile[];
}

/** The one file of a model that was taken from a GGUF; of a repository of the hub no such file is fetched. */
export const GGUF_FILE = "model.gguf";

const WEIGHTS = /^model(-\d+-of-\d+)?\.safetensors$/;
const NEEDED: ReadonlySet<string> = new Set(["config.json", "model.safetensors.index.json", ...COMPANION_FILES]);

/**
 * Reads what `/api/models/<model>/revision/<revision>?blobs=true` answers; other files of the repository are left out.
 *
 * @throws {BenchError} If it is not such an answer, or the model has no configuration or no safetensors weights
 */
export function parseHubAnswer(model: string, answer: JsonRecord): HubFileList {
  const { sha, siblings } = answer;
  if (typeof sha !== "string" || !isCommit(sha) || !Array.isArray(siblings)) {
    throw new BenchError(`found an answer without a commit and its files, expected the hub's list of ${model}`);
  }
  const files: HubFile[] = [];
  for (const sibling of siblings as (Record<string, unknown> | null)[]) {
    const { rfilename: name, size, blobId, lfs } = sibling ?? {};
    if (!isModelFile(name)) continue;
    const large = lfs as { sha256?: string; oid?: string; size?: number } | undefined;
    const sha256 = large?.sha256 ?? large?.oid;
    const bytes = large?.size ?? size;
    const pin = sha256 !== undefined ? { sha256 } : { gitBlobSha1: blobId };
    if (!isLength(bytes) || !/^[0-9a-f]{40,64}$/.test(String(Object.values(pin)[0]))) {
      throw new BenchError(`found no length and hash of ${name}, expected them in the hub's list of ${model}`);
    }
    if (files.some((file) => file.name === name)) {
      throw new BenchError(`found ${name} a second time in the hub's list of ${model}, expected each file once`);
    }
    files.push({ name, pin: { bytes, ...pin } as HubFile["pin"] });
  }
  const missing = ["config.json", "tokenizer.json"].filter((name) => !files.some((file) => file.name === name));
  if (missing.length > 0) {
    throw new BenchError(`found no ${missing.join(", no ")} in ${model}, expected a model's files`);
  }
  if (!files.some(({ name }) => WEIGHTS.test(name))) {
    throw new BenchError(`found no safetensors weights in ${model}, expected model.safetensors or its shards`);
  }
  return { model, commit: sha, files };
}

/** Whether a model has files of this name; none of them lies in another folder. */
export function isModelFile(name: unknown): name is string {
  return typeof name === "string" && (NEEDED.has(name) || WEIGHTS.test(name));
}

function isLength(bytes: unknown): bytes is number {
  return Number.isSafeInteger(bytes) && (bytes as number) >= 0;
}

/** Whether a value is a list of files as this program keeps it, whoever wrote it. */
export function isFileList(value: unknown): value is HubFile[] {
  return Array.isArray(value) && value.every((file) => {
    const { name, pin } = (file ?? {}) as {
      name?: unknown;
      pin?: { bytes?: unknown; sha256?: unknown; gitBlobSha1?: unknown };
    };
    const hash = pin?.sha256 ?? pin?.gitBlobSha1;
    return (isModelFile(name) || name === GGUF_FILE) && isLength(pin?.bytes) && typeof hash === "string" &&
      /^[0-9a-f]{40,64}$/.test(hash);
  });
}

/** What is wrong with a file on the disk, or undefined; reads it in pieces. */
export async function fileMismatch(
  path: string,
  { bytes, sha256, gitBlobSha1 }: HubFile["pin"],
): Promise<string | undefined> {
  const { size } = await Deno.stat(path);
  if (size !== bytes) return `found ${size} bytes, expected ${bytes}`;
  if (sha256 !== undefined) {
    const found = await fileSha256(path);
    return found === sha256 ? undefined : `found sha256 ${found}, expected ${sha256}`;
  }
  // Files that are not stored apart are small.
  const found = blobHash(await Deno.readFile(path));
  return found === gitBlobSha1 ? undefined : `found git blob ${found}, expected ${gitBlobSha1}`;
}
