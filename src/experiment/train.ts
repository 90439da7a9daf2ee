/**
 * The first half of the main job as a function: train arms and save their checkpoints.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { stepFolder } from "../training/checkpoint.ts";
import type { CurvePoint } from "../training/curve.ts";
import { runName, trainArm } from "./arm_run.ts";
import { type BenchOptions, splitOptions, type WorkOptions } from "./bench.ts";
import { type ExperimentConfig } from "./config.ts";
import { armRuns, armTraining, type ResolvedExperimentConfig, resolveExperiment } from "./resolve.ts";
import { EventStream } from "./event_stream.ts";
import type { RunName, WorkEvent } from "./events.ts";
import { requireFit } from "./plan.ts";
import { openWorkbench } from "./workbench.ts";

/** What training a run left. */
export interface TrainedRun extends RunName {
  /** Hugging Face folder of the trained model. */
  readonly checkpoint: string;
  /** Of the trained weights. */
  readonly sha256: string;
  /** A point per training step. */
  readonly curve: readonly CurvePoint[];
}

/** What {@link train} may change of an experiment, and where it runs; checkpoints lie in `runsFolder`. */
export type TrainOptions = Omit<BenchOptions, "resultsFolder" | "host" | "runsFolder"> & {
  readonly runsFolder: string;
};

/** Training under way: iterate over its events, await its checkpoints, or both. */
export type TrainRun = EventStream<WorkEvent, TrainedRun[]>;

/**
 * Trains the arms of an experiment under every seed; the same experiment continues where it was interrupted.
 *
 * @throws {UsageError} In the iteration or the promise: if the experiment is wrong, or none of its arms trains
 * @throws {BenchError} Likewise: if a file is missing or damaged, or training diverges
 * @throws {InterruptedError} Likewise: after saving, if `abort` is aborted
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { train } from "./train.ts";
 *
 * const runsFolder = await Deno.makeTempDir();
 * const [run] = await train(tiny, { arms: ["discrete-grpo"], seeds: [1], limit: 2, runsFolder });
 * assertEquals([run.arm, run.curve.length], ["discrete-grpo", 2]);
 * await Deno.remove(runsFolder, { recursive: true });
 * ```
 */
export function train(experiment: ExperimentConfig, options: TrainOptions): TrainRun {
  const { overrides, work } = splitOptions(options);
  const { runsFolder } = options;
  return new EventStream(
    (emit, abort) => trainResolved(resolveExperiment(experiment, overrides), { ...work, runsFolder, abort }, emit),
    options.abort,
  );
}

/** As {@link train}, of a configuration with nothing left open. */
export async function trainResolved(
  config: ResolvedExperimentConfig,
  options: WorkOptions & { readonly runsFolder: string },
  onEvent: (event: WorkEvent) => void,
): Promise<TrainedRun[]> {
  const runs = armRuns(config).filter(({ arm }) => arm.objective !== undefined);
  if (runs.length === 0) {
    throw new UsageError(`Cannot train ${config.arms.map(({ label }) => label).join(", ")}: choose an arm that trains`);
  }
  const { backend = "auto", abort } = options;
  await requireFit(config, { ...options, backend });
  const bench = await openWorkbench(config, { ...options, backend });
  try {
    const whyNew = bench.folder.whyNew();
    using _lock = bench.folder.prepare(config, options.command);
    bench.opened.keepLog?.(bench.folder.logFile);
    if (whyNew !== undefined) onEvent({ kind: "note", text: whyNew });
    for (const text of bench.notes) onEvent({ kind: "note", text });
    const trained: TrainedRun[] = [];
    for (const run of runs) {
      const { sha256, curve } = (await trainArm(bench, run, { onEvent, ...(abort && { abort }) }))!;
      const checkpoint = stepFolder(bench.folder.checkpoints(run), armTraining(config, run.arm).steps);
      trained.push({ ...runName(run), checkpoint, sha256, curve });
    }
    return trained;
  } finally {
    await bench.dispose();
  }
}
