/**
 * How fast this machine goes about an experiment: short rollouts, and a small forward and backward pass, on the model as it
 * is opened for the run itself; and what all of it would take at that pace.
 *
 * @module
 */
import { now } from "../clock.ts";
import { BenchError } from "../errors.ts";
import { InterruptedError } from "../interruption.ts";
import type { EvaluatedModel, InputRows, TrainingGroup } from "../models/language_model.ts";
import { parameterCount } from "../models/parameters.ts";
import { noiseStream } from "../random/streams.ts";
import { rollout, type RolloutPrompt } from "../rollout/rollout.ts";
import { savedBytes, trainedArms } from "./engine_work.ts";
import { evaluatedModel } from "./open_model.ts";
import { armRuns, armTraining } from "./resolve.ts";
import type { Workbench } from "./workbench.ts";

/** A rollout is left off after so many seconds; a small model's goes on to its end, and tells how long completions are. */
const MOST_SECONDS = 3;
/** The first positions also compile. */
const WARM_POSITIONS = 1;
/** Prompts of a trial: few, for those of a large model take long. */
const TRIED_PROMPTS = 5;
/** Sequences of a trial of a backend that leaves their number to the caller. */
const TRIED_SEQUENCES = 64;
/** Completions of a prompt, and positions of each, in the trial of an update: rows enough for fast products. */
const REPLAYED = { completions: 7, positions: 16 };
/** An update that took less is tried again, for the first also compiles. */
const COMPILING_SECONDS = 1;
/** Bytes a second that are hashed, and written so that they last, on a machine of today. */
const SAVED_PER_SECOND = 200e6;
/** A forward pass beside a forward and backward pass. */
const FORWARD_SHARE = 1 / 3;

/** What drawing so many sequences at once was found to take. */
interface DrawingRates {
  /** Positions a second, of completions and of prompts. */
  readonly drawn: number;
  readonly prompts: number;
  /** Share of its limit that a completion takes; 1 where not all came to their end in time. */
  readonly lengthShare: number;
}

/** What an update was found to take. */
interface UpdateRates {
  /** Rows a second, forward and backward. */
  readonly rows: number;
  /** Seconds of an optimizer step, and of copying the weights. */
  readonly step: number;
  readonly copy: number;
}

/** What the work of an experiment takes, by a trial. */
export interface TimedWork {
  /** Seconds of all of it, where completions are as long as they were in the trial. */
  readonly seconds: number;
  /** Positions a second in evaluation. */
  readonly drawnPerSecond: number;
  /** Rows a second in updates; absent where nothing is trained. */
  readonly trainedPerSecond?: number;
}

/**
 * Tries the work of a workbench for seconds. The model is of no use to a run afterwards.
 *
 * @throws {BenchError} If there is no problem to try
 */
export async function tryWork(bench: Workbench): Promise<TimedWork> {
  const { config, problemSizes, threads, sizes } = bench;
  const { samples, evaluationMaxNewTokens } = config;
  const atOnce = (wanted: number) => Math.min(sizes?.sequences ?? TRIED_SEQUENCES, wanted);
  const tried = new Map<string, DrawingRates>();
  const { model } = bench.opened, evaluated = evaluatedModel(bench.opened);
  const drawing = async (by: EvaluatedModel, sequences: number, newTokens: number): Promise<DrawingRates> => {
    const name = `${sequences} ${newTokens} ${by === model}`;
    const found = tried.get(name) ?? await tryDrawing(bench, by, sequences, newTokens);
    tried.set(name, found);
    return found;
  };
  const problems = bench.datasets.reduce((sum, { problems }) => sum + problems.length, 0);
  const evaluation = await drawing(evaluated, atOnce(problemSizes.problems * samples), evaluationMaxNewTokens);
  const perEvaluation = problems * problemSizes.promptTokens / evaluation.prompts +
    problems * samples * evaluationMaxNewTokens * evaluation.lengthShare / evaluation.drawn;
  const runs = armRuns(config);
  let seconds = runs.reduce((sum, { arm }) => sum + arm.evaluations.length, 0) * perEvaluation;
  if (trainedArms(config).length === 0) return { seconds: seconds / threads.lanes, drawnPerSecond: evaluation.drawn };

  const update = await tryUpdate(bench);
  for (const { arm } of runs.filter(({ arm }) => arm.objective !== undefined)) {
    const { promptsPerStep, groupSize, minibatches, steps, checkpointEvery, evaluation: watch } = armTraining(
      config,
      arm,
    );
    const completions = promptsPerStep * groupSize, prompts = promptsPerStep * problemSizes.trainingPromptTokens;
    const rates = await drawing(model, atOnce(completions), config.maxNewTokens);
    const positions = completions * config.maxNewTokens * rates.lengthShare;
    // Densities before the update, and those of a reference, are a forward pass each.
    const densities = minibatches > 1 ? 1 : 0;
    // What is recorded spares those, and the first update's.
    const spared = sizes?.records ? densities + 1 / minibatches : 0;
    const forwards = densities + (arm.objective!.loss.kl?.coefficient ? 1 : 0) - spared;
    const watched = watch === undefined
      ? 0
      : bench.datasets.length * watch.problems * watch.samples * config.maxNewTokens * rates.lengthShare;
    seconds += steps * (prompts / rates.prompts + positions / rates.drawn +
      (prompts + positions) * (1 + forwards * FORWARD_SHARE) / update.rows + minibatches * update.step);
    seconds += watched / rates.drawn * Math.ceil(steps / (watch?.every ?? steps));
    const saving = 3 * update.copy + savedBytes(parameterCount(bench.checkpoint.config)) / SAVED_PER_SECOND;
    seconds += Math.ceil(steps / checkpointEvery) * saving;
  }
  return {
    seconds: seconds / threads.lanes,
    drawnPerSecond: evaluation.drawn,
    trainedPerSecond: update.rows,
  };
}

