/**
 * All arms of an experiment under all its seeds, one after another; a failed arm becomes a failed result and does not
 * stop the others.
 *
 * @module
 */
import { runArm } from "./arm_run.ts";
import { InterruptedError } from "./cli/interruption.ts";
import { armRuns } from "./config.ts";
import { BenchError } from "./errors.ts";
import { requireWritableFolder } from "./json_lines.ts";
import { dateTime, now, type Progress } from "./progress.ts";
import type { Result } from "./result/types.ts";
import { writeResult } from "./result/store.ts";
import { runLabel } from "./run_folder.ts";
import type { Workbench } from "./workbench.ts";

/** How an experiment is run. */
export interface ExperimentOptions {
  /** Folder of published results. */
  readonly results: string;
  readonly progress: Progress;
  readonly abort?: AbortSignal;
  readonly host: string;
}

/** What an experiment came to. */
export interface ExperimentOutcome {
  readonly results: readonly { readonly path: string; readonly result: Result }[];
  readonly failures: readonly { readonly run: string; readonly error: string }[];
}

/**
 * Runs, or continues, an experiment and writes its result files.
 *
 * @throws {InterruptedError} After saving, if `abort` is aborted
 */
export async function runExperiment(bench: Workbench, options: ExperimentOptions): Promise<ExperimentOutcome> {
  const { config } = bench;
  using _lock = bench.folder.prepare(config);
  requireWritableFolder(`${options.results}/v1`);
  const results: { path: string; result: Result }[] = [];
  const failures: { run: string; error: string }[] = [];
  for (const run of armRuns(config)) {
    const start = now();
    try {
      const own = await runArm(bench, run, {
        progress: options.progress,
        ...(options.abort && { abort: options.abort }),
        startedAt: dateTime(),
        host: options.host,
        elapsedSeconds: () => Math.round((now() - start) / 100) / 10,
      });
      results.push(...own.map((result) => ({ path: writeResult(`${options.results}/v1`, result).path, result })));
    } catch (error) {
      if (error instanceof InterruptedError || !(error instanceof BenchError)) throw error;
      failures.push({ run: runLabel(run), error: error.message });
      options.progress.note(`${runLabel(run)} failed: ${error.message}`);
    }
  }
  return { results, failures };
}
