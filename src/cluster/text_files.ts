/**
 * The text files of a folder, as they are handed back.
 *
 * @module
 */
import { readBytesBounded } from "../files/read.ts";
import type { ReturnedFile } from "./returned_files.ts";

/** A result file of ten thousand problems takes a third of it. */
const LARGEST_FILE = 64 << 20;

/** Text files below a folder whose names end so, in order of path; none where there is no such folder. */
export function filesBelow(folder: string, ending: string, prefix = ""): ReturnedFile[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return entries.sort((a, b) => a.name < b.name ? -1 : 1).flatMap(({ name, isDirectory, isFile }) => {
    if (isDirectory) return filesBelow(`${folder}/${name}`, ending, `${prefix}${name}/`);
    if (!isFile || !name.endsWith(ending)) return [];
    const text = new TextDecoder().decode(readBytesBounded(`${folder}/${name}`, LARGEST_FILE));
    return [{ path: prefix + name, text }];
  });
}
