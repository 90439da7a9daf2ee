/**
 * Result files that can count. What the common rule leaves out by the name of its experiment alone is not even checked:
 * deriving metrics again takes a tenth of a second a file, and ablations are many.
 *
 * @module
 */
import { ablationsAmong, type ChoiceOptions, isAblation, type LeftOutReason } from "./choice.ts";
import { parseResult, readJson, resultFolders, resultPaths, type StoredResult } from "./store.ts";

/** A result file as it was read, not checked yet. */
export interface UncheckedResult {
  readonly path: string;
  readonly value: unknown;
}

/** Checked results, and why the others were not looked at. */
export interface Candidates {
  readonly results: readonly StoredResult[];
  readonly leftOut: readonly { readonly reason: LeftOutReason }[];
}

/** @throws {BenchError} If there is no such file, or if it is not JSON */
export function readUnchecked(path: string): UncheckedResult {
  return { path, value: readJson(path) };
}

/**
 * The results below a folder that can count, as `readAllResults` orders them.
 *
 * @throws {BenchError} If one of them is not valid
 */
export function readCandidates(folder: string, options: Pick<ChoiceOptions, "experiments"> = {}): Candidates {
  return candidates(resultFolders(folder).flatMap(resultPaths).map(readUnchecked), options);
}

/**
 * Of these files the results that can count. A file that names no experiment is checked, and refused.
 *
 * @throws {BenchError} If one of them is not valid
 */
export function candidates(
  files: readonly UncheckedResult[],
  { experiments, ablations = [] }: Pick<ChoiceOptions, "experiments" | "ablations"> = {},
): Candidates {
  const wanted = new Set([...ablations, ...ablationsAlone(files)]);
  const judged = files.map((file) => ({ file, reason: reasonAgainst(experimentOf(file), wanted, experiments) }));
  return {
    results: judged.filter(({ reason }) => reason === undefined)
      .map(({ file: { path, value } }) => ({ path, result: parseResult(value, path) })),
    leftOut: judged.flatMap(({ reason }) => reason === undefined ? [] : [{ reason }]),
  };
}

/** Names of the ablations of files that are of nothing else. */
export function ablationsAlone(files: readonly UncheckedResult[]): string[] {
  const names = files.map((file) => experimentOf(file) ?? "");
  return names.every(isAblation) ? ablationsAmong(names) : [];
}

function reasonAgainst(
  name: string | undefined,
  wanted: ReadonlySet<string>,
  experiments: readonly string[] | undefined,
): LeftOutReason | undefined {
  if (name === undefined) return undefined;
  if (experiments !== undefined) return experiments.includes(name) ? undefined : "another experiment";
  return isAblation(name) && !wanted.has(name) ? "ablation" : undefined;
}

function experimentOf({ value }: UncheckedResult): string | undefined {
  const name = (value as { experiment?: { name?: unknown } } | null)?.experiment?.name;
  return typeof name === "string" ? name : undefined;
}
