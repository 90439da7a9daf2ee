/**
 * The hashes on record: of the kernels as they were built, and of the sources that they were built from.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { sha256 } from "../files/hash.ts";

const FOLDER = fileURLToPath(new URL("./", import.meta.url));
/** A line for each file: its SHA-256, two spaces, its name, as `sha256sum` writes them. */
export const HASH_FILE = new URL("./kernels.sha256", import.meta.url);
/** The folder of what is compiled. */
export const KERNEL_SOURCES = new URL("./kernels/", import.meta.url);

/** Name of a file in the record: its path from here. */
export function kernelName(file: URL): string {
  return fileURLToPath(file).slice(FOLDER.length).replaceAll("\\", "/");
}

/** The record of some files. */
export function hashLines(files: readonly { readonly file: URL; readonly bytes: Uint8Array }[]): string {
  return files.map(({ file, bytes }) => `${sha256(bytes)}  ${kernelName(file)}\n`).join("");
}

/** All sources, by name, then what the entries for FFI are made of. */
export function kernelSources(): { file: URL; bytes: Uint8Array }[] {
  const names = [...Deno.readDirSync(KERNEL_SOURCES)].map(({ name }) => name).sort();
  const files = [
    ...names.map((name) => new URL(name, KERNEL_SOURCES)),
    new URL("./native/signatures.ts", import.meta.url),
  ];
  return files.map((file) => ({ file, bytes: Deno.readFileSync(file) }));
}

/** The hash on record of a file; undefined where there is none. */
export async function recordedHash(file: URL): Promise<string | undefined> {
  const lines = (await Deno.readTextFile(HASH_FILE)).split("\n").map((line) => line.split("  "));
  return lines.find(([, name]) => name === kernelName(file))?.[0];
}
