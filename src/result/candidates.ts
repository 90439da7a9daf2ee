/**
 * Result files that can count. What the common rule leaves out by the name of its experiment alone is not even checked:
 * ablations are many.
 *
 * @module
 */
import { ablationsAmong, type ChoiceOptions, isAblation, type LeftOutReason } from "./choice.ts";
import { ResultReader } from "./reader.ts";
import { type OnSkipped, unlessSkipped } from "./skipped.ts";
import { type JsonFile, readJsonFile, refuseLinkOut, resultFolders, resultPaths, type StoredResult } from "./store.ts";

/** Files that may be results. */
export interface CandidateFiles {
  /** In the order of the results. */
  readonly paths: readonly string[];
  /** Whether somebody named them: those may be links; what lies in a folder may have been put there by anybody. */
  readonly named?: boolean;
  /** Is told of those that are none; absent: one that is none is an error. */
  readonly onSkipped?: OnSkipped | undefined;
}

/** Checked results, and why the others were not looked at. */
export interface Candidates {
  readonly results: readonly StoredResult[];
  readonly leftOut: readonly { readonly reason: LeftOutReason }[];
}

/** What counts, and who reads. */
export interface CandidateOptions extends Pick<ChoiceOptions, "experiments" | "ablations"> {
  /** Knows files that it need not check; by default none. */
  readonly reader?: ResultReader;
}

/**
 * The results below a folder that can count, all versions in turn, smoke runs last: `chooseResults` says which do.
 *
 * @throws {BenchError} If something is no result, and nobody is told
 */
export function readCandidates(
  folder: string,
  { onSkipped, ...options }: CandidateOptions & Pick<CandidateFiles, "onSkipped"> = {},
): Candidates {
  return candidates([{ paths: resultFolders(folder).flatMap(resultPaths), onSkipped }], options);
}

/**
 * Of these files the results that can count. A file that names no experiment is checked, and is no result.
 *
 * @throws {BenchError} If one of them is not valid, and nobody is told
 */
export function candidates(
  files: readonly CandidateFiles[],
  { experiments, ablations = [], reader = new ResultReader() }: CandidateOptions = {},
): Candidates {
  const results: StoredResult[] = [];
  const leftOut: { reason: LeftOutReason; source: CandidateFiles }[] = [];
  const read = (source: CandidateFiles, judge: (name: string | undefined) => LeftOutReason | undefined) => {
    for (const path of source.paths) {
      const found = unlessSkipped(path, () => {
        if (!source.named) refuseLinkOut(path);
        const file = readJsonFile(path);
        return judge(experimentOf(file)) ?? reader.read(path, file);
      }, source.onSkipped);
      if (typeof found === "string") leftOut.push({ reason: found, source: { ...source, paths: [path] } });
      else if (found !== undefined) results.push(found);
    }
  };
  for (const source of files) read(source, (name) => reasonAgainst(name, ablations, experiments));
  if (results.length > 0 || leftOut.some(({ reason }) => reason !== "ablation")) return { results, leftOut };
  // Who names ablations alone wants them.
  for (const { source } of leftOut) read(source, () => undefined);
  return { results, leftOut: [] };
}

/** Names of the ablations of results that are of nothing else. */
export function ablationsAlone({ results }: Candidates): string[] {
  const names = results.map(({ result }) => result.experiment.name);
  return names.every(isAblation) ? ablationsAmong(names) : [];
}

function reasonAgainst(
  name: string | undefined,
  ablations: readonly string[],
  experiments: readonly string[] | undefined,
): LeftOutReason | undefined {
  if (name === undefined) return undefined;
  if (experiments !== undefined) return experiments.includes(name) ? undefined : "another experiment";
  return isAblation(name) && !ablations.includes(name) ? "ablation" : undefined;
}

function experimentOf({ value }: JsonFile): string | undefined {
  const name = (value as { experiment?: { name?: unknown } } | null)?.experiment?.name;
  return typeof name === "string" ? name : undefined;
}
