/**
 * The prebuilt library that fits this machine, or why none does.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { BenchError } from "../../errors.ts";
import { sha256 } from "../../files/hash.ts";
import { readBytesIfPresent } from "../../files/read.ts";
import { recordedHash } from "../kernel_hashes.ts";
import type { CKernels } from "./library.ts";
import { libraryFile, TARGETS } from "./targets.ts";

/** A library that loads, or the reason why there is none. */
export type FoundLibrary = { readonly native: CKernels } | { readonly reason: string };

/**
 * Looks for the library of this machine. It is opened only if its bytes have the hash on record.
 *
 * @param machine another one in tests
 * @param read what a file holds; something else in tests
 * @throws {BenchError} If a library has another hash
 */
export async function findPrebuilt(
  { os, arch }: Pick<typeof Deno.build, "os" | "arch"> = Deno.build,
  read: (file: URL) => Uint8Array | undefined = readBytesIfPresent,
): Promise<FoundLibrary> {
  const target = TARGETS.find((each) => each.os === os && each.arch === arch);
  if (target === undefined) return { reason: `there is no native library for ${os} ${arch}` };
  const file = libraryFile(target.library), library = fileURLToPath(file);
  // Asked, not tried: a program with a terminal would ask its user.
  if (Deno.permissions.querySync({ name: "ffi", path: library }).state !== "granted") {
    return { reason: "native code is not allowed" };
  }
  const bytes = read(file);
  if (bytes === undefined) return { reason: `${target.library} is not here` };
  const [found, expected] = [sha256(bytes), await recordedHash(file)];
  if (found !== expected) {
    throw new BenchError(
      `Cannot load ${library}: its SHA-256 is ${found}, kernels.sha256 has ${expected}; ` +
        "take the file from the repository again, or give --sandboxed",
    );
  }
  return askLanes(library);
}

function askLanes(library: string): FoundLibrary {
  let opened;
  try {
    opened = Deno.dlopen(library, { lanes: { parameters: [], result: "i32" } });
  } catch (error) {
    return { reason: `the native library does not load: ${error instanceof Error ? error.message : error}` };
  }
  const lanes = opened.symbols.lanes();
  opened.close();
  if (lanes === 0) return { reason: "this processor lacks instructions of the native library (x86-64-v3)" };
  return { native: { kind: "c", library, lanes } };
}
