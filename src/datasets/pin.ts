/**
 * What a published file must be, byte for byte: the pin decides, not the address it was downloaded from.
 *
 * @module
 */
import { gitBlobSha1, sha256 } from "../files/hash.ts";

/** At least one of the two hashes is there; `bytes` is the length of the file. */
export type Pin =
  & { readonly bytes?: number }
  & (
    | { readonly sha256: string; readonly gitBlobSha1?: string }
    /** Git's name of the content: SHA-1 of `"blob <bytes>\0"` and the bytes. */
    | { readonly sha256?: string; readonly gitBlobSha1: string }
  );

/**
 * What is wrong with these bytes, as `found …, expected …`; undefined where every part of the pin agrees.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * const bytes = new TextEncoder().encode("hello\n");
 * assertEquals(pinMismatch(bytes, { gitBlobSha1: "ce013625030ba8dba906f756967f9e9ca394464a" }), undefined);
 * assertEquals(pinMismatch(bytes, { bytes: 9, gitBlobSha1: "" }), "found 6 bytes, expected 9");
 * ```
 */
export function pinMismatch(bytes: Uint8Array, pin: Pin): string | undefined {
  if (pin.bytes !== undefined && bytes.length !== pin.bytes) {
    return `found ${bytes.length} bytes, expected ${pin.bytes}`;
  }
  if (pin.sha256 !== undefined && sha256(bytes) !== pin.sha256) {
    return `found sha256 ${sha256(bytes)}, expected ${pin.sha256}`;
  }
  if (pin.gitBlobSha1 !== undefined && gitBlobSha1(bytes) !== pin.gitBlobSha1) {
    return `found git blob ${gitBlobSha1(bytes)}, expected ${pin.gitBlobSha1}`;
  }
}

/** The hash that names the pinned file: SHA-256 where it is known, else Git's object name. */
export function pinName(pin: Pin): string {
  return pin.sha256 ?? pin.gitBlobSha1!;
}
