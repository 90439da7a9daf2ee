/**
 * Arguments that the commands on results share: files or folders of them, lists of k, the results folder.
 *
 * @module
 */
import { BenchError, UsageError } from "../errors.ts";
import { readResult, readResults, type StoredResult } from "../result/store.ts";

type FlagValue = string | number | boolean | readonly string[] | undefined;

/** Where results of schema v1 lie below the folder that `--results` names. */
const RESULT_VERSION_FOLDER = "v1";

/** `results/v1`, or that below `--results`. */
export function resultsFolder(flag: FlagValue): string {
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

/** A flag that lists numbers of samples, under the name that metrics have; nothing where it is not given. */
export function flagSizes<K extends string>(key: K, flag: string, value: FlagValue): { [key in K]?: number[] } {
  if (value === undefined) return {};
  const sizes = [value].flat().map((text) => {
    const k = Number(text);
    if (Number.isInteger(k) && k >= 1) return k;
    throw new UsageError(`Cannot use --${flag} ${text}: expected numbers of samples, such as 1,32`);
  });
  return { [key]: sizes } as { [key in K]?: number[] };
}
