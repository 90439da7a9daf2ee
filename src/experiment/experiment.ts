/**
 * All arms of an experiment under all its seeds, as many at once as the machine is best used by; a failed arm does not
 * stop the others.
 *
 * @module
 */
import { InterruptedError } from "../interruption.ts";
import { Lane } from "./lane.ts";
import type { BenchEvent, RunName } from "./events.ts";
import { RESULT_VERSION_FOLDER, resultsFolderOf, type ResultSource, writeResult } from "../result/store.ts";
import { type DoRun, type RunOutcome, RunQueue, workThrough } from "./run_queue.ts";
import type { OpenedModel } from "./open_model.ts";
import { problemsOf, type Workbench } from "./workbench.ts";
import { ExperimentProgress } from "./experiment_progress.ts";
import { ProgressFile } from "./progress_file.ts";
import { dateTime } from "../clock.ts";
import { requireWritableFolder } from "../files/write.ts";

/** How an experiment is run. */
export interface ExperimentOptions {
  /** Folder of published results; absent: none are written. */
  readonly resultsFolder?: string;
  readonly onEvent: (event: BenchEvent) => void;
  readonly abort?: AbortSignal;
  readonly host: string;
  /** The words that go on with this work, where a command line does it. */
  readonly command?: readonly string[];
}

/** What an experiment came to, in the order of its runs. */
export interface ExperimentOutcome {
  /** One per evaluation of a run that succeeded. */
  readonly results: readonly ResultSource[];
  /** Runs that failed, each with its error. */
  readonly failures: readonly { readonly run: RunName; readonly error: string }[];
}

/** What of an opened experiment its runs have in common. */
export interface ExperimentBench extends Pick<Workbench, "config" | "folder" | "notes" | "datasets"> {
  readonly opened: Pick<OpenedModel, "keepLog"> & { readonly model: Pick<OpenedModel["model"], "backend"> };
  /** Threads that take runs too; absent: none. */
  readonly threads?: Workbench["threads"];
}

/**
 * Runs, or continues, an experiment and writes its result files. The first lane is this thread.
 *
 * @param doRun does a run of this thread
 * @throws {InterruptedError} After saving, if `abort` is aborted
 */
export async function runExperiment(
  bench: ExperimentBench,
  doRun: DoRun,
  options: ExperimentOptions,
): Promise<ExperimentOutcome> {
  const { config, threads } = bench;
  const { host, resultsFolder } = options;
  const whyNew = bench.folder.whyNew();
  using _lock = bench.folder.prepare(config, options.command);
  const facts = { config, problems: problemsOf(bench), backend: bench.opened.model.backend };
  using progress = new ProgressFile(bench.folder.path, new ExperimentProgress(facts, dateTime()));
  const onEvent = (event: BenchEvent) => {
    progress.follow(event);
    options.onEvent(event);
  };
  bench.opened.keepLog?.(bench.folder.logFile);
  if (whyNew !== undefined) onEvent({ kind: "note", text: whyNew });
  for (const text of bench.notes) onEvent({ kind: "note", text });
  const publishedAt = resultsFolder === undefined
    ? undefined
    : `${resultsFolderOf(resultsFolder, config)}/${RESULT_VERSION_FOLDER}`;
  if (publishedAt !== undefined) requireWritableFolder(publishedAt);
  const finished = new Map<number, ResultSource[]>();
  const failed = new Map<number, ExperimentOutcome["failures"][number]>();
  const onOutcome = (outcome: RunOutcome) => {
    const { index, run } = outcome;
    if ("failure" in outcome) {
      failed.set(index, { run, error: outcome.failure });
      return onEvent({ kind: "failure", run, error: outcome.failure });
    }
    const results = outcome.results.map((result): ResultSource =>
      publishedAt === undefined ? { result } : { result, path: writeResult(publishedAt, result).path }
    );
    finished.set(index, results);
    for (const own of results) onEvent({ kind: "result", run, ...own });
  };

  const queue = new RunQueue(config);
  const others = threads === undefined ? [] : Array.from(
    { length: threads.lanes - 1 },
    () => new Lane({ config, options: threads.options, taken: queue.taken, host }, { onEvent, onOutcome }),
  );
  // One lane's fault stops the others as an interruption does: they save.
  const stop = new AbortController();
  stop.signal.addEventListener("abort", () => others.forEach((lane) => lane.abort(stop.signal.reason)));
  const stopOthers = (error: unknown) => {
    stop.abort();
    throw error;
  };
  const onAbort = () => stop.abort(options.abort?.reason);
  if (options.abort?.aborted) onAbort();
  options.abort?.addEventListener("abort", onAbort);
  try {
    const own = workThrough(queue, doRun, { onEvent, abort: stop.signal, host, onOutcome });
    const ends = await Promise.allSettled(
      [own, ...others.map(({ ended }) => ended)].map((end) => end.catch(stopOthers)),
    );
    const errors = ends.flatMap((end) => end.status === "rejected" ? [end.reason] : []);
    if (errors.length > 0) throw errors.find((error) => !(error instanceof InterruptedError)) ?? errors[0];
  } finally {
    options.abort?.removeEventListener("abort", onAbort);
    others.forEach((lane) => lane.terminate());
  }
  return { results: inOrder(finished).flat(), failures: inOrder(failed) };
}

function inOrder<T>(byIndex: ReadonlyMap<number, T>): T[] {
  return [...byIndex].sort(([a], [b]) => a - b).map(([, value]) => value);
}
