/**
 * Arguments that the commands on results share: files or folders of them, the results folder.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { readResult, readResults, type StoredResult } from "../result/store.ts";

/** Where results of schema v1 lie below the folder that `--results` names. */
const RESULT_VERSION_FOLDER = "v1";

/** `results/v1`, or that below `--results`. */
export function resultsFolder(flag?: string): string {
  return `${flag ?? "results"}/${RESULT_VERSION_FOLDER}`;
}

/** Files, and for a folder, or the `v1` it holds, its `.json` and `.jsonl` files by name. */
export function expandFolders(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const named = path.replace(/(?<=.)\/+$/, "");
    if (!isFolder(named)) return [path];
    const trimmed = isFolder(resultsFolder(named)) ? resultsFolder(named) : named;
    const names = [...Deno.readDirSync(trimmed)].filter(({ name, isFile }) => isFile && /\.jsonl?$/.test(name))
      .map(({ name }) => name).sort();
    if (names.length === 0) throw new BenchError(`Cannot read ${path}: the folder holds no .json or .jsonl file`);
    return names.map((name) => `${trimmed}/${name}`);
  });
}

/** Results of one side of a comparison: a file, several joined by commas, or a folder (also one that holds `v1`). */
export function readSide(argument: string): StoredResult[] {
  return argument.split(",").flatMap((path) => {
    if (!isFolder(path)) return [{ path, result: readResult(path) }];
    const own = readResults(path);
    const results = own.length > 0 ? own : readResults(resultsFolder(path));
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
