/**
 * Files of a model -> a folder of the cache, which has its name only when every file is there and is what its pin says.
 *
 * @module
 */
import { BenchError } from "../../errors.ts";
import { isPresent } from "../../files/read.ts";
import { renameDurably, writeFileAtomically } from "../../files/write.ts";
import { type CachedModel, FILE_LIST } from "./cache.ts";
import { fileMismatch, type HubFile, type HubFileList } from "./file_list.ts";

/** A model that is in the cache now. */
export interface FetchedModel extends CachedModel {
  /** `cache`, or the folder, file or address it came from. */
  readonly from: string;
  /** Bytes of all files. */
  readonly bytes: number;
}

/**
 * Gets every file that an earlier run left missing, then gives the folder its name.
 *
 * @param from where the files are from, as the result states it
 * @param get puts a file at a path; it has checked what it put there
 * @throws {BenchError} If a file cannot be had
 */
export async function gather(
  list: HubFileList,
  cache: string,
  from: string,
  get: (file: HubFile, part: string) => Promise<void>,
): Promise<FetchedModel> {
  const { model, commit } = list;
  const folder = `${cache}/${model}/${commit}`;
  const partial = `${folder}.partial`;
  Deno.mkdirSync(partial, { recursive: true });
  for (const file of list.files) {
    const path = `${partial}/${file.name}`;
    // Files get their names once they are checked.
    if (isPresent(path)) continue;
    try {
      await get(file, `${path}.part`);
    } catch (error) {
      if (!(error instanceof BenchError)) throw error;
      throw new BenchError(`${file.name}: ${error.message}`);
    }
    renameDurably(`${path}.part`, path);
  }
  writeFileAtomically(`${partial}/${FILE_LIST}`, JSON.stringify(list, null, 2) + "\n");
  renameDurably(partial, folder);
  return { model, commit, folder, from, bytes: totalBytes(list) };
}

/**
 * Copies a file and compares the copy with its pin; nothing of it is left where they differ.
 *
 * @throws {BenchError} If they differ
 */
export async function copyChecked(source: string, part: string, pin: HubFile["pin"]): Promise<void> {
  await Deno.copyFile(source, part);
  const mismatch = await fileMismatch(part, pin);
  if (mismatch === undefined) return;
  Deno.removeSync(part);
  throw new BenchError(mismatch);
}

/** Bytes of all files. */
export function totalBytes({ files }: HubFileList): number {
  return files.reduce((sum, { pin }) => sum + pin.bytes, 0);
}
