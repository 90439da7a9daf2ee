/**
 * The samples of results, where the runs that drew them are at hand.
 *
 * @module
 */
import { basename } from "node:path";
import { isWithheld } from "../../datasets/registry.ts";
import type { Sample } from "../../evaluation/sample.ts";
import { datasetFileName } from "../../experiment/run_paths.ts";
import { readRows } from "../../files/chained_lines.ts";
import { contentSha256 } from "../../result/serialize.ts";
import { type OnSkipped, unlessSkipped } from "../../result/skipped.ts";
import { fileContentSha256, refuseLinkOut, resultPaths } from "../../result/store.ts";
import type { Result } from "../../result/types.ts";

/** A result, and its samples. */
export interface StoredSamples {
  readonly result: Result;
  /** Of its content. */
  readonly hash: string;
  /** The samples on a dataset; none where its owners ask that nothing of it be shown. */
  rowsOf(dataset: string): readonly Sample[];
}

/**
 * Those of these results that have a run folder below `runs`, one by one.
 *
 * @param runs folder of all runs; absent is empty
 * @param onSkipped is told of files that cannot be read
 */
export function* storedSamples(
  runs: string,
  results: readonly Result[],
  onSkipped?: OnSkipped,
): Generator<StoredSamples> {
  const wanted = new Map(results.map((result) => [contentSha256(result), result]));
  for (const folder of subfolders(runs)) {
    for (const path of [...resultPaths(`${folder}/results`), ...resultPaths(`${folder}/results/out-of-domain`)]) {
      // Its hash says whether it is one of those that were checked; what is in the folder otherwise is not looked at.
      const hash = unlessSkipped(path, () => {
        refuseLinkOut(path);
        return fileContentSha256(path);
      }, onSkipped);
      const result = wanted.get(hash ?? "");
      if (hash === undefined || result === undefined) continue;
      wanted.delete(hash);
      const samples = `${folder}/samples/${basename(path, ".json")}`;
      const rowsOf = (dataset: string) =>
        isWithheld(dataset) ? [] : readRows<Sample>(`${samples}/${datasetFileName(dataset)}`);
      yield { result, hash, rowsOf };
    }
  }
}

function subfolders(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].filter((entry) => entry.isDirectory).map(({ name }) => `${folder}/${name}`)
      .sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
