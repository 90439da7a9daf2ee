/**
 * The work that an experiment implies, without doing any of it. Neither the checkpoint nor the datasets need to be there where
 * their sizes are known.
 *
 * @module
 */
import { adapterParameterCount } from "../models/adapted_layers.ts";
import { type Checkpoint, loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { knownShape } from "../checkpoint/known_shapes.ts";
import { datasetNames, loadDataset, publishedDataset } from "../datasets/registry.ts";
import { BenchError } from "../errors.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { parameterCount } from "../models/parameters.ts";
import { engineFit, type EnginePlan, planEngine } from "./engine_plan.ts";
import { savedBytes } from "./engine_work.ts";
import { type MeasuredRates, measuredRates } from "./measured_rates.ts";
import { backendFor, type BackendName, ENGINE_PARAMETERS, trainedAdapter } from "./open_model.ts";
import { armRuns, armTraining, type ResolvedExperimentConfig } from "./resolve.ts";
import { shareMachine } from "./sizes.ts";
import type { WorkbenchOptions } from "./workbench.ts";
import { type Fit, fit, GPU_LAYOUT, type MemoryLayout, torchLayout, type Workload, workload } from "./workload.ts";

/** What an experiment implies. */
export interface Plan {
  /** The configuration with nothing left open. */
  readonly config: ResolvedExperimentConfig;
  /** Shape of the model. */
  readonly model: ModelConfig;
  /** Where it would run on this machine, and why there. */
  readonly backend: BackendName;
  /** For people. */
  readonly reason: string;
  /** Runs, tokens, operations, and bytes of a card. */
  readonly work: Workload;
  /** By place: the CPU engine where it computes, and cards of known sizes where the model is one for them. */
  readonly fits: Readonly<Record<string, Fit>>;
  /** What this machine's CPU engine would do; absent where another backend computes. */
  readonly engine?: EnginePlan;
  /** Seconds on this machine; absent where nothing was tried. Of a GPU: if every completion ran to its limit. */
  readonly estimatedSeconds?: number;
  /** GPUs that the work is shared among. */
  readonly devices: number;
  /** Whether each of them holds a piece of what is trained, in place of all of it. */
  readonly shard: boolean;
  /** Where `estimatedSeconds` of a GPU is from. */
  readonly rates?: MeasuredRates;
  /** Bytes of checkpoints, of one and of all that are kept at the end. */
  readonly checkpoints: { readonly each: number; readonly kept: number };
}

/**
 * Counts tokens, operations and memory of an experiment, and tries for seconds how long it would take.
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
  const { config: model, foreign } = await shapeOf(config.model);
  const parameters = parameterCount(model);
  const problems = await Promise.all(config.datasets.map((name) => problemCount(name, config, options)));
  const { devices = 1, shard = false } = options;
  const checkpoint = { parameters, ...(foreign !== undefined && { foreign }) };
  const { backend, reason } = await backendFor(checkpoint, { ...options, ...trainedAdapter(config) });
  const work = workload(config, model, problems, TYPICAL_PROMPT, gpuLayout(options));
  const common = { config, model, backend, reason, work, checkpoints: checkpointsOf(config, model) };
  const cards = Object.fromEntries(Object.entries(CARDS).map(([name, bytes]) => [name, fit(work, bytes)]));
  if (backend === "cpu-engine") {
    const typical = {
      promptTokens: TYPICAL_PROMPT,
      trainingPromptTokens: TYPICAL_PROMPT,
      problems: Math.max(...problems),
    };
    const engine = await planEngine({ config, model, problems: typical }, options);
    const { seconds } = engine;
    return {
      ...common,
      fits: { "cpu-engine": engineFit(engine), ...(parameters >= ENGINE_PARAMETERS && cards) },
      engine,
      devices: 1,
      shard: false,
      ...(seconds !== undefined && { estimatedSeconds: seconds }),
    };
  }
  const rates = await measuredRates();
  if (rates === undefined) return { ...common, fits: cards, devices, shard };
  const seconds = (work.decodeFlops / rates.decode + work.trainFlops / rates.train) / devices;
  return { ...common, fits: cards, devices, shard, rates, estimatedSeconds: seconds };
}

/** Of each trained run the last checkpoint is kept, and the regular one before it. */
function checkpointsOf(config: ResolvedExperimentConfig, model: ModelConfig): Plan["checkpoints"] {
  const { adapter } = config.training;
  const each = savedBytes(adapter === undefined ? parameterCount(model) : adapterParameterCount(model, adapter));
  const kept = armRuns(config).filter(({ arm }) => arm.objective !== undefined).map(({ arm }) => {
    const { steps, checkpointEvery } = armTraining(config, arm);
    return Math.min(2, Math.ceil(steps / checkpointEvery));
  });
  return { each, kept: each * kept.reduce((sum, count) => sum + count, 0) };
}

/** PyTorch on a GPU, or tfjs where that was asked for. */
function gpuLayout({ backend, dtype = "bfloat16", devices = 1, shard = false }: WorkbenchOptions): MemoryLayout {
  return backend === "auto" || backend === "torch" ? torchLayout(dtype, shard ? devices : 1) : GPU_LAYOUT;
}

const LEAST_PROBLEMS = { promptTokens: 1, trainingPromptTokens: 1, problems: 1 };

/** Mean prompt of the five real datasets, in tokens; of a bare arithmetic question it is an upper bound. */
export const TYPICAL_PROMPT = 160;

/** Cards whose fit is told, in bytes. */
export const CARDS = { "80 GB card": 80e9, "141 GB card": 141e9 } as const;

/** The shape of a model whose files are here, or are known without them, and why only torch can hold it where that is so. */
export async function shapeOf(model: string): Promise<Pick<Checkpoint, "config" | "foreign">> {
  try {
    return await loadCheckpoint(modelFolder(model), { foreign: true });
  } catch (error) {
    const shape = knownShape(model);
    if (error instanceof BenchError && shape !== undefined) return { config: shape };
    throw error;
  }
}

/**
 * Refuses what the CPU engine cannot hold even with the shortest prompts, where the model's files are not here to be opened.
 *
 * @throws {FitError} With the figures
 */
export async function requireFit(config: ResolvedExperimentConfig, options: WorkbenchOptions): Promise<void> {
  const model = options.backend === "cpu-engine" ? knownShape(config.model) : undefined;
  if (model === undefined) return;
  await shareMachine({ config, model, problems: LEAST_PROBLEMS }, true, options, 1);
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
