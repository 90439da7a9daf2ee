/**
 * One arm under one seed, from the untrained model to its result: train, save, evaluate, count. Every part that was
 * finished before an interruption is taken from the run folder.
 *
 * @module
 */
import { now, Stopwatch, type Timing, untimed } from "../clock.ts";
import { InterruptedError, InterruptedStepError, withinStep } from "../interruption.ts";
import { type ArmRun, armTraining, isMatched, type ResolvedArm, type ResolvedEvaluation } from "./resolve.ts";
import { domainOf, isProgramming } from "../datasets/problem_kind.ts";
import { BenchError } from "../errors.ts";
import { thoughtLaw } from "../algorithms/registry.ts";
import { evaluatePolicy, type EvaluationRequest, type KeptThoughts } from "../evaluation/evaluation.ts";
import type { Sample } from "../evaluation/sample.ts";
import { JsonLinesWriter } from "../files/json_lines.ts";
import { deriveMetrics } from "../metrics/derive.ts";
import { problemCounts } from "../metrics/problem_counts.ts";
import { adapterParameterCount } from "../models/adapted_layers.ts";
import { initialAdapter, isNeutral } from "../models/adapter.ts";
import type { LanguageModel, NamedTensors } from "../models/language_model.ts";
import { isPresent } from "../files/read.ts";
import {
  describeResult,
  type Evaluated,
  metricSizes,
  type ResultSubject,
  type RunFacts,
  type Trained,
} from "./describe_result.ts";
import { SampleFigures } from "../metrics/sample_figures.ts";
import type { RunName, RunPart, WorkEvent } from "./events.ts";
import type { DatasetResult, Result } from "../result/types.ts";
import { serializeResult } from "../result/serialize.ts";
import { readResult } from "../result/store.ts";
import { keptPrompts, RolloutLog } from "./rollout_log.ts";
import { runLabel } from "./run_paths.ts";
import { trainingNotes } from "../training/outcome.ts";
import { trainPolicy } from "../training/trainer.ts";
import { isValidationStep } from "../training/validation.ts";
import { validatePolicy } from "./validate_policy.ts";
import {
  removeOutdatedCheckpoints,
  restoreTrainingCheckpoint,
  saveTrainingCheckpoint,
  stepFolder,
  trainedFile,
} from "../training/checkpoint.ts";
import type { CutDataset } from "./cut_datasets.ts";
import { evaluatedModel } from "./open_model.ts";
import { overlap, type Workbench } from "./workbench.ts";
import { fileSha256, jsonSha256 } from "../files/hash.ts";
import { hashedFileFault, writeHashedFile } from "../files/hashed_file.ts";
import { armFaults, resultFiles, type Work } from "./arm_faults.ts";
import type { CurvePoint } from "../training/curve.ts";

/** Steps that are long are saved this often too; such checkpoints go once a regular one is there. */
const CHECKPOINT_MS = 5 * 60 * 1000;

/** How work is watched and stopped. */
export interface WorkOptions {
  readonly onEvent: (event: WorkEvent) => void;
  readonly abort?: AbortSignal;
  /** Times the parts of a run (default: nothing does). */
  readonly timing?: Timing<RunPart>;
}

/** What an arm's run is told, beside the workbench. */
export interface ArmRunOptions extends WorkOptions, RunFacts {}

/** Samples that are asked for: those of one dataset under one evaluation, and where they are kept. */
export interface SamplesRequest
  extends Pick<EvaluationRequest, "file" | "owner" | "abort" | "onDamage" | "onProgress" | "onDrawing"> {
  readonly evaluation: ResolvedEvaluation;
  readonly dataset: CutDataset;
  readonly seed: number;
}

/** How an arm gets its model, and its model's samples. */
export interface ArmWork {
  /** Trains it; undefined where it is not trained. */
  train(): Promise<Trained | undefined>;
  /** All samples, in the order of problems and sample indices; those already in the file are not drawn again. */
  draw(request: SamplesRequest): Promise<Sample[]>;
}

/** What an arm's results tell of, and where they are kept. */
export interface ArmBench extends ResultSubject, Pick<Workbench, "datasets" | "folder"> {
  /** Whether events also tell what is under way (default false). */
  readonly liveProgress?: boolean;
}

