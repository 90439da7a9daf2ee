/**
 * The code that decides numbers, file by file: a run continues only under the code that began it, and where it does not,
 * the files that changed are named.
 *
 * @module
 */
import { sha256 } from "../files/hash.ts";

/** Endings of what is loaded; what editors and systems leave between the sources has others, or a dot ahead. */
const LOADED = /^[^.].*\.(ts|js|c|py|wasm|so|dylib|dll)$/;

/**
 * SHA-256 by path of every source below `src/`, and of the lock file, which holds the versions of all packages.
 *
 * @param root folder of the code, for tests
 * @example
 * ```ts
 * import { assert } from "@std/assert";
 * import { sourceHashes } from "./source_hashes.ts";
 * assert("src/training/trainer.ts" in sourceHashes());
 * ```
 */
export function sourceHashes(root: URL = new URL("../..", import.meta.url)): Readonly<Record<string, string>> {
  const hashes: Record<string, string> = { "deno.lock": hashOf(new URL("deno.lock", root)) };
  const visit = (folder: URL, prefix: string) => {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
      const place = new URL(encodeURIComponent(name), folder);
      if (isDirectory) visit(new URL(`${place.href}/`), `${prefix}${name}/`);
      else if (isFile && LOADED.test(name)) hashes[prefix + name] = hashOf(place);
    }
  };
  visit(new URL("src/", root), "src/");
  return hashes;
}

function hashOf(place: URL): string {
  return sha256(Deno.readFileSync(place));
}
