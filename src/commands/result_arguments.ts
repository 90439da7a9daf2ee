/**
 * Arguments that the commands on results share: files or folders of them, the results folder.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import { ablationsAlone, type CandidateFiles, candidates } from "../result/candidates.ts";
import { leftOutText } from "../result/choice.ts";
import type { OnSkipped } from "../result/skipped.ts";
import { RESULT_VERSION_FOLDER, resultFolders, resultPaths, type StoredResult } from "../result/store.ts";
import type { Reading } from "./reading.ts";

/** `results/v2`, or that below `--results`: where results are written. */
export function resultsFolder(flag?: string): string {
  return `${flag ?? "results"}/${RESULT_VERSION_FOLDER}`;
}

/**
 * Files, and for a folder, or the folders of results that it holds, what is named `.json` and `.jsonl`, by name. Hidden
 * files are not.
 */
export function expandFolders(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const named = path.replace(/(?<=.)\/+$/, "");
    if (!isFolder(named)) return [path];
    const results = resultFolders(named).filter(isFolder);
    const files = (results.length > 0 ? results : [named]).flatMap((folder) =>
      [...Deno.readDirSync(folder)].filter(({ name }) => /^[^.].*\.jsonl?$/.test(name))
        .map(({ name }) => name).sort().map((name) => `${folder}/${name}`)
    );
    if (files.length === 0) throw new BenchError(`Cannot read ${path}: the folder holds no .json or .jsonl file`);
    return files;
  });
}

/**
 * Results of the sides of a comparison, each a file, several joined by commas, or a folder (also one that holds `v2` and
 * the like). Of folders those that can count, which is where a side is of ablations alone also the other's of them.
 *
 * @throws {BenchError} If a file that is named is no result; of those in a folder the reading takes note
 */
export function readSides(
  sides: readonly string[],
  { experiments }: { readonly experiments?: readonly string[] | undefined },
  { reader, onSkipped }: Reading,
): (readonly StoredResult[])[] {
  const files = sides.map((side) => filesOfSide(side, onSkipped));
  const read = files.map((own) => candidates(own, { experiments, reader }));
  const ablations = read.flatMap(ablationsAlone);
  return read.map((own, s) => {
    const missing = ablations.length > 0 && own.leftOut.some(({ reason }) => reason === "ablation");
    const { results, leftOut } = missing ? candidates(files[s], { experiments, ablations, reader }) : own;
    const text = leftOutText({ leftOut });
    if (text !== undefined) console.error(`${sides[s]}: left out ${text}`);
    return results;
  });
}

function filesOfSide(argument: string, onSkipped: OnSkipped): CandidateFiles[] {
  return argument.split(",").map((path) => {
    if (!isFolder(path)) return { paths: [path], named: true };
    // A folder of results also holds what was made of them.
    const folders = resultFolders(path);
    const paths = (folders.some(isFolder) ? folders : [path]).flatMap(resultPaths);
    if (paths.length === 0) throw new BenchError(`Cannot read ${path}: the folder holds no result file`);
    return { paths, onSkipped };
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
