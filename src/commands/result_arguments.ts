/**
 * Arguments that the commands on results share: files or folders of them, the results folder.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import {
  READABLE_FOLDERS,
  readAllResults,
  readResult,
  readResults,
  RESULT_VERSION_FOLDER,
  type StoredResult,
} from "../result/store.ts";

/** `results/v2`, or that below `--results`: where results are written. */
export function resultsFolder(flag?: string): string {
  return `${flag ?? "results"}/${RESULT_VERSION_FOLDER}`;
}

/** Files, and for a folder, or the `v1` and `v2` it holds, its `.json` and `.jsonl` files by name. */
export function expandFolders(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const named = path.replace(/(?<=.)\/+$/, "");
    if (!isFolder(named)) return [path];
    const versions = READABLE_FOLDERS.map((version) => `${named}/${version}`).filter(isFolder);
    const files = (versions.length > 0 ? versions : [named]).flatMap((folder) =>
      [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && /\.jsonl?$/.test(name))
        .map(({ name }) => name).sort().map((name) => `${folder}/${name}`)
    );
    if (files.length === 0) throw new BenchError(`Cannot read ${path}: the folder holds no .json or .jsonl file`);
    return files;
  });
}

/** Results of one side of a comparison: a file, several joined by commas, or a folder (also one that holds `v2`). */
export function readSide(argument: string): StoredResult[] {
  return argument.split(",").flatMap((path) => {
    if (!isFolder(path)) return [{ path, result: readResult(path) }];
    const own = readResults(path);
    const results = own.length > 0 ? own : readAllResults(path);
    if (results.length === 0) throw new BenchError(`Cannot read ${path}: the folder holds no result file`);
    return results;
  });
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
