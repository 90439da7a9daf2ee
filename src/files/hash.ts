/**
 * Hashes of bytes, text, JSON and files, as lower-case hexadecimal digits.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { sortKeys } from "./json.ts";

/** SHA-256 of bytes, or of a text in UTF-8. */
export function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Git's object name of a file with these bytes. */
export function gitBlobSha1(bytes: Uint8Array): string {
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/** SHA-256 of a JSON value with object keys in sorted order. */
export function jsonSha256(value: unknown): string {
  return sha256(JSON.stringify(sortKeys(value)));
}

/** Bytes of a file that are in memory at once. */
const READ_BYTES = 1 << 20;

/** SHA-256 of a file, which may be larger than memory. */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const buffer = new Uint8Array(READ_BYTES);
  for (let count = await file.read(buffer); count !== null; count = await file.read(buffer)) {
    hash.update(buffer.subarray(0, count));
  }
  return hash.digest("hex");
}
