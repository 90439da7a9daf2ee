/**
 * Everything an experiment works with, opened and checked before any work begins: model, tokenizer, prompts, datasets,
 * training source, grader, run folder.
 *
 * @module
 */
import { createAlgorithm } from "../algorithms/registry.ts";
import { createAnswerSampler } from "../rollout/answer_sampler.ts";
import { type CodeVersion, codeVersion, sourcesSha256 } from "./code_version.ts";
import { completionTokens } from "../rollout/completion.ts";
import type { ResolvedDecoding, ResolvedExperimentConfig } from "./resolve.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { findLeaks, type LeakReport } from "../datasets/leak_check.ts";
import { loadDatasets, loadTrainingSource } from "../datasets/registry.ts";
import type { TrainingSource } from "../datasets/training_source.ts";
import { UsageError } from "../errors.ts";
import type { Examination } from "../grading/examination.ts";
import { GRADERS } from "../grading/graders.ts";
import { type Checkpoint, loadCheckpoint } from "../checkpoint/checkpoint.ts";
import { modelFolder } from "../checkpoint/hub/cache.ts";
import { type OpenedModel, openModel, type OpenModelOptions } from "./open_model.ts";
import {
  createPrompter,
  endOfThinkingText,
  endOfThinkingTokens,
  loadChatTemplate,
  type Prompter,
  requirePromptsFit,
} from "../prompt/prompt.ts";
import type { RolloutSettings } from "../rollout/rollout.ts";
import { RunFolder } from "./run_folder.ts";
import { shareThreads, type ThreadShare } from "./lane_count.ts";
import { loadTokenizer, type Tokenizer } from "../prompt/tokenizer.ts";
import { type EmbeddingTable, embeddingTableOf } from "../models/embedding_table.ts";
import { promptTemplate } from "../prompt/templates.ts";

const OPENS_THINKING = /<think>\s*$/;

/** Where things are, and on what they run. */
export interface WorkbenchOptions extends OpenModelOptions {
  /** Folder of all runs. */
  readonly runsFolder: string;
  /** Local mirror of downloads. */
  readonly mirror?: string;
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
  /** Evaluation datasets, cut to the experiment's number of problems. */
  readonly datasets: readonly Dataset[];
  readonly code: CodeVersion;
  readonly folder: RunFolder;
  readonly grader: { readonly name: string; readonly version: string };
  readonly examination: Examination;
  trainingSource(seed: number): Promise<TrainingSource>;
  /** How completions of at most so many positions are drawn. */
  rolloutSettings(decoding: ResolvedDecoding, maxNewTokens: number): RolloutSettings;
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
  const datasets = (await loadDatasets(config.datasets, mirror)).map((dataset) => cut(dataset, config));
  const names = datasets.map(({ name }) => name);
  const repeated = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (repeated >= 0) {
    throw new UsageError(
      `Cannot take ${config.datasets[names.indexOf(names[repeated])]} and ${config.datasets[repeated]} together: ` +
        `both are called ${JSON.stringify(names[repeated])}; rename one of the files`,
    );
  }
  const modelAt = modelFolder(config.model);
  const checkpoint = await loadCheckpoint(modelAt);
  const tokenizer = await loadTokenizer(modelAt);
  const prompter = createPrompter(tokenizer, await loadChatTemplate(modelAt), promptTemplate(config.prompt));
  requirePromptsFit(
    datasets.flatMap(({ problems }) => problems.map(({ id, question }) => ({ id, ids: prompter.ids(question) }))),
    { maxNewTokens: config.evaluationMaxNewTokens, maxPositions: checkpoint.config.maxPositions },
  );
  const weightsSha256 = await checkpoint.weightsSha256();
  const code = await codeVersion();
  const lanes = shareThreads(checkpoint.parameters, runs, options);
  const opened = await openModel(checkpoint, lanes.options);
  const { boxed } = config.grader;
  const { name, version, grade } = GRADERS[config.grader.name];
  const grader = { name: boxed ? `${name}-boxed` : name, version };
  const identity = {
    config: { ...config, seeds: undefined, arms: undefined },
    model: weightsSha256,
    tokenizer: tokenizer.sha256,
    prompt: prompter.sha256,
    datasets: datasets.map(({ name, version, sha256 }) => [name, version, sha256]),
    grader,
    backend: opened.model.backend,
    // Kernels that round differently do not go on with each other's work.
    details: opened.model.details,
    code: sourcesSha256(),
  };
  const opensThinking = OPENS_THINKING.test(prompter.text(""));
  const initialEmbedding = snapshot(embeddingTableOf(opened.model));
  return {
    config,
    checkpoint,
    weightsSha256,
    opened,
    threads: lanes,
    tokenizer,
    prompter,
    datasets,
    code,
    folder: new RunFolder(options.runsFolder, config.name, identity),
    grader,
    examination: {
      prompt: ({ question }) => prompter.ids(question),
      text: (completion) => {
        const tokens = completionTokens(completion);
        return tokenizer.decode(completion.finish === "stop" ? tokens.subarray(0, -1) : tokens);
      },
      // A prompt that opens the thinking makes everything before its end a thought, however the completion breaks off.
      grade: (text, { answer }) => grade(text, answer, { thinking: opensThinking, boxed }),
    },
    trainingSource: (seed) => loadTrainingSource(config.training.source, { seed, ...mirror }),
    rolloutSettings: ({ algorithm, answers, thinking }, maxNewTokens) => ({
      algorithm: createAlgorithm(algorithm, initialEmbedding, neverFed(checkpoint, tokenizer)),
      answers: createAnswerSampler(answers),
      thinking: {
        end: endOfThinkingTokens(tokenizer, thinking.end, thinking.endRule),
        ...(thinking.endRule === "text" && {
          endText: endOfThinkingText(tokenizer, thinking.end, thinking.afterEnd),
        }),
        endIsDrawn: thinking.endIsDrawn,
        afterEnd: [...tokenizer.encode(thinking.afterEnd)],
        ...(thinking.maxThoughts !== undefined && { maxThoughts: thinking.maxThoughts }),
        ...(thinking.coldStop && { coldStop: thinking.coldStop }),
      },
      endTokens: checkpoint.endTokens,
      maxNewTokens,
    }),
  };
}

/** Every training problem of a seed against every evaluation problem. */
export function overlap({ config, datasets }: Workbench, source: TrainingSource): LeakReport {
  const { steps, promptsPerStep } = config.training;
  const training = Array.from({ length: steps }, (_, step) => source.problems(step, promptsPerStep)).flat();
  const distinct = [...new Map(training.map((problem) => [problem.id, problem])).values()];
  return findLeaks(distinct, datasets);
}

/** The first problems of a dataset, as many as the experiment and `--limit` leave. */
function cut(dataset: Dataset, { problemsPerDataset, limit }: ResolvedExperimentConfig): Dataset {
  const most = Math.min(problemsPerDataset ?? Infinity, limit ?? Infinity);
  return most < dataset.problems.length ? { ...dataset, problems: dataset.problems.slice(0, most) } : dataset;
}

/** Ids that no position is ever fed: padding and what ends a completion. */
function neverFed({ endTokens }: Checkpoint, tokenizer: Tokenizer): number[] {
  const padding = tokenizer.specialTokens.pad_token;
  const id = padding === undefined ? undefined : tokenizer.tokenId(padding);
  return [...new Set([...endTokens, ...(id === undefined ? [] : [id])])];
}

function snapshot(table: EmbeddingTable): EmbeddingTable {
  return { ...table, values: table.values.slice() };
}
