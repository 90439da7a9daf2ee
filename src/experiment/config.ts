/**
 * What one writes (`ExperimentConfig`) -> what runs (`ResolvedExperimentConfig`) -> its hash. An experiment is a typed
 * object in `benchmarks/<name>.ts`; flags override it by the same names.
 *
 * @module
 */
import type { AlgorithmConfig } from "../algorithms/registry.ts";
import type { AnswerConfig } from "../rollout/answer_sampler.ts";
import { nearestName, UsageError } from "../errors.ts";
import type { GraderName } from "../grading/graders.ts";
import { checkLoss } from "../training/loss/loss.ts";
import type { ObjectiveConfig } from "../training/objective.ts";
import type { ColdStop } from "../rollout/rollout.ts";
import type { RewardConfig } from "../grading/reward.ts";
import type { TrainingConfig } from "../training/config.ts";

/** When thinking ends, in text; see {@link ThinkingRule} for tokens. */
export interface ThinkingConfig {
  /** The marker whose tokens end the thinking, e.g. `</think>`. */
  readonly end: string;
  /** `sequence`: the marker's whole token sequence; `last-sub-token`: its last token alone, as the released code does. */
  readonly endRule?: "sequence" | "last-sub-token";
  /** Whether the token that ends thinking is drawn (default true). */
  readonly endIsDrawn?: boolean;
  /** Text forced after the end of thinking, not drawn (default none). */
  readonly afterEnd?: string;
  /** Most thought positions before the end is forced (default: only the completion's limit). */
  readonly maxThoughts?: number;
  /** Cold Stop of Soft Thinking (default off). */
  readonly coldStop?: ColdStop;
}

/** How a model thinks and answers. */
export interface DecodingConfig {
  /** Its name, shared by arms that decode alike: `discrete`, `soft-thinking`, … */
  readonly decoding: string;
  readonly algorithm: AlgorithmConfig;
  readonly answers: AnswerConfig;
  /** Default: that of the experiment. */
  readonly thinking?: ThinkingConfig;
}

/** One competitor: how it thinks and answers, and, where it is trained, for what. */
export interface ArmConfig extends DecodingConfig {
  /** Unique in the experiment; names files and flags. */
  readonly label: string;
  /** One sentence for tables and reports. */
  readonly title: string;
  readonly preset?: string;
  /** Ways of decoding to evaluate, where they are not the one it is trained with; each gives a result of its own. */
  readonly evaluations?: readonly DecodingConfig[];
  /** Absent: the arm is not trained. */
  readonly objective?: ObjectiveConfig;
}

/** Who says what is right, in training and in evaluation alike. */
export interface GraderConfig {
  readonly name: GraderName;
  /** Only a boxed answer counts (default false). */
  readonly boxed?: boolean;
}

/** An experiment as one writes it. */
export interface ExperimentConfig {
  readonly name: string;
  readonly description: string;
  /** Checkpoint folder, or `org/name@revision`. */
  readonly model: string;
  /** Text around the question, by name (see `prompt.ts`; default `question`: as it is). */
  readonly prompt?: string;
  /** Default: ours, which also finds answers outside a box. */
  readonly grader?: GraderConfig;
  /** Datasets by name, or JSONL files by path. */
  readonly datasets: readonly string[];
  /** Only the first so many problems of each dataset, as part of the experiment (default all). */
  readonly problemsPerDataset?: number;
  /** Default [1, 2]. */
  readonly seeds?: readonly number[];
  /** Samples a problem (default 32). */
  readonly samples?: number;
  /** Default [1, 32], as far as `samples` allows. */
  readonly passAt?: readonly number[];
  /** Default [32], as far as `samples` allows. */
  readonly majorityAt?: readonly number[];
  /** Longest completion, thoughts and answer together. */
  readonly maxNewTokens: number;
  /** The same in evaluation (default: as in training). */
  readonly evaluationMaxNewTokens?: number;
  readonly thinking: ThinkingConfig;
  readonly training: TrainingConfig;
  readonly arms: readonly ArmConfig[];
}

/** What flags may change. */
export interface ExperimentOverrides {
  readonly model?: string;
  readonly datasets?: readonly string[];
  readonly arms?: readonly string[];
  readonly seeds?: readonly number[];
  readonly problemsPerDataset?: number;
  readonly samples?: number;
  readonly steps?: number;
  readonly maxNewTokens?: number;
  readonly limit?: number;
}

/** A way of decoding with nothing left open. */
export interface ResolvedDecoding extends DecodingConfig {
  readonly thinking: Required<Omit<ThinkingConfig, "maxThoughts" | "coldStop">> & ThinkingConfig;
}

/** One evaluation of an arm: the label of its result, and how it decodes. */
export interface ResolvedEvaluation extends ResolvedDecoding {
  /** The arm's label where there is one evaluation, with the decoding's name where there are several. */
  readonly label: string;
}

