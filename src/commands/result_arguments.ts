/**
 * Arguments that the commands on results share: files or folders of them, the results folder.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { ablationsAlone, candidates, readUnchecked, type UncheckedResult } from "../result/candidates.ts";
import { leftOutText } from "../result/choice.ts";
import { RESULT_VERSION_FOLDER, resultFolders, resultPaths, type StoredResult } from "../result/store.ts";

/** `results/v2`, or that below `--results`: where results are written. */
export function resultsFolder(flag?: string): string {
  return `${flag ?? "results"}/${RESULT_VERSION_FOLDER}`;
}

/** Files, and for a folder, or the folders of results that it holds, its `.json` and `.jsonl` files by name. */
export function expandFolders(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const named = path.replace(/(?<=.)\/+$/, "");
    if (!isFolder(named)) return [path];
    const results = resultFolders(named).filter(isFolder);
    const files = (results.length > 0 ? results : [named]).flatMap((folder) =>
      [...Deno.readDirSync(folder)].filter(({ name, isFile }) => isFile && /\.jsonl?$/.test(name))
        .map(({ name }) => name).sort().map((name) => `${folder}/${name}`)
    );
    if (files.length === 0) throw new BenchError(`Cannot read ${path}: the folder holds no .json or .jsonl file`);
    return files;
  });
}

/**
 * Results of the sides of a comparison, each a file, several joined by commas, or a folder (also one that holds `v2` and
 * the like). Of folders those that can count, which is where a side is of ablations alone also the other's of them.
 */
export function readSides(
  sides: readonly string[],
  options: { readonly experiments?: readonly string[] | undefined },
): (readonly StoredResult[])[] {
  const files = sides.map(filesOfSide);
  const ablations = files.flatMap(ablationsAlone);
  return files.map((own, s) => {
    const { results, leftOut } = candidates(own, { ...options, ablations });
    const text = leftOutText({ leftOut });
    if (text !== undefined) console.error(`${sides[s]}: left out ${text}`);
    return results;
  });
}

function filesOfSide(argument: string): UncheckedResult[] {
  return argument.split(",").flatMap((path) => {
    if (!isFolder(path)) return [readUnchecked(path)];
    // A folder of results also holds what was made of them.
    const folders = resultFolders(path);
    const files = (folders.some(isFolder) ? folders : [path]).flatMap(resultPaths).map(readUnchecked);
    if (files.length === 0) throw new BenchError(`Cannot read ${path}: the folder holds no result file`);
    return files;
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
