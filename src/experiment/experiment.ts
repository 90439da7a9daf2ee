/**
 * All arms of an experiment under all its seeds, as many at once as the machine is best used by; a failed arm does not
 * stop the others.
 *
 * @module
 */
import { InterruptedError } from "../interruption.ts";
import { Lane } from "./lane.ts";
import type { ProgressLog } from "../progress.ts";
import type { Result } from "../result/types.ts";
import { writeResult } from "../result/store.ts";
import { type RunOutcome, RunQueue, workThrough } from "./run_queue.ts";
import type { Workbench } from "./workbench.ts";
import { requireWritableFolder } from "../files/write.ts";

/** How an experiment is run. */
export interface ExperimentOptions {
  /** Folder of published results. */
  readonly results: string;
  readonly progress: ProgressLog;
  readonly abort?: AbortSignal;
  readonly host: string;
}

/** What an experiment came to, in the order of its runs. */
export interface ExperimentOutcome {
  readonly results: readonly { readonly path: string; readonly result: Result }[];
  readonly failures: readonly { readonly run: string; readonly error: string }[];
}

/**
 * Runs, or continues, an experiment and writes its result files. The first lane is this thread with the workbench given.
 *
 * @throws {InterruptedError} After saving, if `abort` is aborted
 */
export async function runExperiment(bench: Workbench, options: ExperimentOptions): Promise<ExperimentOutcome> {
  const { config, threads: { lanes, options: laneOptions } } = bench;
  const { progress, host } = options;
  using _lock = bench.folder.prepare(config);
  requireWritableFolder(`${options.results}/v1`);
  const outcomes: (RunOutcome & { paths: readonly string[] })[] = [];
  const onOutcome = (outcome: RunOutcome) => {
    const results = "results" in outcome ? outcome.results : [];
    const paths = results.map((result) => writeResult(`${options.results}/v1`, result).path);
    outcomes.push({ ...outcome, paths });
  };

  const queue = new RunQueue(config);
  const others = Array.from(
    { length: lanes - 1 },
    () => new Lane({ config, options: laneOptions, taken: queue.taken, host }, { progress, onOutcome }),
  );
  // One lane's fault stops the others as an interruption does: they save.
  const stop = new AbortController();
  stop.signal.addEventListener("abort", () => others.forEach((lane) => lane.abort()));
  const stopOthers = (error: unknown) => {
    stop.abort();
    throw error;
  };
  const onAbort = () => stop.abort();
  options.abort?.addEventListener("abort", onAbort);
  try {
    const own = workThrough(queue, bench, { progress, abort: stop.signal, host, onOutcome });
    const ends = await Promise.allSettled(
      [own, ...others.map(({ ended }) => ended)].map((end) => end.catch(stopOthers)),
    );
    const errors = ends.flatMap((end) => end.status === "rejected" ? [end.reason] : []);
    if (errors.length > 0) throw errors.find((error) => !(error instanceof InterruptedError)) ?? errors[0];
  } finally {
    options.abort?.removeEventListener("abort", onAbort);
    others.forEach((lane) => lane.terminate());
  }
  outcomes.sort((a, b) => a.run - b.run);
  return {
    results: outcomes.flatMap((outcome) =>
      "results" in outcome ? outcome.results.map((result, i) => ({ path: outcome.paths[i], result })) : []
    ),
    failures: outcomes.flatMap((outcome) =>
      "failure" in outcome ? [{ run: outcome.label, error: outcome.failure }] : []
    ),
  };
}
