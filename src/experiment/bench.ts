/**
 * The main job as a function: train every arm of an experiment, evaluate, and hand over results.
 *
 * @module
 */
import { runArm } from "./arm_run.ts";
import { type ExperimentConfig } from "./config.ts";
import { armRuns, type ExperimentOverrides, type ResolvedExperimentConfig, resolveExperiment } from "./resolve.ts";
import { EventStream } from "./event_stream.ts";
import type { BenchEvent } from "./events.ts";
import { type ExperimentOutcome, runExperiment } from "./experiment.ts";
import { openWorkbench, problemsOf, type WorkbenchOptions } from "./workbench.ts";
import { requireFit } from "./plan.ts";

/** Where an experiment runs, and what it leaves behind. */
export interface WorkOptions extends Partial<WorkbenchOptions> {
  /**
   * Folder of unfinished and finished work, from which the same experiment continues. Absent: a temporary one, which is
   * removed at the end.
   */
  readonly runsFolder?: string;
  /** Folder in whose `v2` result files are written, those of smoke runs in `smoke/v2`. Absent: none are. */
  readonly resultsFolder?: string;
  /** Name of this machine, for the `run` part of results (default none). */
  readonly host?: string;
  /** Words of a command line that goes on with this work, for who looks into the run folder (default none). */
  readonly command?: readonly string[];
  /** Stops the work at its next safe point, after saving. */
  readonly abort?: AbortSignal;
}

/** What {@link bench} may change of an experiment, where it runs, and what it leaves behind. */
export interface BenchOptions extends ExperimentOverrides, WorkOptions {}

/** An experiment under way: iterate over its events, await its outcome, or both. */
export type BenchRun = EventStream<BenchEvent, ExperimentOutcome>;

/**
 * Trains every arm of an experiment under every seed, evaluates it, and gives its results. Nothing is printed, and
 * nothing is written outside the folders named in `options`.
 *
 * A failed run does not stop the others; it is an event, and in the outcome's `failures`.
 *
 * @throws {UsageError} In the iteration or the promise: if the experiment or an option is wrong
 * @throws {BenchError} Likewise: if a file is missing or damaged, or this machine cannot run it
 * @throws {InterruptedError} Likewise: after saving, if `abort` is aborted
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { bench } from "./bench.ts";
 *
 * const run = bench(tiny, { arms: ["base"], seeds: [1], limit: 2, samples: 3, datasets: ["arith-add"] });
 * const kinds = new Set<string>();
 * for await (const event of run) kinds.add(event.kind);
 * assertEquals([...kinds], ["start", "samples", "result"]);
 *
 * const { results, failures } = await run;
 * // The base under each of its seven decodings.
 * assertEquals([results.length, failures.length], [7, 0]);
 * assertEquals(results[0].result.datasets[0].problems.map(({ n }) => n), [3, 3]);
 * ```
 */
export function bench(experiment: ExperimentConfig, options: BenchOptions = {}): BenchRun {
  const { overrides, work } = splitOptions(options);
  return new EventStream(
    (emit, abort) => runResolved(resolveExperiment(experiment, overrides), { ...work, abort }, emit),
    options.abort,
  );
}

/** As {@link bench}, of a configuration with nothing left open. */
export async function runResolved(
  config: ResolvedExperimentConfig,
  options: WorkOptions,
  emit: (event: BenchEvent) => void,
): Promise<ExperimentOutcome> {
  using place = workPlace(options);
  const { backend = "auto", resultsFolder, host = "", abort, command } = options;
  const workbench = { ...options, backend, runsFolder: place.folder };
  await requireFit(config, workbench);
  const runs = armRuns(config).length;
  const opened = await openWorkbench(config, workbench, runs);
  try {
    const { model, reason } = opened.opened;
    const { lanes } = opened.threads;
    const problems = problemsOf(opened);
    emit({ kind: "start", config, runs, lanes, problems, backend: model.backend, reason, folder: opened.folder.path });
    return await runExperiment(opened, (run, own) => runArm(opened, run, own), {
      ...(resultsFolder !== undefined && { resultsFolder }),
      ...(abort && { abort }),
      ...(command && { command }),
      onEvent: emit,
      host,
    });
  } finally {
    await opened.dispose();
  }
}

/** The folder of runs: that of the options, or a temporary one that disappears with the returned object. */
export function workPlace({ runsFolder }: Pick<WorkOptions, "runsFolder">): Disposable & { readonly folder: string } {
  if (runsFolder !== undefined) return { folder: runsFolder, [Symbol.dispose]() {} };
  const folder = Deno.makeTempDirSync({ prefix: "soft-grpo-bench-" });
  return { folder, [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }) };
}

/** Options apart: what changes the experiment, and where it runs. */
export function splitOptions(options: BenchOptions): { overrides: ExperimentOverrides; work: WorkOptions } {
  const { runsFolder, resultsFolder, host, command, abort, roomBytes, ...others } = options;
  const { backend, workers, products, decodeDtype, device, dtype, devices, shard, mirror, executor, ...more } = others;
  const { keepThoughts, keepRollouts, liveProgress, profile, ...overrides } = more;
  const place = { runsFolder, resultsFolder, host, command, abort, roomBytes };
  const machine = { backend, workers, products, decodeDtype, device, dtype, devices, shard, mirror, executor };
  const work = { ...place, ...machine, keepThoughts, keepRollouts, liveProgress, profile };
  const given = Object.entries(work).filter(([, value]) => value !== undefined);
  return { overrides, work: Object.fromEntries(given) as WorkOptions };
}
