/**
 * The work that an experiment implies, without doing any of it. Neither the checkpoint nor the datasets need to be there where
 * their sizes are known.
 *
 * @module
 */
import type { ResolvedExperimentConfig } from "./resolve.ts";
import { datasetNames, loadDataset, publishedDataset } from "../datasets/registry.ts";
import { BenchError } from "../errors.ts";
import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { knownShape } from "../checkpoint/known_shapes.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { parameterCount } from "../models/parameters.ts";
import { noiseStream } from "../random/streams.ts";
import { rollout } from "../rollout/rollout.ts";
import { openWorkbench, type WorkbenchOptions } from "./workbench.ts";
import { type MeasuredRates, measuredRates } from "./measured_rates.ts";
import {
  ENGINE_CAPACITY,
  engineLayout,
  type Fit,
  fit,
  GPU_LAYOUT,
  type MemoryLayout,
  torchLayout,
  type Workload,
  workload,
} from "./workload.ts";
import { ENGINE_PARAMETERS } from "./open_model.ts";
import { now } from "../clock.ts";
import { gigabytesText } from "../text/numbers.ts";

/** What an experiment implies. */
export interface Plan {
  /** The configuration with nothing left open. */
  readonly config: ResolvedExperimentConfig;
  /** Shape of the model. */
  readonly model: ModelConfig;
  /** Runs, tokens, operations and bytes. */
  readonly work: Workload;
  /** By place: the CPU engine, or cards of known sizes. */
  readonly fits: Readonly<Record<string, Fit>>;
  /** Seconds on this machine if every completion ran to its limit; absent where nothing of this size can be tried. */
  readonly estimatedSeconds?: number;
  /** GPUs that the work is shared among; each holds the model whole. */
  readonly devices: number;
  /** Where `estimatedSeconds` of a GPU is from. */
  readonly rates?: MeasuredRates;
}

/**
 * Counts tokens, operations and memory of an experiment, and tries a short rollout to tell the time it would take.
 *
 * @throws {BenchError} If neither the model's files nor its shape are known
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 * import { resolveExperiment } from "./resolve.ts";
 *
 * const config = resolveExperiment(tiny, { model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B", seeds: [1, 2] });
 * const { work, fits } = await planExperiment(config, { backend: "auto", runsFolder: "runs" });
 * assertEquals([work.runs, fits["80 GB card"].fits], [14, true]);
 * ```
 */
export async function planExperiment(config: ResolvedExperimentConfig, options: WorkbenchOptions): Promise<Plan> {
  const model = await shapeOf(config.model);
  const parameters = parameterCount(model);
  const problems = await Promise.all(config.datasets.map((name) => problemCount(name, config, options)));
  const onEngine = options.backend === "cpu-engine" || (options.backend === "auto" && parameters < ENGINE_PARAMETERS);
  const { devices = 1 } = options;
  const layout = onEngine ? engineLayout(parameters) : gpuLayout(options);
  const work = workload(config, model, problems, TYPICAL_PROMPT, layout);
  if (!onEngine) {
    const fits = Object.fromEntries(Object.entries(CARDS).map(([name, bytes]) => [name, fit(work, bytes)]));
    const rates = await measuredRates();
    if (rates === undefined) return { config, model, work, fits, devices };
    const seconds = (work.decodeFlops / rates.decode + work.trainFlops / rates.train) / devices;
    return { config, model, work, fits, devices, rates, estimatedSeconds: seconds };
  }
  const engine = fit(work, ENGINE_CAPACITY, 1);
  const seconds = engine.fits ? await estimateSeconds(config, options, work) : undefined;
  return {
    config,
    model,
    work,
    fits: { "cpu-engine": engine },
    devices: 1,
    ...(seconds !== undefined && { estimatedSeconds: seconds }),
  };
}

/** PyTorch on a GPU, or tfjs where that was asked for. */
function gpuLayout({ backend, dtype = "bfloat16" }: WorkbenchOptions): MemoryLayout {
  return backend === "auto" || backend === "torch" ? torchLayout(dtype) : GPU_LAYOUT;
}

/** Positions drawn to see how fast this machine is. */
const TRIAL_SEQUENCES = 64;

const TRIAL_POSITIONS = 16;

/** Mean prompt of the five real datasets, in tokens; of a bare arithmetic question it is an upper bound. */
export const TYPICAL_PROMPT = 160;

/** Cards whose fit is told, in bytes. */
export const CARDS = { "80 GB card": 80e9, "141 GB card": 141e9 } as const;

/**
 * Refuses an experiment that the CPU engine's memory cannot hold, before anything is loaded.
 *
 * @throws {BenchError} With the bytes needed and the bytes there
 */
export async function requireFit(config: ResolvedExperimentConfig, { backend }: WorkbenchOptions): Promise<void> {
  if (backend !== "cpu-engine") return;
  const shape = await shapeOf(config.model);
  const { fits, needed, usable } = fit(
    workload(config, shape, [], TYPICAL_PROMPT, engineLayout(parameterCount(shape))),
    ENGINE_CAPACITY,
    1,
  );
  if (fits) return;
  throw new BenchError(
    `Cannot run ${config.name} on cpu-engine: it needs about ${gigabytesText(needed)}, a WebAssembly memory holds ` +
      `${gigabytesText(usable)}; use a GPU (--backend torch), see --dry-run`,
  );
}

export async function shapeOf(model: string): Promise<ModelConfig> {
  try {
    return (await loadCheckpoint(modelFolder(model), { foreign: true })).config;
  } catch (error) {
    const shape = knownShape(model);
    if (error instanceof BenchError && shape !== undefined) return shape;
    throw error;
  }
}

/** Problems of a dataset as far as the experiment takes them; a published one need not be there. */
export async function problemCount(
  name: string,
  { problemsPerDataset, limit }: ResolvedExperimentConfig,
  { mirror }: WorkbenchOptions,
): Promise<number> {
  const most = Math.min(problemsPerDataset ?? Infinity, limit ?? Infinity);
  try {
    return Math.min(most, (await loadDataset(name, mirror === undefined ? {} : { mirror })).problems.length);
  } catch (error) {
    const rows = datasetNames().includes(name) ? publishedDataset(name).rows : undefined;
    if (error instanceof BenchError && rows !== undefined) return Math.min(most, rows);
    throw error;
  }
}

/** Time of all of the work at the rate of a short rollout, the kind of work that takes most of it. */
export async function estimateSeconds(
  config: ResolvedExperimentConfig,
  options: WorkbenchOptions,
  work: Workload,
): Promise<number> {
  const bench = await openWorkbench(config, options);
  try {
    const problem = bench.datasets[0]?.problems[0];
    if (problem === undefined) throw new BenchError("Cannot estimate the work: there is no problem to try");
    const settings = bench.rolloutSettings(bench.config.arms[0], TRIAL_POSITIONS);
    const streams = Array.from(
      { length: TRIAL_SEQUENCES },
      (_, sample) => noiseStream({ seed: 0, purpose: "dry-run", dataset: "", problem: problem.id, sample }),
    );
    const prompts = [{ ids: bench.examination.prompt(problem), streams }];
    // The first one also compiles.
    await rollout(bench.opened.model, prompts, settings);
    let positions = 0;
    const start = now();
    await rollout(bench.opened.model, prompts, settings, { onPosition: (n) => void (positions += n) });
    const flopsPerSecond = 2 * bench.checkpoint.parameters * positions / ((now() - start) / 1000);
    return (work.decodeFlops + work.trainFlops) / flopsPerSecond;
  } finally {
    await bench.dispose();
  }
}
