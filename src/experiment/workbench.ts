/**
 * Everything an experiment works with, opened and checked before any work begins: model, tokenizer, prompts, datasets,
 * training source, grader, run folder.
 *
 * @module
 */
import { sequencesAtOnce } from "./batch_size.ts";
import { createAlgorithm } from "../algorithms/registry.ts";
import { createAnswerSampler } from "../rollout/answer_sampler.ts";
import { type CodeVersion, codeVersion } from "./code_version.ts";
import { type Completion, completionTokens } from "../rollout/completion.ts";
import { armTraining, type ResolvedDecoding, type ResolvedExperimentConfig } from "./resolve.ts";
import { type CutDataset, datasetIdentity, loadCutDatasets } from "./cut_datasets.ts";
import { fileSha256 } from "../files/hash.ts";
import { isPresent } from "../files/read.ts";
import { findLeaks, type LeakReport } from "../datasets/leak_check.ts";
import { isPath, loadTrainingSource } from "../datasets/registry.ts";
import type { Problem } from "../datasets/problem.ts";
import type { ProblemKind } from "../datasets/problem_kind.ts";
import { trainingProblems, type TrainingSource } from "../datasets/training_source.ts";
import type { ResolvedGrader } from "../grading/grader_config.ts";
import type { CodeExecutor } from "../execution/executor.ts";
import type { ExecutorKind } from "../execution/registry.ts";
import type { Examination, TrainingExamination } from "../grading/examination.ts";
import { graderOfKinds, judge, judgeMathematics, type StatedGrader } from "../grading/judge.ts";
import { type Checkpoint, loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { backendFor, openChosen, type OpenedModel, type OpenModelOptions, trainedAdapter } from "./open_model.ts";
import {
  createPrompter,
  endOfThinkingText,
  endOfThinkingTokens,
  loadChatTemplate,
  opensThinking,
  type Prompter,
  type PromptLimits,
  promptRoom,
  requirePromptsFit,
  requireTrainingPromptsFit,
} from "../prompt/prompt.ts";
import type { ResolvedTraining } from "../training/config.ts";
import type { RolloutSettings } from "../rollout/rollout.ts";
import { RunFolder } from "./run_folder.ts";
import { sourceHashes } from "./source_hashes.ts";
import type { ProblemSizes } from "./engine_work.ts";
import type { ThreadShare } from "./lane_count.ts";
import { shareMachine, type Sizes } from "./sizes.ts";
import { programRunner } from "./program_runner.ts";
import { hasThoughts } from "./thinking.ts";
import { loadTokenizer, type Tokenizer } from "../prompt/tokenizer.ts";
import { promptTemplate } from "../prompt/templates.ts";
import { unknownCharactersNote } from "../prompt/known_characters.ts";

/** Enough to compare arms by eye. */
const DEFAULT_KEPT_THOUGHTS = 8;

/** Where things are, and on what they run. */
export interface WorkbenchOptions extends OpenModelOptions {
  /** Folder of all runs. */
  readonly runsFolder: string;
  /** Local mirror of downloads. */
  readonly mirror?: string;
  /** Problems of each dataset whose first sample's thought is kept, to be looked at in the report (default 8). */
  readonly keepThoughts?: number;
  /**
   * Prompts of each training step, the first ones, whose completions are kept in the run folder (default as many as 64 MiB
   * a training hold, and at least one).
   */
  readonly keepRollouts?: number;
  /**
   * Whether events also tell what is under way within a step and between saved samples (default false): how many such events
   * there are depends on how fast the machine is.
   */
  readonly liveProgress?: boolean;
  /** Whether an event tells at the end of each run where its time went (default false). */
  readonly profile?: boolean;
  /** Bytes of memory that this may take (default what is free). */
  readonly roomBytes?: number;
  /** What runs programs that a model wrote (default `pyodide`); one of the caller's own has one lane, and is not closed. */
  readonly executor?: ExecutorKind | CodeExecutor;
}

/** An experiment with everything it needs, open. */
export interface Workbench {
  readonly config: ResolvedExperimentConfig;
  readonly checkpoint: Checkpoint;
  readonly weightsSha256: string;
  readonly opened: OpenedModel;
  /** How many runs there are to be at once, this workbench doing one of them, and how the others open theirs. */
  readonly threads: ThreadShare<WorkbenchOptions>;
  readonly tokenizer: Tokenizer;
  readonly prompter: Prompter;
  /** What to know of the checkpoint, and of prompts that its tokenizer cannot write whole. */
  readonly notes: readonly string[];
  /** Evaluation datasets, cut to the experiment's number of problems. */
  readonly datasets: readonly CutDataset[];
  readonly code: CodeVersion;
  readonly folder: RunFolder;
  /** Who judges problems of these kinds. */
  graderOf(kinds: readonly (ProblemKind | undefined)[]): StatedGrader;
  readonly examination: Examination;
  /** Problems of each dataset whose first sample's thought is kept. */
  readonly keepThoughts: number;
  /** Prompts of each training step whose completions are kept; absent: as many as there is room for. */
  readonly keepRollouts?: number;
  /** Whether events also tell what is under way. */
  readonly liveProgress: boolean;
  /** Whether each run times its parts. */
  readonly profile: boolean;
  /** The same in training, by an arm's own grader where it has one; of mathematics alone. */
  trainingExamination(grader?: ResolvedGrader): TrainingExamination;
  /** Problems of a seed's training; those whose prompts do not fit are left out where the experiment asks for it. */
  trainingSource(seed: number): Promise<TrainingSource>;
  /** How the work is cut on cpu-engine; undefined elsewhere. */
  readonly sizes: Sizes | undefined;
  /** Sizes of prompts and datasets. */
  readonly problemSizes: ProblemSizes;
  /** Most sequences that the model decodes at once; undefined where any number is right. */
  sequencesAtOnce(): Promise<number | undefined>;
  /** How completions of at most so many positions are drawn. */
  rolloutSettings(decoding: ResolvedDecoding, maxNewTokens: number): RolloutSettings;
  /** Frees the model, and ends the interpreters of programs. */
  dispose(): Promise<void>;
}

/**
 * Opens an experiment.
 *
 * @param runs independent runs that could be at work at once
 * @throws {UsageError} If a name is unknown
 * @throws {BenchError} If a file is missing or damaged, or a prompt does not fit the model
 */
export async function openWorkbench(
  config: ResolvedExperimentConfig,
  options: WorkbenchOptions,
  runs = 1,
): Promise<Workbench> {
  const mirror = options.mirror === undefined ? {} : { mirror: options.mirror };
  const datasets = await loadCutDatasets(config, mirror);
  const modelAt = modelFolder(config.model);
  const checkpoint = await loadCheckpoint(modelAt, { foreign: true });
  const tokenizer = await loadTokenizer(modelAt);
  const kinds = datasets.map(({ kind }) => kind);
  const prompter = createPrompter(
    tokenizer,
    await loadChatTemplate(modelAt),
    promptTemplate(config.prompt),
    kinds.filter((kind) => kind !== undefined),
  );
  const { maxPositions, vocabularySize } = checkpoint.config;
  const shape = { maxPositions, vocabularySize };
  const prompts = datasets.flatMap(({ problems }) =>
    problems.map((problem) => ({ id: problem.id, ids: prompter.ids(problem) }))
  );
  requirePromptsFit(prompts, { ...shape, maxNewTokens: config.evaluationMaxNewTokens });
  const limits = { ...shape, maxNewTokens: config.maxNewTokens };
  const trainingSource = (seed: number) =>
    loadTrainingSource(config.training.source, {
      seed,
      ...mirror,
      ...(config.training.longPrompts === "leave-out" && {
        fits: (problem: Problem) => prompter.ids(problem).length <= promptRoom(limits),
      }),
    });
  const trainedOn = await requireTrainingFits(config, trainingSource, prompter, limits);
  const unknownNotes = [...datasets, { name: "the training", problems: trainedOn }].map(({ name, problems }) => {
    const unknown = problems.map(prompter.unknownCharacters).filter((own) => own.length > 0);
    return unknownCharactersNote(unknown.flat(), `${unknown.length} of ${problems.length} prompts of ${name}`);
  });
  const longest = (all: readonly { readonly ids: Int32Array }[]) =>
    all.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const problemSizes: ProblemSizes = {
    promptTokens: longest(prompts),
    trainingPromptTokens: longest(trainedOn.map((problem) => ({ ids: prompter.ids(problem) }))),
    problems: Math.max(...datasets.map(({ problems }) => problems.length)),
  };
  const chosen = await backendFor(checkpoint, { ...options, ...trainedAdapter(config) });
  const { threads: lanes, sizes } = await shareMachine(
    { config, model: checkpoint.config, problems: problemSizes },
    // What no engine holds is refused when it is opened.
    chosen.backend === "cpu-engine" && checkpoint.foreign === undefined,
    options,
    // An executor of the caller's cannot go to another thread.
    typeof options.executor === "object" ? 1 : runs,
  );
  const weightsSha256 = await checkpoint.weightsSha256();
  const code = await codeVersion();
  const programs = programRunner(lanes.options);
  const graderOf = (own: readonly (ProblemKind | undefined)[]) => graderOfKinds(own, config.grader, programs.name);
  const opened = await openChosen(checkpoint, { ...lanes.options, ...trainedAdapter(config) }, {
    ...chosen,
    ...(sizes !== undefined && {
      engine: { recompute: sizes.recompute, packs: sizes.packs, records: sizes.records, mostBytes: sizes.room },
    }),
  });
  const identity = {
    config: { ...config, seeds: undefined, arms: undefined },
    model: weightsSha256,
    tokenizer: tokenizer.sha256,
    prompt: prompter.sha256,
    datasets: datasets.map(datasetIdentity),
    // One's own file may have been edited; what is published or generated is pinned by the code.
    ...(isPath(config.training.source) && isPresent(config.training.source) && {
      trainingSource: await fileSha256(config.training.source),
    }),
    grader: graderOf(kinds),
    backend: opened.model.backend,
    // Kernels that round differently do not go on with each other's work.
    details: opened.model.details,
    code: sourceHashes(),
  };
  const thinking = opensThinking(prompter);
  const asked = {
    prompt: (problem: Problem) => prompter.ids(problem),
    text: (completion: Completion) => {
      const tokens = completionTokens(completion);
      return tokenizer.decode(completion.finish === "stop" ? tokens.subarray(0, -1) : tokens);
    },
  };
  const coordinateRms = await opened.model.coordinateRms(neverFed(checkpoint, tokenizer));
  const folder = new RunFolder(options.runsFolder, config.name, identity);
  let atOnce: Promise<number | undefined> | undefined;
  return {
    config,
    checkpoint,
    weightsSha256,
    opened,
    threads: lanes,
    tokenizer,
    prompter,
    notes: [...checkpoint.notes, ...unknownNotes.filter((note) => note !== undefined)],
    datasets,
    code,
    folder,
    sizes,
    problemSizes,
    sequencesAtOnce: async () =>
      sizes?.sequences ??
        await (atOnce ??= sequencesAtOnce(folder, opened, config, checkpoint.config, problemSizes.promptTokens)),
    graderOf,
    examination: {
      ...asked,
      grade: (text, problem) => judge(text, problem, { grader: config.grader, thinking, executor: programs.executor }),
    },
    keepThoughts: options.keepThoughts ?? DEFAULT_KEPT_THOUGHTS,
    ...(options.keepRollouts !== undefined && { keepRollouts: options.keepRollouts }),
    liveProgress: options.liveProgress ?? false,
    profile: options.profile ?? false,
    trainingExamination: (grader = config.grader) => ({
      ...asked,
      grade: (text, problem) => judgeMathematics(text, problem, { grader, thinking }),
    }),
    trainingSource,
    rolloutSettings: ({ algorithm, answers, thinking }, maxNewTokens) => ({
      algorithm: createAlgorithm(algorithm, coordinateRms),
      answers: createAnswerSampler(answers),
      thinking: {
        end: hasThoughts(thinking) ? endOfThinkingTokens(tokenizer, thinking.end, thinking.endRule) : [],
        ...(thinking.endRule === "text" && {
          endText: endOfThinkingText(tokenizer, thinking.end, thinking.afterEnd),
        }),
        endIsDrawn: thinking.endIsDrawn,
        afterEnd: [...tokenizer.encode(thinking.afterEnd)],
        ...(thinking.minThoughts !== undefined && { minThoughts: thinking.minThoughts }),
        ...(thinking.maxThoughts !== undefined && { maxThoughts: thinking.maxThoughts }),
        ...(thinking.atMaximum && { atMaximum: thinking.atMaximum }),
        ...(thinking.coldStop && { coldStop: thinking.coldStop }),
      },
      endTokens: checkpoint.endTokens,
      maxNewTokens,
    }),
    dispose: async () => {
      await programs.close();
      await opened.dispose();
    },
  };
}

/** Problems of all datasets together. */
export function problemsOf({ datasets }: Pick<Workbench, "datasets">): number {
  return datasets.reduce((sum, { problems }) => sum + problems.length, 0);
}

/** Every training problem of a seed against every evaluation problem. */
export function overlap(
  { datasets }: Workbench,
  source: TrainingSource,
  { steps, promptsPerStep }: Pick<ResolvedTraining, "steps" | "promptsPerStep">,
): LeakReport {
  return findLeaks(trainingProblems(source, { steps, promptsPerStep }), datasets);
}

/**
 * Refuses training problems that do not fit the model, of every arm and seed, before any step is run.
 *
 * @returns all of them, each question once
 */
async function requireTrainingFits(
  config: ResolvedExperimentConfig,
  sourceOf: (seed: number) => Promise<TrainingSource>,
  prompter: Prompter,
  limits: PromptLimits,
): Promise<readonly Problem[]> {
  const trained = config.arms.filter(({ objective }) => objective !== undefined).map((arm) => armTraining(config, arm));
  if (trained.length === 0) return [];
  // One list holds all: the steps of an arm are the first ones of a longer training with as many prompts a step.
  const longest = [...Map.groupBy(trained, ({ promptsPerStep }) => promptsPerStep).values()]
    .map((own) => own.reduce((a, b) => b.steps > a.steps ? b : a));
  const byQuestion = new Map<string, Problem>();
  for (const seed of config.seeds) {
    const source = await sourceOf(seed);
    for (const training of longest) {
      const problems = trainingProblems(source, training);
      requireTrainingPromptsFit(problems, prompter.ids, limits);
      for (const problem of problems) byQuestion.set(problem.question, problem);
    }
  }
  return [...byQuestion.values()];
}

/** Ids that no position is ever fed: padding and what ends a completion. */
function neverFed({ endTokens }: Checkpoint, tokenizer: Tokenizer): number[] {
  const padding = tokenizer.specialTokens.pad_token;
  const id = padding === undefined ? undefined : tokenizer.tokenId(padding);
  return [...new Set([...endTokens, ...(id === undefined ? [] : [id])])];
}