/** An arm with nothing left open. */
export interface ResolvedArm extends Omit<ArmConfig, "thinking" | "objective" | "evaluations">, ResolvedDecoding {
  readonly thinking: ResolvedDecoding["thinking"];
  readonly evaluations: readonly ResolvedEvaluation[];
  readonly objective?: Required<ObjectiveConfig>;
}

/** What runs: every field is there. The work of one arm never depends on its neighbours. */
export interface ResolvedExperimentConfig {
  readonly name: string;
  readonly description: string;
  readonly model: string;
  readonly prompt: string;
  readonly grader: Required<GraderConfig>;
  readonly datasets: readonly string[];
  readonly problemsPerDataset?: number;
  /** Set by `--limit`: the result is a smoke run. */
  readonly limit?: number;
  readonly seeds: readonly number[];
  readonly samples: number;
  readonly passAt: readonly number[];
  readonly majorityAt: readonly number[];
  readonly maxNewTokens: number;
  readonly evaluationMaxNewTokens: number;
  readonly training: Required<TrainingConfig>;
  readonly arms: readonly ResolvedArm[];
}

const DEFAULT_SEEDS = [1, 2];
const DEFAULT_SAMPLES = 32;
const DEFAULT_CHECKPOINT_EVERY = 20;
const DEFAULT_REWARD: RewardConfig = { correct: 1, extracted: 0, missing: 0 };

/**
 * Fills in defaults, applies overrides and checks everything that can be checked without reading a file.
 *
 * @throws {UsageError} If a key is unknown or a value is out of range
 */
export function resolveExperiment(
  config: ExperimentConfig,
  overrides: ExperimentOverrides = {},
): ResolvedExperimentConfig {
  checkKeys(config, EXPERIMENT_KEYS, `experiment ${config.name}`);
  checkKeys(config.training, TRAINING_KEYS, `experiment ${config.name}, training`);
  for (const arm of config.arms) checkKeys(arm, ARM_KEYS, `experiment ${config.name}, arm ${arm.label}`);

  const ownSamples = config.samples ?? DEFAULT_SAMPLES;
  const asked = { ...config, ...overrides };
  const { datasets, limit, maxNewTokens, problemsPerDataset, samples = DEFAULT_SAMPLES, seeds = DEFAULT_SEEDS } = asked;
  // A smoke run trains as little as it evaluates, unless steps are asked for.
  const steps = overrides.steps ?? Math.min(config.training.steps, limit ?? Infinity);
  checkInteger("limit", limit ?? 1, 1);
  checkInteger("problems", problemsPerDataset ?? 1, 1);
  checkInteger("samples", samples, 1);
  const arms = chosenArms(config, overrides.arms);
  checkInteger("steps", steps, arms.some(({ objective }) => objective !== undefined) ? 1 : 0);
  checkInteger("training.promptsPerStep", config.training.promptsPerStep, 1);
  checkInteger("training.minibatches", config.training.minibatches ?? 1, 1);
  if (config.training.groupSize < 2) {
    throw new UsageError(
      `Cannot compare the completions of a group of ${config.training.groupSize}: training.groupSize must be >= 2`,
    );
  }
  if (seeds.length === 0) throw new UsageError("Cannot run without a seed: give --seed 1 or --seeds 1,2");
  seeds.forEach((seed) => checkInteger("seed", seed, 0));
  checkDistinct("seed", seeds);
  checkDistinct("dataset", datasets);
  checkDistinct("arm", overrides.arms ?? config.arms.map(({ label }) => label));
  checkInteger("max-new-tokens", maxNewTokens, 1);

  return {
    name: config.name,
    description: config.description,
    model: overrides.model ?? config.model,
    prompt: config.prompt ?? "question",
    grader: { name: config.grader?.name ?? "symbolic", boxed: config.grader?.boxed ?? false },
    datasets,
    ...(problemsPerDataset !== undefined && { problemsPerDataset }),
    ...(limit !== undefined && { limit }),
    seeds: [...seeds],
    samples,
    passAt: sampleSizes("passAt", { chosen: config.passAt, defaults: [1, DEFAULT_SAMPLES] }, ownSamples, samples),
    majorityAt: sampleSizes(
      "majorityAt",
      { chosen: config.majorityAt, defaults: [DEFAULT_SAMPLES] },
      ownSamples,
      samples,
    ),
    maxNewTokens,
    evaluationMaxNewTokens: overrides.maxNewTokens ?? config.evaluationMaxNewTokens ?? maxNewTokens,
    training: {
      ...config.training,
      steps,
      promptsPerStep: Math.min(config.training.promptsPerStep, limit ?? Infinity),
      minibatches: config.training.minibatches ?? 1,
      checkpointEvery: config.training.checkpointEvery ?? DEFAULT_CHECKPOINT_EVERY,
    },
    arms: arms.map((arm) => resolveArm(arm, config.thinking)),
  };
}