/**
 * Runs one arm to its results, one per evaluation and domain of datasets, which are also kept in the run folder.
 *
 * @throws {InterruptedError} After saving, if `abort` is aborted
 */
export async function runArm(bench: Workbench, run: ArmRun, options: ArmRunOptions): Promise<Result[]> {
  const finish = (timing: Timing<RunPart>) =>
    finishArm(bench, run, {
      train: () => trainArm(bench, run, { ...options, timing }),
      draw: (request) => draw(bench, request, timing),
    }, options);
  if (!bench.profile) return await finish(untimed);
  const { timing, spent } = new Stopwatch<RunPart>();
  const results = await timing("other", () => finish(timing));
  options.onEvent({ kind: "spent", run: runName(run), parts: [...spent] });
  return results;
}

/** As {@link runArm}, whoever trains the arm and draws its samples. */
export async function finishArm(
  bench: ArmBench,
  run: ArmRun,
  { train, draw }: ArmWork,
  options: ArmRunOptions,
): Promise<Result[]> {
  const { evaluations } = run.arm;
  const domains = [...Map.groupBy(bench.datasets, ({ kind }) => domainOf(kind))];
  const work: Work = {
    ...bench,
    datasets: bench.datasets.map((dataset) => ({ ...dataset, problems: dataset.problems.length })),
  };
  const files = resultFiles(work, run);
  if (files.flat().every(isPresent)) {
    const faults = await armFaults(work, run, { spares: false });
    if (faults.length === 0) return files.flat().map(readResult);
    for (const { fault, next } of faults) options.onEvent({ kind: "note", text: `${fault}; ${next}` });
  }

  const trained = await train();
  const evaluated: Evaluated[][] = [];
  // Samples are kept as they are drawn; a result also says how its texts differ from those of the matched decoding.
  for (const evaluation of evaluations) {
    const own: Evaluated[] = [];
    for (const [, datasets] of domains) own.push(await evaluateArm(bench, run, evaluation, datasets, draw, options));
    evaluated.push(own);
  }
  const matched = evaluated[evaluations.findIndex((evaluation) => isMatched(bench.config, evaluation))];
  return evaluations.flatMap((evaluation, e) =>
    domains.map((_, d) => {
      const file = files[e][d];
      if (hashedFileFault(file) === undefined) return readResult(file);
      const text = serializeResult(
        describeResult(bench, run, evaluation, trained, { ...evaluated[e][d], matched: matched?.[d] }, options),
      );
      writeHashedFile(file, text);
      return JSON.parse(text) as Result;
    })
  );
}

