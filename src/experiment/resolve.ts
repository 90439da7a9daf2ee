/**
 * What one writes (`ExperimentConfig`) -> what runs (`ResolvedExperimentConfig`): defaults filled in, flags applied,
 * nothing left open. It is printed, hashed, and stored whole in every result.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import type { AlgorithmConfig } from "../algorithms/registry.ts";
import { check, faultError } from "../files/check.ts";
import { distinct } from "../files/distinct.ts";
import { type ResolvedGrader, resolvedGraderSchema } from "../grading/grader_config.ts";
import { jsonSha256 } from "../files/hash.ts";
import { type AdapterConfig, adapterSchema } from "../models/adapter.ts";
import type { AnswerConfig } from "../rollout/answer_sampler.ts";
import {
  type ResolvedTraining,
  resolvedTrainingSchema,
  TRAINING_DEFAULTS,
  trainingSchema,
} from "../training/config.ts";
import { type ResolvedObjective, resolvedObjectiveSchema, resolveObjective } from "../training/objective.ts";
import {
  type ArmConfig,
  armSchema,
  type ArmTrainingConfig,
  checkExperiment,
  type DecodingConfig,
  decodingSchema,
  evaluatedDecodings,
  evaluationLabels,
  EXPERIMENT_DEFAULTS,
  type ExperimentConfig,
  experimentSchema,
  nameSchema,
  subjectOf,
} from "./config.ts";
import { chosenArms, settingShape, withSettings } from "./setting_overrides.ts";
import { type ResolvedThinking, resolvedThinkingSchema, THINKING_DEFAULTS, type ThinkingConfig } from "./thinking.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** What flags may change. */
export interface ExperimentOverrides {
  /** Checkpoint folder, or `org/name@revision` (absent: as in the experiment). */
  readonly model?: string;
  /** Evaluation datasets by name, or JSONL files by path (absent: as in the experiment). */
  readonly datasets?: readonly string[];
  /** Labels of the arms that run (absent: all). */
  readonly arms?: readonly string[];
  /** Every arm runs under each (absent: as in the experiment). */
  readonly seeds?: readonly number[];
  /** Only the first so many problems of each dataset (an integer of at least 1; absent: as in the experiment). */
  readonly problemsPerDataset?: number;
  /** Samples per problem (an integer of at least 1; absent: as in the experiment). */
  readonly samples?: number;
  /** Text around the question (absent: as in the experiment). */
  readonly prompt?: "question" | "step-by-step" | "conversation";
  /**
   * Divides the logits, of thoughts and answers alike, in every decoding (a number above 0; absent: as in the
   * experiment).
   */
  readonly temperature?: number;
  /**
   * Mass of the tokens that are drawn from, of thoughts and answers alike, in every decoding (a number in (0, 1];
   * absent: as in the experiment).
   */
  readonly topP?: number;
  /**
   * Most tokens that are drawn from, of thoughts and answers alike, in every decoding (an integer in [1, 3072];
   * absent: as in the experiment).
   */
  readonly topK?: number;
  /** Learning rate after warm-up, of every trained arm (a number above 0; absent: as in the experiment). */
  readonly learningRate?: number;
  /** B, prompts of a rollout, of every trained arm (an integer of at least 1; absent: as in the experiment). */
  readonly promptsPerStep?: number;
  /** G, completions per prompt, of every trained arm (an integer of at least 2; absent: as in the experiment). */
  readonly groupSize?: number;
  /**
   * Rollouts, each with its updates; at least 1 where an arm is trained (an integer of at least 0; absent: as in the
   * experiment).
   */
  readonly steps?: number;
  /** Longest completion, in training and in evaluation (an integer of at least 1; absent: as in the experiment). */
  readonly maxNewTokens?: number;
  /** Problems and steps of a smoke run (an integer of at least 1; absent: no smoke run). */
  readonly limit?: number;
  /** The low-rank adapter that is trained, key by key in place of the experiment's (absent: as in the experiment). */
  readonly adapter?: AdapterConfig;
}

/** A way of decoding with nothing left open. */
export interface ResolvedDecoding {
  /**
   * Name of this way of decoding, shared by arms that decode alike: `discrete`, `soft-thinking`, … (a name of at most
   * 80 letters, digits, . _ or -).
   */
  readonly decoding: string;
  /** What a thought step does. */
  readonly algorithm: AlgorithmConfig;
  /** How answer tokens are chosen. */
  readonly answers: AnswerConfig;
  /** When thinking ends, with nothing left open. */
  readonly thinking: ResolvedThinking;
}

