/**
 * `leaderboard --export`: results in the formats of others, samples among them, and for trackers.
 *
 * @module
 */
import { dirname } from "node:path";
import { BenchError } from "../errors.ts";
import type { CommandOf } from "../exports/export_file.ts";
import { type ExportName, EXPORTS } from "../exports/formats.ts";
import { isSampleExport, SAMPLE_EXPORTS, type SampleExportName } from "../exports/samples/formats.ts";
import { storedSamples } from "../exports/samples/stored_samples.ts";
import { isTracker, type TrackerName, TRACKERS } from "../exports/trackers/formats.ts";
import { trackResults } from "../exports/trackers/tracking.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";
import type { OnSkipped } from "../result/skipped.ts";
import type { Result } from "../result/types.ts";
import { countText } from "../text/numbers.ts";

/** What `--export` takes. */
export type AnyExportName = ExportName | SampleExportName | TrackerName;

/** Where an export comes from and goes to. */
export interface ExportPlaces {
  /** Folder of runs, for formats that hold samples. */
  readonly runs: string;
  readonly folder: string;
  /** Is told of files of results among the runs that cannot be read. */
  readonly onSkipped?: OnSkipped | undefined;
}

/**
 * Writes results, and says which files.
 *
 * @throws {BenchError} If there is nothing that the format has a place for
 */
export async function exportResults(
  results: readonly Result[],
  name: AnyExportName,
  { runs, folder, onSkipped }: ExportPlaces,
  commandOf: CommandOf,
): Promise<void> {
  const fail = (reason: string) => {
    throw new BenchError(`Cannot export ${name}: found ${countText(results.length, "result")} that count, ${reason}`);
  };
  if (results.length === 0) fail("expected at least one; --smoke and --partial take others too");
  if (isTracker(name)) {
    trackResults(results, await TRACKERS[name](), folder);
    console.error(`wrote ${countText(results.length, "result")} for ${name} into ${folder}`);
  } else if (isSampleExport(name)) {
    const write = await SAMPLE_EXPORTS[name]();
    let count = 0;
    for (const stored of storedSamples(runs, results, onSkipped)) {
      count++;
      for await (const { path, content } of write(stored, commandOf)) writeFile(`${folder}/${path}`, content);
    }
    if (count === 0) fail(`and in ${runs}/ samples of none of them; --runs names where their runs are`);
  } else {
    const files = (await EXPORTS[name]())(results, commandOf);
    if (files.length === 0) fail("none that the format has a place for (results/README.md)");
    for (const { path, text } of files) writeFile(`${folder}/${path}`, text);
  }
}

function writeFile(path: string, content: string | Uint8Array): void {
  makeFolder(dirname(path));
  writeFileAtomically(path, content);
  console.error(`wrote ${path}`);
}