/** Trains an arm to its last step, from its last checkpoint on; leaves the model trained. Untrained arms get the base. */
export async function trainArm(bench: Workbench, run: ArmRun, options: WorkOptions): Promise<Trained | undefined> {
  const { model } = bench.opened;
  const { timing = untimed } = options;
  const training = armTraining(bench.config, run.arm);
  if (run.arm.objective === undefined) {
    await model.restore(untrained(bench, run.seed));
    return undefined;
  }
  const { grader } = run.arm.objective;
  const source = await bench.trainingSource(run.seed);
  const leaks = overlap(bench, source, training);
  if (leaks.sharedWithEvaluation > 0) {
    const text = `${leaks.sharedWithEvaluation} evaluation problems occur in ${source.name}; the result says so`;
    options.onEvent({ kind: "note", text });
  }

  const checkpoints = bench.folder.checkpoints(run);
  const identity = bench.folder.identityOf(run);
  const { curve, rollouts = "", notes: damage } = await restoreTrainingCheckpoint(
    checkpoints,
    identity,
    model,
    training.steps,
  );
  const saved = curve.length;
  if (saved === 0) await model.restore(untrained(bench, run.seed));
  else removeOutdatedCheckpoints(checkpoints, saved, training.checkpointEvery);
  for (const text of damage) {
    const from = saved === 0 ? "from the base model" : `from step ${saved}`;
    options.onEvent({ kind: "note", text: `${text}; training goes on ${from}` });
  }

  // The file follows the model: steps after the last checkpoint are computed, and written, again.
  const writer = new JsonLinesWriter(bench.folder.metricsFile(run), 0);
  writer.append(curve);
  const examination = bench.trainingExamination(grader);
  using log = new RolloutLog(
    bench.folder.rolloutsFile(run),
    identity,
    rollouts,
    bench.keepRollouts ?? keptPrompts(training, bench.config.maxNewTokens),
  );
  let kept = saved, keptAt = now();
  const keep = () => timing("checkpoint", keepStep);
  const keepStep = async () => {
    if (curve.length === kept) return;
    kept = curve.length;
    const drawn = await log.upTo(kept);
    const state = {
      run: identity,
      curve,
      ...(drawn !== "" && { rollouts: drawn }),
      every: training.checkpointEvery,
      baseName: bench.config.model,
    };
    await saveTrainingCheckpoint(checkpoints, state, model, bench.checkpoint, card(bench, run, kept));
    keptAt = now();
  };
  try {
    const total = training.steps;
    options.onEvent({ kind: "training", run: runName(run), curve: [...curve], total });
    const steps = trainPolicy({
      model,
      ...(await referenceFor(bench, run.arm)),
      objective: run.arm.objective,
      training,
      settings: {
        ...bench.rolloutSettings(run.arm, bench.config.maxNewTokens),
        ...given(await bench.sequencesAtOnce()),
      },
      source,
      seed: run.seed,
      examination,
      onCompletion: (drawn) => log.add(drawn, examination.text(drawn.paid.completion)),
      ...(bench.liveProgress && {
        onProgress: (progress) => options.onEvent({ kind: "within", run: runName(run), ...progress, total }),
      }),
      ...(options.abort && { abort: options.abort }),
      timing,
    }, saved + 1);
    for await (const trained of steps) {
      const { evaluation } = training;
      const seen = evaluation !== undefined && isValidationStep(evaluation, trained.step, total)
        ? await withinStep(() => validatePolicy(bench, run, evaluation, trained.step, options.abort))
        : {};
      const point: CurvePoint = { ...trained, ...seen };
      requireFinite(point, run);
      writer.append([point]);
      curve.push(point);
      options.onEvent({ kind: "step", run: runName(run), point, total });
      const isRegular = point.step % training.checkpointEvery === 0 || point.step === training.steps;
      if (isRegular || now() - keptAt >= CHECKPOINT_MS) await keep();
    }
  } catch (error) {
    // Unless it came within a step, the model stands at the end of the curve.
    if (error instanceof InterruptedError && !(error instanceof InterruptedStepError)) await keep();
    throw error;
  } finally {
    writer.close();
  }
  const sha256 = await fileSha256(`${stepFolder(checkpoints, training.steps)}/${trainedFile(model.adapter)}`);
  const isBase = model.adapter === undefined ? sha256 === bench.weightsSha256 : isNeutral(await model.weights());
  const notes = trainingNotes(curve, { isBase });
  for (const note of notes) options.onEvent({ kind: "note", text: `${runLabel(run)}: ${note}` });
  const { leftOutProblems } = source;
  return {
    curve,
    leaks,
    sha256,
    steps: training.steps,
    ...(model.adapter !== undefined && { parameters: adapterParameterCount(model.config, model.adapter) }),
    notes,
    ...(leftOutProblems !== undefined && { leftOutProblems }),
  };
}

/** What training starts from: the checkpoint's weights, or the seed's own adapter beside them. */
function untrained({ checkpoint, opened: { model } }: Workbench, seed: number): NamedTensors {
  return model.adapter === undefined ? checkpoint.weights : initialAdapter(model.config, model.adapter, seed);
}

/** The frozen base model, where the objective has a divergence. */
async function referenceFor(bench: Workbench, arm: ResolvedArm): Promise<{ reference?: LanguageModel }> {
  const kl = arm.objective?.loss.kl;
  return kl === undefined || kl.coefficient === 0 ? {} : { reference: await bench.opened.reference() };
}