/** One evaluation of an arm: the label of its result, and how it decodes. */
export interface ResolvedEvaluation {
  /**
   * Label of its result: the arm's where there is one evaluation, with the decoding's name where there are several (a
   * name of at most 80 letters, digits, . _ or -).
   */
  readonly label: string;
  /**
   * Name of this way of decoding, shared by arms that decode alike: `discrete`, `soft-thinking`, … (a name of at most
   * 80 letters, digits, . _ or -).
   */
  readonly decoding: string;
  /** What a thought step does. */
  readonly algorithm: AlgorithmConfig;
  /** How answer tokens are chosen. */
  readonly answers: AnswerConfig;
  /** When thinking ends, with nothing left open. */
  readonly thinking: ResolvedThinking;
}

/** An arm with nothing left open. */
export interface ResolvedArm {
  /** Unique in the experiment; names files and flags (a name of at most 80 letters, digits, . _ or -). */
  readonly label: string;
  /** One sentence for tables and reports. */
  readonly title: string;
  /** Name of the algorithm's settings, for tables and reports (absent: none). */
  readonly preset?: string;
  /**
   * Name of this way of decoding, shared by arms that decode alike: `discrete`, `soft-thinking`, … (a name of at most
   * 80 letters, digits, . _ or -).
   */
  readonly decoding: string;
  /** What a thought step does. */
  readonly algorithm: AlgorithmConfig;
  /** How answer tokens are chosen. */
  readonly answers: AnswerConfig;
  /** When thinking ends, with nothing left open. */
  readonly thinking: ResolvedThinking;
  /** Ways of decoding to evaluate. */
  readonly evaluations: readonly ResolvedEvaluation[];
  /** What the arm is trained for (absent: not trained). */
  readonly objective?: ResolvedObjective;
  /** In place of the experiment's, key by key (absent: that of the experiment). */
  readonly training?: ArmTrainingConfig;
}

/** What runs: every field is there. The work of one arm never depends on its neighbours. */
export interface ResolvedExperimentConfig {
  /** Names files (a name of at most 80 letters, digits, . _ or -). */
  readonly name: string;
  /** One line for tables and reports. */
  readonly description: string;
  /** Checkpoint folder, or `org/name@revision`. */
  readonly model: string;
  /** Text around the question, by name as in `src/prompt/prompt.ts`. */
  readonly prompt: "question" | "step-by-step" | "conversation";
  /** Who says what is right, with nothing left open. */
  readonly grader: ResolvedGrader;
  /** Evaluation datasets by name, or JSONL files by path. */
  readonly datasets: readonly string[];
  /**
   * Only the first so many problems of each dataset, as part of the experiment (an integer of at least 1; absent:
   * all).
   */
  readonly problemsPerDataset?: number;
  /** Every arm runs under each. */
  readonly seeds: readonly number[];
  /** Samples per problem (an integer of at least 1). */
  readonly samples: number;
  /** k of Pass@k, as far as `samples` allow. */
  readonly passAt: readonly number[];
  /** k of majority@k, as far as `samples` allow. */
  readonly majorityAt: readonly number[];
  /** Longest completion, thoughts and answer together (an integer of at least 1). */
  readonly maxNewTokens: number;
  /** Longest completion in evaluation (an integer of at least 1). */
  readonly evaluationMaxNewTokens: number;
  /** The decoding under which arms are compared like for like (absent: none). */
  readonly matched?: ResolvedDecoding;
  /** What is the same for every trained arm, with nothing left open. */
  readonly training: ResolvedTraining;
  /** The competitors. */
  readonly arms: readonly ResolvedArm[];
  /**
   * Problems and steps, where `--limit` makes the result a smoke run (an integer of at least 1; absent: no smoke
   * run).
   */
  readonly limit?: number;
}
// End of written types.

const writtenShape = experimentSchema.unwrap().shape;

/** A key that a flag may change. */
function changed<T extends z.ZodType>(schema: T) {
  return schema.exactOptional().meta({ default: undefined, absent: "as in the experiment" });
}

