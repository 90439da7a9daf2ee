/**
 * What an experiment asks of an engine, by its sizes alone: what is drawn together, what is replayed, and what is fed and
 * read at a position.
 *
 * @module
 */
import { createAlgorithm } from "../algorithms/registry.ts";
import type { DecodingShape, EngineWork, PositionShape, ReplayShape } from "../engine/footprint.ts";
import { type RecordedShape, ROW_MULTIPLE } from "../engine/recordings.ts";
import { readRow } from "../models/host_readings.ts";
import { promptsAtOnce } from "../evaluation/evaluation.ts";
import { joinReads, type KeptLaw, type Reads } from "../models/readings.ts";
import { noiseStream } from "../random/streams.ts";
import { createAnswerSampler } from "../rollout/answer_sampler.ts";
import type { ResolvedTraining } from "../training/config.ts";
import { armTraining, type ResolvedArm, type ResolvedDecoding, type ResolvedExperimentConfig } from "./resolve.ts";

/** Sizes that follow from datasets and tokenizer. */
export interface ProblemSizes {
  /** Tokens of the longest prompt, in evaluation and in training. */
  readonly promptTokens: number;
  readonly trainingPromptTokens: number;
  /** Problems of the largest dataset. */
  readonly problems: number;
}

/** How an experiment's work is cut. */
export interface Cut {
  /** Most sequences drawn at once. */
  readonly sequences: number;
  /** Whether the backward pass computes layers again. */
  readonly recompute: boolean;
  /** Whether decoding by exact weights has a copy of the projections in panels. */
  readonly packs: boolean;
  /** Whether the backward pass takes layers from what was recorded when completions were drawn. */
  readonly records: boolean;
}

/**
 * What an engine does that trains and evaluates, by how it is cut.
 *
 * @param rounds whether evaluations decode by weights in bf16
 */
export function engineWork(
  config: ResolvedExperimentConfig,
  sizes: ProblemSizes,
  rounds = false,
): (cut: Cut) => EngineWork {
  const { problems, promptTokens, trainingPromptTokens } = sizes;
  const evaluated = config.arms.flatMap(({ evaluations }) => evaluations.map(drawnPosition));
  const trained = trainedArms(config).map(({ arm, training }) => ({
    training,
    position: drawnPosition(arm),
    shape: replayShape(config, arm, training, sizes),
  }));
  const evaluation = { promptTokens, newTokens: config.evaluationMaxNewTokens };
  const { maxNewTokens: newTokens } = config;
  return ({ sequences, recompute, packs, records }) => {
    const beside = (training: ResolvedTraining) =>
      records ? { recording: recordedShape(training, sizes, newTokens, sequences) } : {};
    return {
      trains: trained.length > 0,
      packs,
      rounds,
      decodings: [
        ...evaluated.map((position) => ({ ...evaluation, ...drawn(problems, config.samples, sequences), ...position })),
        ...trained.flatMap(({ training, position }): DecodingShape[] => {
          const { promptsPerStep, groupSize, evaluation: watch } = training;
          const own = drawn(promptsPerStep, groupSize, sequences);
          return [
            { promptTokens: trainingPromptTokens, newTokens, ...own, ...position, ...beside(training) },
            ...(watch === undefined ? [] : [
              {
                promptTokens,
                newTokens,
                ...drawn(Math.min(problems, watch.problems), watch.samples, sequences),
                ...position,
              },
            ]),
          ];
        }),
      ],
      replays: trained.flatMap(({ training, shape }): ReplayShape[] => {
        const { minibatches, promptsPerStep } = training;
        const computed = {
          ...shape,
          prompts: Math.ceil(promptsPerStep / minibatches),
          backward: recompute ? "recomputed" as const : "kept" as const,
        };
        // What is recorded needs less than this.
        const first = records ? { ...computed, backward: "recomputed" as const, ...beside(training) } : computed;
        if (minibatches === 1) return [first];
        // The first update leaves nothing recorded.
        return [first, ...(records ? [computed] : []), { ...shape, ...beside(training) }];
      }),
    };
  };
}

/** What a second engine of the frozen reference does; undefined where no arm has a divergence from it, or none is needed. */
export function referenceWork(config: ResolvedExperimentConfig, sizes: ProblemSizes): EngineWork | undefined {
  // Weights beside an adapter are the reference themselves.
  if (config.training.adapter !== undefined) return undefined;
  const anchored = trainedArms(config).filter(({ arm }) => isAnchored(arm));
  if (anchored.length === 0) return undefined;
  const replays = anchored.map(({ arm, training }) => replayShape(config, arm, training, sizes));
  return { trains: false, decodings: [], replays };
}

/** Sequences of the largest work, were all of it drawn at once. */
export function mostSequences(config: ResolvedExperimentConfig, { problems }: ProblemSizes): number {
  const rollouts = trainedArms(config).map(({ training: { promptsPerStep, groupSize } }) => promptsPerStep * groupSize);
  return Math.max(problems * config.samples, ...rollouts);
}

