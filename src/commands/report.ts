/**
 * `report`: results and samples -> one HTML page.
 *
 * @module
 */
import { type CommandArguments, EXIT } from "./command.ts";
import { loadDataset } from "../datasets/registry.ts";
import { BenchError, UsageError } from "../errors.ts";
import { isPresent } from "../files/read.ts";
import { countText } from "../text/numbers.ts";
import { reportPage } from "../report/page.ts";
import { DEFAULT_SAMPLE_LIMITS, type Questions, readSampleSets } from "../report/sample_sets.ts";
import { makeFolder, writeFileAtomically } from "../files/write.ts";
import { readResults } from "../result/store.ts";
import type { Result } from "../result/types.ts";

const STDOUT = "-";

/** Where a report is made from, and where it goes. */
export interface ReportPaths {
  /** Folder of results, whose `v1` is read. */
  readonly results: string;
  /** Folder of runs, for samples. */
  readonly runs: string;
  /** The page (default `report.html` in the folder of results). `-` is standard output. */
  readonly output?: string;
}

/** @returns 0 */
export async function run({ flags }: CommandArguments): Promise<number> {
  const text = (value: unknown, otherwise: string) => typeof value === "string" ? value : otherwise;
  const results = text(flags.results, "results");
  if (flags.json === true && flags.output === STDOUT) {
    throw new UsageError("Cannot print both the page and --json on standard output: name a file with --output");
  }
  if (typeof flags.runs === "string" && !isPresent(flags.runs)) {
    throw new BenchError(`Cannot take samples from ${flags.runs}: there is no such folder; leave --runs out for runs/`);
  }
  const written = await writeReport({
    results,
    runs: text(flags.runs, "runs"),
    output: text(flags.output, `${results}/report.html`),
  }, Number(flags.problems ?? DEFAULT_SAMPLE_LIMITS.problems));
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
}

/** What {@link writeReport} wrote. */
export interface WrittenReport {
  readonly path: string;
  readonly bytes: number;
  readonly results: number;
  readonly sampleSets: number;
}

/**
 * Writes the report of all results of a folder.
 *
 * @param problems shown of each dataset of an arm, with samples; 0 for none
 * @throws {BenchError} If there is no result, or one is not valid
 */
export async function writeReport(
  { results: folder, runs, output = `${folder}/report.html` }: ReportPaths,
  problems = DEFAULT_SAMPLE_LIMITS.problems,
): Promise<WrittenReport> {
  const results: Result[] = readResults(`${folder}/v1`).map(({ result }) => result);
  if (results.length === 0) {
    throw new BenchError(`Cannot make a report: ${folder}/v1 has no result files; \`deno task bench\` writes some`);
  }
  const samples = problems === 0
    ? []
    : await readSampleSets(runs, results, questionsAtHand, { ...DEFAULT_SAMPLE_LIMITS, problems });
  const page = reportPage({ results, samples });
  if (output === STDOUT) console.log(page);
  else {
    const slash = output.lastIndexOf("/");
    if (slash > 0) makeFolder(output.slice(0, slash));
    writeFileAtomically(output, page);
  }
  return {
    path: output,
    bytes: new TextEncoder().encode(page).length,
    results: results.length,
    sampleSets: samples.length,
  };
}

/** Questions of generated datasets, and of published ones that were fetched; a report needs none. */
const questionsAtHand: Questions = async (name) => {
  try {
    const { problems } = await loadDataset(name);
    return new Map(problems.map((problem) => [problem.id, problem]));
  } catch (error) {
    if (error instanceof BenchError) return undefined;
    throw error;
  }
};