/** What {@link ExperimentOverrides} must be. */
export const overridesSchema = z.strictObject({
  model: changed(writtenShape.model),
  datasets: changed(writtenShape.datasets),
  arms: distinct(z.string(), "arm").exactOptional().describe("labels of the arms that run").meta({ absent: "all" }),
  seeds: changed(writtenShape.seeds),
  problemsPerDataset: changed(writtenShape.problemsPerDataset).describe(
    "only the first so many problems of each dataset",
  ),
  samples: changed(writtenShape.samples),
  ...settingShape,
  steps: changed(trainingSchema.unwrap().shape.steps),
  maxNewTokens: changed(writtenShape.maxNewTokens).describe("longest completion, in training and in evaluation"),
  limit: z.int().min(1).exactOptional().describe("problems and steps of a smoke run").meta({ absent: "no smoke run" }),
  adapter: changed(adapterSchema).describe(
    "the low-rank adapter that is trained, key by key in place of the experiment's",
  ),
}).readonly().meta({ id: "ExperimentOverrides", description: "what flags may change" });

/** What a {@link ResolvedDecoding} must be. */
export const resolvedDecodingSchema = z.strictObject({
  ...decodingSchema.unwrap().shape,
  thinking: resolvedThinkingSchema,
}).readonly().meta({ id: "ResolvedDecoding", description: "a way of decoding with nothing left open" });

/** What a {@link ResolvedEvaluation} must be. */
const resolvedEvaluationSchema = z.strictObject({
  label: nameSchema.describe(
    "label of its result: the arm's where there is one evaluation, with the decoding's name where there are several",
  ),
  ...resolvedDecodingSchema.unwrap().shape,
}).readonly().meta({
  id: "ResolvedEvaluation",
  description: "one evaluation of an arm: the label of its result, and how it decodes",
});

/** What a {@link ResolvedArm} must be. */
const resolvedArmSchema = z.strictObject({
  ...armSchema.unwrap().shape,
  ...resolvedDecodingSchema.unwrap().shape,
  evaluations: z.array(resolvedEvaluationSchema).min(1).readonly().describe("ways of decoding to evaluate"),
  objective: resolvedObjectiveSchema.exactOptional().describe("what the arm is trained for")
    .meta({ absent: "not trained" }),
}).readonly().meta({ id: "ResolvedArm", description: "an arm with nothing left open" });

/** What a {@link ResolvedExperimentConfig} must be, e.g. where a result file holds it. */
export const resolvedExperimentSchema = z.strictObject(writtenShape)
  .required({ prompt: true, seeds: true, samples: true, passAt: true, majorityAt: true, evaluationMaxNewTokens: true })
  .omit({ thinking: true })
  .extend({
    matched: resolvedDecodingSchema.exactOptional().describe(
      "the decoding under which arms are compared like for like",
    ).meta({ absent: "none" }),
    grader: resolvedGraderSchema,
    limit: z.int().min(1).exactOptional().describe("problems and steps, where `--limit` makes the result a smoke run")
      .meta({ absent: "no smoke run" }),
    training: resolvedTrainingSchema,
    arms: z.array(resolvedArmSchema).min(1).readonly().describe("the competitors"),
  }).readonly().meta({
    id: "ResolvedExperimentConfig",
    description: "what runs: every field is there. The work of one arm never depends on its neighbours",
  });

/**
 * Checks a configuration that was stored.
 *
 * @param place where it was, e.g. `the configuration in FILE`
 * @throws {UsageError} About the first fault
 */
export function checkResolved(value: unknown, place: string): ResolvedExperimentConfig {
  return check(resolvedExperimentSchema, value, { of: place });
}

/**
 * Checks an experiment, applies overrides and fills in defaults: everything that can be known without reading a file.
 *
 * @throws {UsageError} If a key is unknown, a value is out of range, or two do not go together
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 *
 * const { seeds, arms, training } = resolveExperiment(tiny, { seeds: [7], arms: ["discrete-grpo"], limit: 3 });
 * assertEquals([seeds, arms.length, training.minibatches, training.steps], [[7], 1, 1, 3]);
 * ```
 */
