/**
 * The hashes on record of the built kernels.
 *
 * @module
 */
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL("./", import.meta.url));
/** A line for each file: its SHA-256, two spaces, its name, as `sha256sum` writes them. */
export const HASH_FILE = new URL("./kernels.sha256", import.meta.url);

/** Name of a built file in the record: its path from here. */
export function kernelName(file: URL): string {
  return fileURLToPath(file).slice(FOLDER.length).replaceAll("\\", "/");
}

/** The hash on record of a file; undefined where there is none. */
export async function recordedHash(file: URL): Promise<string | undefined> {
  const lines = (await Deno.readTextFile(HASH_FILE)).split("\n").map((line) => line.split("  "));
  return lines.find(([, name]) => name === kernelName(file))?.[0];
}