async function tryDrawing(
  bench: Workbench,
  model: EvaluatedModel,
  sequences: number,
  newTokens: number,
): Promise<DrawingRates> {
  const problems = bench.datasets.flatMap(({ problems }) => problems);
  if (problems.length === 0) throw new BenchError("Cannot estimate the work: there is no problem to try");
  const count = Math.min(TRIED_PROMPTS, problems.length, sequences);
  const prompts = Array.from({ length: count }, (_, i): RolloutPrompt => {
    const problem = problems[Math.floor(i * problems.length / count)];
    const own = Math.floor((i + 1) * sequences / count) - Math.floor(i * sequences / count);
    const name = { seed: 0, purpose: "dry-run", dataset: "", problem: problem.id };
    return {
      ids: bench.examination.prompt(problem),
      streams: Array.from({ length: own }, (_, sample) => noiseStream({ ...name, sample })),
    };
  });
  const promptTokens = prompts.reduce((sum, { ids }) => sum + ids.length, 0);
  const stop = new AbortController();
  const times: number[] = [], active: number[] = [];
  let ended = 0;
  const started = now();
  const onPosition = (positions: number, finished: readonly unknown[]) => {
    times.push(now());
    active.push(positions);
    ended += finished.length;
    if (times.at(-1)! - started > 1000 * MOST_SECONDS && times.length > WARM_POSITIONS + 1) stop.abort();
  };
  try {
    const settings = bench.rolloutSettings(bench.config.arms[0], newTokens);
    await rollout(model, prompts, settings, { abort: stop.signal, onPosition });
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
  }
  // Of the very first position, where there is no other, the prompts are a part.
  const warm = Math.min(WARM_POSITIONS, times.length - 1);
  const timed = times.length > 1 ? active.slice(warm + 1) : active;
  const since = times.length > 1 ? times[warm] : started;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return {
    drawn: Math.max(1, sum(timed)) / secondsBetween(since, times.at(-1)!),
    prompts: promptTokens / secondsBetween(started, times[0]),
    lengthShare: ended === sequences ? sum(active) / (sequences * newTokens) : 1,
  };
}

async function tryUpdate({ opened: { model }, problemSizes, threads }: Workbench): Promise<UpdateRates> {
  const { workers = navigator.hardwareConcurrency } = threads.options;
  const count = REPLAYED.positions - 1;
  const inputs: InputRows = { count, width: 1, ids: new Int32Array(count), weights: new Float32Array(count).fill(1) };
  const group: TrainingGroup = {
    prompt: new Int32Array(problemSizes.trainingPromptTokens),
    completions: new Array<InputRows>(REPLAYED.completions).fill(inputs),
  };
  const groups = new Array<TrainingGroup>(workers).fill(group);
  const rows = workers * (group.prompt.length + REPLAYED.completions * count);
  const reads = { at: Int32Array.of(0), logSumExp: [1] };
  const slopes = { at: Float64Array.of(1), logSumExp: Float64Array.of(-1) };
  const timed = async (work: () => Promise<unknown>) => {
    const started = now();
    await work();
    return secondsBetween(started, now());
  };
  const pass = () => timed(() => model.accumulate(groups, { reads: () => reads, score: () => slopes }));
  let passed = await pass();
  if (passed < COMPILING_SECONDS) passed = await pass();
  const adamw = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, maxGradientNorm: 1 };
  const step = await timed(() => model.update({ learningRate: 0, ...adamw, step: 1 }));
  return { rows: rows / passed, step, copy: await timed(() => model.weights()) };
}

/** Above 0, whatever the clock's steps. */
function secondsBetween(from: number, to: number): number {
  return Math.max(1e-6, (to - from) / 1000);
}