/** Laws over the whole vocabulary that a reference keeps for an update, as many as there are thoughts at most. */
export function keptLaws(config: ResolvedExperimentConfig): number {
  const laws = trainedArms(config).filter(({ arm }) => readsLaws(arm))
    .map(({ training: { promptsPerStep, groupSize } }) => promptsPerStep * groupSize * config.maxNewTokens);
  return Math.max(0, ...laws);
}

/** Bytes of a checkpoint of so many trained parameters: themselves and both moments. */
export function savedBytes(parameters: number): number {
  return 3 * Float32Array.BYTES_PER_ELEMENT * parameters;
}

/** Arms that are trained, each with its training. */
export function trainedArms(config: ResolvedExperimentConfig): { arm: ResolvedArm; training: ResolvedTraining }[] {
  return config.arms.filter(({ objective }) => objective !== undefined)
    .map((arm) => ({ arm, training: armTraining(config, arm) }));
}

function replayShape(
  config: ResolvedExperimentConfig,
  arm: ResolvedArm,
  { promptsPerStep, groupSize }: ResolvedTraining,
  { trainingPromptTokens }: ProblemSizes,
): ReplayShape {
  return {
    prompts: promptsPerStep,
    promptTokens: trainingPromptTokens,
    completions: groupSize,
    newTokens: config.maxNewTokens,
    ...replayedPosition(arm),
  };
}

/** The largest batch of so many sequences: some prompts with all of theirs, the first and last with a part. */
function drawn(prompts: number, each: number, sequences: number): Pick<DecodingShape, "prompts" | "sequences"> {
  const most = Math.max(1, Math.min(sequences, prompts * each));
  return { prompts: Math.max(1, Math.min(prompts, most, promptsAtOnce(most, each))), sequences: most };
}

/** What is recorded of a step's rollouts, drawn so many sequences at once. */
function recordedShape(
  { promptsPerStep, groupSize, equalGroups }: ResolvedTraining,
  { trainingPromptTokens }: ProblemSizes,
  newTokens: number,
  atOnce: number,
): RecordedShape {
  const draws = 1 + (equalGroups?.draws ?? 0), sequences = promptsPerStep * groupSize;
  // A prompt whose completions are drawn in two parts lies in both recordings.
  const parts = Math.ceil(sequences / atOnce);
  const prompts = new Array<number>(draws * (promptsPerStep + parts - 1)).fill(trainingPromptTokens);
  const rounding = new Array<number>(draws * parts).fill(ROW_MULTIPLE);
  return { promptLengths: [...prompts, ...rounding], sequences: draws * sequences, maxNewPositions: newTokens };
}

function drawnPosition(decoding: ResolvedDecoding): PositionShape {
  const { algorithm, answers } = lawsOf(decoding);
  const reads = [
    thoughtReads(decoding),
    answers.reads(NOISE),
    answers.adoptReads,
    { logSumExp: [algorithm.temperature, answers.temperature], entropy: [1] },
  ].reduce(joinReads);
  return { ...fed(reads), reads };
}

function replayedPosition(arm: ResolvedArm): PositionShape {
  const { algorithm, answers } = lawsOf(arm);
  const own = fed(joinReads(thoughtReads(arm), answers.reads(NOISE)));
  const { meanEmbedding } = thoughtReads(arm);
  const reads: Reads = {
    at: new Int32Array(own.kept),
    logSumExp: [algorithm.temperature, answers.temperature],
    entropy: [1],
    ...(meanEmbedding !== undefined && { meanEmbedding }),
    ...(readsLaws(arm) && { divergence: SOME_LAW }),
  };
  return { ...own, reads };
}

/** What a mixture may hold: ids that are read, by their logits or as draws; an offset where a mean is. */
function fed({ top = 1, quantiles, meanEmbedding }: Reads): { kept: number; hasOffset: boolean } {
  return { kept: Math.max(1, top, quantiles?.masses.length ?? 0), hasOffset: meanEmbedding !== undefined };
}

function thoughtReads(decoding: ResolvedDecoding): Reads {
  return lawsOf(decoding).algorithm.reads(NOISE);
}

function lawsOf({ algorithm, answers }: ResolvedDecoding) {
  return { algorithm: createAlgorithm(algorithm, UNIT_RMS), answers: createAnswerSampler(answers) };
}

function isAnchored({ objective }: ResolvedArm): boolean {
  return (objective?.loss.kl?.coefficient ?? 0) !== 0;
}

/** Whether a divergence in closed form needs whole laws of the reference: that of a thought on some logits tells. */
function readsLaws(arm: ResolvedArm): boolean {
  const { algorithm } = lawsOf(arm);
  if (!isAnchored(arm) || algorithm.divergence === undefined) return false;
  const readings = readRow(SOME_LOGITS, algorithm.reads(NOISE));
  const action = algorithm.act({ readings, noise: NOISE });
  return algorithm.divergence.referenceReads(action).law !== undefined;
}

/** Sizes depend on neither noise, the embedding's scale, nor what a law says. */
const NOISE = noiseStream({ seed: 0, purpose: "sizes", dataset: "", problem: "", sample: 0 }).at(0);
const UNIT_RMS = 1;
const SOME_LOGITS = Float32Array.from({ length: 101 }, (_, id) => id / 101);
const SOME_LAW: KeptLaw = { temperature: 1, dispose: () => {} };
