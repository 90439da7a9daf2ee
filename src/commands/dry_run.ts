/**
 * `--dry-run`: the resolved configuration and the work it implies, without doing any of it. Neither the checkpoint nor
 * the datasets need to be there where their sizes are known.
 *
 * @module
 */
import { type CommandArguments, EXIT } from "./command.ts";
import type { ResolvedExperimentConfig } from "../experiment/config.ts";
import { datasetNames, loadDataset, publishedDataset } from "../datasets/registry.ts";
import { BenchError } from "../errors.ts";
import { loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { knownShape } from "../checkpoint/known_shapes.ts";
import type { ModelConfig } from "../models/model_config.ts";
import { parameterCount } from "../models/parameters.ts";
import { durationText } from "../progress.ts";
import { noiseStream } from "../random/streams.ts";
import { rollout } from "../rollout/rollout.ts";
import { ENGINE_PARAMETERS } from "../experiment/open_model.ts";
import { openWorkbench, type WorkbenchOptions } from "../experiment/workbench.ts";
import { ENGINE_CAPACITY, engineLayout, fit, GPU_LAYOUT, type Workload, workload } from "../experiment/workload.ts";
import { now } from "../clock.ts";

/** Positions drawn to see how fast this machine is. */
const TRIAL_SEQUENCES = 64;
const TRIAL_POSITIONS = 16;
/** Mean prompt of the five real datasets, in tokens; of a bare arithmetic question it is an upper bound. */
const TYPICAL_PROMPT = 160;
/** Cards whose fit is told, in bytes. */
const CARDS = { "80 GB card": 80e9, "141 GB card": 141e9 } as const;

/** Prints what would run, and what it would take. */
export async function dryRun(
  config: ResolvedExperimentConfig,
  options: WorkbenchOptions,
  args: CommandArguments,
): Promise<number> {
  const shape = await shapeOf(config.model);
  const problems = await Promise.all(config.datasets.map((name) => problemCount(name, config, options)));
  const onEngine = options.backend === "cpu-engine" ||
    (options.backend === "auto" && parameterCount(shape) < ENGINE_PARAMETERS);
  const work = workload(
    config,
    shape,
    problems,
    TYPICAL_PROMPT,
    onEngine ? engineLayout(parameterCount(shape)) : GPU_LAYOUT,
  );
  const places = onEngine
    ? { "cpu-engine": fit(work, ENGINE_CAPACITY, 1) }
    : Object.fromEntries(Object.entries(CARDS).map(([name, bytes]) => [name, fit(work, bytes)]));
  const seconds = onEngine && places["cpu-engine"].fits ? await estimateSeconds(config, options, work) : undefined;

  if (args.flags.json === true) {
    console.log(JSON.stringify({ config, work, fits: places, estimatedSeconds: seconds && Math.round(seconds) }));
    return EXIT.ok;
  }
  console.log(JSON.stringify(config, null, 2));
  console.log(
    [
      `${work.runs} runs, ${work.trainedRuns} of them trained, on ${billions(parameterCount(shape))} parameters`,
      `at most ${count(work.rolloutTokens)} tokens of rollouts and ${count(work.evaluationTokens)} of evaluation; ` +
      `${count(work.decodeFlops + work.trainFlops)} floating-point operations`,
      memoryLine(work),
      ...Object.entries(places).map(([place, { fits, sequences, needed, usable }]) =>
        fits
          ? `fits ${place}: ${gigabytes(needed)} of ${
            gigabytes(usable)
          } usable, room for ${sequences} sequences at once`
          : `does not fit ${place}: needs ${gigabytes(needed)} with one sequence, ${gigabytes(usable)} are usable`
      ),
      seconds === undefined
        ? `time: not estimated, since nothing of this size can be tried on the CPU; no GPU was asked`
        : `at most ${durationText(1000 * seconds)} on this machine, if every completion ran to its limit`,
    ].join("\n"),
  );
  return EXIT.ok;
}

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
    `Cannot run ${config.name} on cpu-engine: it needs about ${gigabytes(needed)}, a WebAssembly memory holds ` +
      `${gigabytes(usable)}; use a GPU (--backend tensorflow or webgpu), see --dry-run`,
  );
}

async function shapeOf(model: string): Promise<ModelConfig> {
  try {
    return (await loadCheckpoint(modelFolder(model))).config;
  } catch (error) {
    const shape = knownShape(model);
    if (error instanceof BenchError && shape !== undefined) return shape;
    throw error;
  }
}

/** Problems of a dataset as far as the experiment takes them; a published one need not be there. */
async function problemCount(
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
async function estimateSeconds(
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
    const prompts = [{ ids: bench.encodePrompt(problem), streams }];
    // The first one also compiles.
    await rollout(bench.opened.model, prompts, settings);
    let positions = 0;
    const start = now();
    await rollout(bench.opened.model, prompts, settings, (n) => positions += n);
    const flopsPerSecond = 2 * bench.checkpoint.parameters * positions / ((now() - start) / 1000);
    return (work.decodeFlops + work.trainFlops) / flopsPerSecond;
  } finally {
    await bench.opened.dispose();
  }
}

function memoryLine({ memory }: Workload): string {
  return `memory: weights ${gigabytes(memory.weights)}, reference ${gigabytes(memory.reference)}, ` +
    `gradients and moments ${gigabytes(memory.training)}, activations ${gigabytes(memory.activations)}, ` +
    `${gigabytes(memory.sequence)} a decoded sequence`;
}

const PREFIXES = [[1e18, "E"], [1e15, "P"], [1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]] as const;

function count(value: number): string {
  const prefix = PREFIXES.find(([size]) => value >= size);
  return prefix === undefined ? String(value) : `${(value / prefix[0]).toFixed(1)} ${prefix[1]}`;
}

function billions(parameters: number): string {
  return parameters >= 1e9 ? `${(parameters / 1e9).toFixed(2)} G` : `${(parameters / 1e6).toFixed(2)} M`;
}

function gigabytes(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
