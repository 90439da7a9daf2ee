/**
 * A file with its SHA-256 beside it, in the form of `sha256sum`, so that a change of either is seen.
 *
 * @module
 */
import { dirname } from "node:path";
import { sha256 } from "./hash.ts";
import { isPresent, readBytesIfPresent } from "./read.ts";
import { makeFolder, writeFileAtomically } from "./write.ts";

/** Writes a file, and what it must be before it. Its folder is made. */
export function writeHashedFile(path: string, content: string): void {
  makeFolder(dirname(path));
  writeFileAtomically(hashPath(path), hashLine(path, sha256(content)));
  writeFileAtomically(path, content);
}

/** Whether such a file, or what is left of one, is there. */
export function isWrittenWithHash(path: string): boolean {
  return isPresent(path) || isPresent(hashPath(path));
}

/** What is wrong with such a file, with its path; undefined where it is as it was written. */
export function hashedFileFault(path: string): string | undefined {
  const content = readBytesIfPresent(path);
  if (content === undefined) return `${path} is missing`;
  const found = readBytesIfPresent(hashPath(path));
  const whole = found !== undefined && new TextDecoder().decode(found) === hashLine(path, sha256(content));
  return whole ? undefined : `${path} has changed since it was written`;
}

function hashPath(path: string): string {
  return `${path}.sha256`;
}

function hashLine(path: string, hash: string): string {
  return `${hash}  ${path.slice(path.lastIndexOf("/") + 1)}\n`;
}
