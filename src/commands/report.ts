/**
 * `report`: results and samples -> one HTML page.
 *
 * @module
 */
import { dirname } from "node:path";
import { BenchError, UsageError } from "../errors.ts";
import { isPresent } from "../files/read.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";
import { readCandidates } from "../result/candidates.ts";
import { reportOf } from "../report/report.ts";
import { countText } from "../text/numbers.ts";
import { EXIT } from "./command.ts";
import { type Reading, whileReading } from "./reading.ts";
import type { ReportArguments } from "./descriptions/results.ts";

const STDOUT = "-";

/** Where a report is made from, and where it goes. */
export interface ReportPaths {
  /** Folder of results, whose `v1`, `v2` and `smoke` are read. */
  readonly results: string;
  /** Folder of runs, for samples. */
  readonly runs: string;
  /** The page (default `report.html` in the folder of results). `-` is standard output. */
  readonly output?: string;
}

/** @returns 0, or 1 where something was no result */
export async function run({ flags }: ReportArguments): Promise<number> {
  const results = flags.results ?? "results";
  if (flags.json === true && flags.output === STDOUT) {
    throw new UsageError("Cannot print both the page and --json on standard output: name a file with --output");
  }
  if (flags.runs !== undefined && !isPresent(flags.runs)) {
    throw new BenchError(`Cannot take samples from ${flags.runs}: there is no such folder; leave --runs out for runs/`);
  }
  return await whileReading(async (reading) => {
    const paths = { results, runs: flags.runs ?? "runs", output: flags.output ?? `${results}/report.html` };
    const written = await writeReport(paths, reading, flags);
    if (flags.json === true) console.log(JSON.stringify(written));
    else if (written.path !== STDOUT) {
      console.log(
        `${written.path}: ${
          countText(written.results, "result file")
        }, samples of ${written.sampleSets} datasets of arms, ` +
          `${(written.bytes / 1e6).toFixed(1)} MB`,
      );
    }
    return EXIT.ok;
  });
}

/** What {@link writeReport} wrote. */
export interface WrittenReport {
  readonly path: string;
  readonly bytes: number;
  readonly results: number;
  readonly sampleSets: number;
}

/**
 * Writes the report of the results of a folder.
 *
 * @param options problems of each dataset of an arm whose samples are on the page, 0 for none; also smoke runs; experiments
 * @throws {BenchError} If there is no result
 */
export async function writeReport(
  { results: folder, runs, output = `${folder}/report.html` }: ReportPaths,
  { reader, onSkipped }: Reading,
  { problems, smoke, experiments }: Pick<ReportArguments["flags"], "problems" | "smoke" | "experiments"> = {},
): Promise<WrittenReport> {
  const { results } = readCandidates(folder, { experiments, reader, onSkipped });
  const { page, ...counts } = await reportOf(results, folder, {
    runsFolder: runs,
    ...(problems !== undefined && { problems }),
    ...(smoke !== undefined && { smoke }),
    experiments,
    onSkipped,
  });
  if (output === STDOUT) console.log(page);
  else {
    makeFolder(dirname(output));
    writeFileAtomically(output, page);
  }
  return { path: output, bytes: new TextEncoder().encode(page).length, ...counts };
}