export function resolveExperiment(
  written: ExperimentConfig,
  changes: ExperimentOverrides = {},
): ResolvedExperimentConfig {
  const checked = checkExperiment(written);
  const overrides = check(overridesSchema, changes, { of: `what is changed in experiment ${checked.name}` });
  const config = withSettings({ ...checked, arms: chosenArms(checked, overrides.arms) }, overrides);
  const { datasets, limit, maxNewTokens, problemsPerDataset, samples, seeds } = {
    ...EXPERIMENT_DEFAULTS,
    ...config,
    ...overrides,
  };
  // A smoke run trains as little as it evaluates, unless steps are asked for.
  const steps = overrides.steps ?? Math.min(config.training.steps, limit ?? Infinity);
  const { arms } = config;
  if (steps === 0 && arms.some(({ objective }) => objective !== undefined)) {
    throw faultError(subjectOf(config), {
      path: ["training", "steps"],
      found: "0",
      expected: "an integer of at least 1, as arms are trained",
    });
  }
  // A k above a smaller n that a flag asked for is left out; one above the experiment's own n was refused.
  const allowed = (sizes: readonly number[]) => sizes.filter((k) => k <= samples);

  return {
    name: config.name,
    description: config.description,
    model: overrides.model ?? config.model,
    prompt: config.prompt ?? EXPERIMENT_DEFAULTS.prompt,
    grader: { ...EXPERIMENT_DEFAULTS.grader, ...config.grader },
    datasets,
    ...(problemsPerDataset !== undefined && { problemsPerDataset }),
    ...(limit !== undefined && { limit }),
    seeds,
    samples,
    passAt: allowed(config.passAt ?? EXPERIMENT_DEFAULTS.passAt),
    majorityAt: allowed(config.majorityAt ?? EXPERIMENT_DEFAULTS.majorityAt),
    maxNewTokens,
    evaluationMaxNewTokens: overrides.maxNewTokens ?? config.evaluationMaxNewTokens ?? maxNewTokens,
    training: {
      ...TRAINING_DEFAULTS,
      ...config.training,
      ...(overrides.adapter && { adapter: { ...config.training.adapter, ...overrides.adapter } }),
      steps,
      promptsPerStep: Math.min(config.training.promptsPerStep, limit ?? Infinity),
    },
    ...(config.matched && { matched: resolveDecoding(config.matched, config.thinking) }),
    arms: arms.map((arm) => resolveArm(arm, config, overrides)),
  };
}

function resolveArm(
  { objective, evaluations, training, ...arm }: ArmConfig,
  { thinking, matched }: ExperimentConfig,
  { steps, limit = Infinity }: ExperimentOverrides,
): ResolvedArm {
  const own = resolveDecoding(arm, thinking);
  const decodings = evaluatedDecodings({ ...arm, ...(evaluations && { evaluations }) }, matched)
    .map((decoding) => resolveDecoding(decoding, thinking));
  const labels = evaluationLabels(arm.label, decodings);
  return {
    ...arm,
    thinking: own.thinking,
    evaluations: decodings.map((decoding, i) => ({ label: labels[i], ...decoding })),
    ...(objective && { objective: resolveObjective(objective) }),
    ...(training && {
      training: {
        ...training,
        ...(training.steps !== undefined && { steps: steps ?? Math.min(training.steps, limit) }),
        ...(training.promptsPerStep !== undefined && { promptsPerStep: Math.min(training.promptsPerStep, limit) }),
      },
    }),
  };
}

/** Whether a way of decoding is the one under which the experiment compares arms like for like, whatever its name. */
export function isMatched({ matched }: Pick<ResolvedExperimentConfig, "matched">, decoding: ResolvedDecoding): boolean {
  const law = ({ algorithm, answers, thinking }: ResolvedDecoding) => jsonSha256({ algorithm, answers, thinking });
  return matched !== undefined && law(matched) === law(decoding);
}

/** How an arm is trained: the experiment's settings, with the arm's own in their place. */
export function armTraining(config: Pick<ResolvedExperimentConfig, "training">, arm: ResolvedArm): ResolvedTraining {
  return { ...config.training, ...arm.training };
}

function resolveDecoding(
  { decoding, algorithm, answers, thinking }: DecodingConfig,
  shared: ThinkingConfig,
): ResolvedDecoding {
  return { decoding, algorithm, answers, thinking: { ...THINKING_DEFAULTS, ...shared, ...thinking } };
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