function resolveArm({ objective, evaluations, ...arm }: ArmConfig, shared: ThinkingConfig): ResolvedArm {
  if (objective) checkLoss(objective.loss);
  const own = resolveDecoding(arm, shared);
  const decodings = evaluations?.map((decoding) => resolveDecoding(decoding, shared)) ?? [own];
  return {
    ...arm,
    thinking: own.thinking,
    evaluations: decodings.map((decoding) => ({
      label: decodings.length === 1 ? arm.label : `${arm.label}.${decoding.decoding}`,
      ...decoding,
    })),
    ...(objective && { objective: { ...objective, reward: objective.reward ?? DEFAULT_REWARD } }),
  };
}

function resolveDecoding(config: DecodingConfig, shared: ThinkingConfig): ResolvedDecoding {
  const { end, endRule, endIsDrawn, afterEnd, maxThoughts, coldStop } = { ...shared, ...config.thinking };
  return {
    decoding: config.decoding,
    algorithm: config.algorithm,
    answers: config.answers,
    thinking: {
      end,
      endRule: endRule ?? "sequence",
      endIsDrawn: endIsDrawn ?? true,
      afterEnd: afterEnd ?? "",
      ...(maxThoughts !== undefined && { maxThoughts }),
      ...(coldStop && { coldStop }),
    },
  };
}

function chosenArms(config: ExperimentConfig, labels: readonly string[] | undefined): readonly ArmConfig[] {
  if (labels === undefined) return config.arms;
  return labels.map((label) => {
    const arm = config.arms.find((candidate) => candidate.label === label);
    if (arm !== undefined) return arm;
    const known = config.arms.map((candidate) => candidate.label);
    throw new UsageError(
      `Cannot run arm ${JSON.stringify(label)} of ${config.name}: it has ${known.join(", ")}` +
        didYouMean(label, known),
    );
  });
}

/**
 * Sizes k that n samples allow. A k above the experiment's own n is an error; one above a smaller n that a flag asked
 * for is left out.
 */
function sampleSizes(
  name: string,
  { chosen, defaults }: { chosen: readonly number[] | undefined; defaults: readonly number[] },
  ownSamples: number,
  samples: number,
): readonly number[] {
  const tooLarge = chosen?.find((k) => k > ownSamples);
  if (tooLarge !== undefined) {
    throw new UsageError(
      `Cannot estimate ${name} ${tooLarge} from ${ownSamples} samples per problem: k must be <= samples; raise samples`,
    );
  }
  return (chosen ?? defaults).filter((k) => k <= samples);
}

function checkInteger(name: string, value: number, least: number): void {
  // Above 2^53 two integers can be one number, and what ran would not be what was asked for.
  if (!Number.isSafeInteger(value) || value < least) {
    throw new UsageError(
      `Cannot use ${name} = ${value}: expected an integer >= ${least}` + (value > least ? ", below 2^53" : ""),
    );
  }
}

/** The same thing twice would be computed once, and counted as two. */
function checkDistinct(name: string, values: readonly (string | number)[]): void {
  const repeated = values.find((value, i) => values.indexOf(value) !== i);
  if (repeated !== undefined) {
    throw new UsageError(`Cannot use ${name} ${JSON.stringify(repeated)} twice: expected each ${name} once`);
  }
}

const EXPERIMENT_KEYS: readonly (keyof ExperimentConfig)[] = [
  "name",
  "description",
  "model",
  "prompt",
  "grader",
  "datasets",
  "problemsPerDataset",
  "seeds",
  "samples",
  "passAt",
  "majorityAt",
  "maxNewTokens",
  "evaluationMaxNewTokens",
  "thinking",
  "training",
  "arms",
];
const TRAINING_KEYS: readonly (keyof TrainingConfig)[] = [
  "source",
  "steps",
  "promptsPerStep",
  "groupSize",
  "minibatches",
  "optimizer",
  "checkpointEvery",
];
const ARM_KEYS: readonly (keyof ArmConfig)[] = [
  "label",
  "title",
  "algorithm",
  "preset",
  "decoding",
  "answers",
  "thinking",
  "evaluations",
  "objective",
];

function checkKeys(value: object, known: readonly string[], place: string): void {
  const unknown = Object.keys(value).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new UsageError(`Cannot read ${place}: unknown key ${JSON.stringify(unknown)}` + didYouMean(unknown, known));
}

function didYouMean(wrong: string, known: readonly string[]): string {
  const near = nearestName(wrong, known);
  return near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`;
}

/** Everything that decides the numbers of one arm under one seed. */
export interface ArmRun {
  readonly arm: ResolvedArm;
  readonly seed: number;
}

/** All (arm, seed) pairs of an experiment, seeds outermost, so that a first comparison is there early. */
export function armRuns(config: ResolvedExperimentConfig): ArmRun[] {
  return config.seeds.flatMap((seed) => config.arms.map((arm) => ({ arm, seed })));
}