/** Draws by the workbench's own model. */
async function draw(
  bench: Workbench,
  { evaluation, dataset: { name, problems }, ...request }: SamplesRequest,
  timing: Timing<RunPart>,
): Promise<Sample[]> {
  return await evaluatePolicy({
    ...request,
    timing,
    model: evaluatedModel(bench.opened),
    dataset: name,
    problems,
    samples: bench.config.samples,
    settings: bench.rolloutSettings(evaluation, bench.config.evaluationMaxNewTokens),
    examination: bench.examination,
    keepThoughts: keptThoughts(bench, evaluation),
    ...given(await bench.sequencesAtOnce()),
  });
}

async function evaluateArm(
  bench: ArmBench,
  run: ArmRun,
  evaluation: ResolvedEvaluation,
  chosen: readonly CutDataset[],
  draw: ArmWork["draw"],
  options: WorkOptions,
): Promise<Evaluated> {
  const datasets: DatasetResult[] = [];
  const figures = new SampleFigures();
  for (const dataset of chosen) {
    const { name, version, sha256, kind, problems, of } = dataset;
    let told: Extract<WorkEvent, { kind: "samples" }> = {
      kind: "samples",
      run: runName(run),
      evaluation: evaluation.label,
      dataset: name,
      done: 0,
      total: 0,
      correct: 0,
    };
    let underWay = 0;
    const samples = await draw({
      evaluation,
      dataset,
      seed: run.seed,
      file: bench.folder.samplesFile(run, evaluation, name),
      owner: bench.folder.samplesOwner(run, evaluation, name),
      onDamage: (text) => options.onEvent({ kind: "note", text }),
      ...(options.abort && { abort: options.abort }),
      onProgress: (done, total, correct) => {
        // What has been saved is under way no more; the rest of its batch is.
        underWay = Math.max(0, underWay - (done - told.done));
        told = { ...told, done, total, correct };
        options.onEvent({ ...told, ...(bench.liveProgress && { underWay }) });
      },
      ...(bench.liveProgress && {
        onDrawing: (drawing) => {
          underWay = drawing.underWay;
          told = { ...told, tokens: drawing.tokens };
          options.onEvent({ ...told, underWay });
        },
      }),
    });
    figures.add(samples);
    const counts = problemCounts(problems, samples, { voted: !isProgramming(kind) });
    datasets.push({
      name,
      version,
      sha256,
      ...(kind !== undefined && { kind }),
      coverage: { scored: problems.length, of },
      problems: counts,
      metrics: deriveMetrics(counts, metricSizes(bench)),
    });
  }
  return { datasets, figures };
}

/** Which thoughts are kept, and what they were drawn by. */
function keptThoughts({ keepThoughts, tokenizer }: Workbench, { algorithm }: ResolvedEvaluation): KeptThoughts {
  const { noise } = thoughtLaw(algorithm);
  return {
    problems: keepThoughts,
    ...(noise !== undefined && { noise }),
    decodeTokens: (tokens) => tokenizer.decode(tokens),
  };
}

function given(atOnce: number | undefined): { readonly atOnce?: number } {
  return atOnce === undefined ? {} : { atOnce };
}

function requireFinite(point: CurvePoint, run: ArmRun): void {
  const bad = Object.entries(point).find(([, value]) => value !== undefined && !Number.isFinite(value));
  if (bad === undefined) return;
  throw new BenchError(
    `Cannot go on training ${runLabel(run)}: ${bad[0]} is ${bad[1]} at step ${point.step}, expected a finite number; ` +
      `lower the learning rate`,
  );
}

function card(bench: Workbench, run: ArmRun, step: number) {
  return {
    title: `${bench.config.name}: ${run.arm.title}`,
    summary: `${bench.checkpoint.folder} after ${step} steps of ${run.arm.title}, seed ${run.seed}.`,
    facts: [
      ["base weights sha256", `\`${bench.weightsSha256}\``],
      ["configuration sha256", `\`${jsonSha256({ ...bench.config, seeds: [run.seed], arms: [run.arm] })}\``],
      ["training source", bench.config.training.source],
      ["learning rate", String(armTraining(bench.config, run.arm).optimizer.schedule.peak)],
    ] as const,
  };
}

/** The run as events name it. */
export function runName({ arm, seed }: ArmRun): RunName {
  return { arm: arm.label, seed };
}
