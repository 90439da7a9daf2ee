/**
 * What one writes (`ExperimentConfig`) -> what runs (`ResolvedExperimentConfig`): defaults filled in, flags applied,
 * nothing left open. It is printed, hashed, and stored whole in every result.
 *
 * @module
 */
import { z } from "zod";
import { nearestName, UsageError } from "../errors.ts";
import { check, faultError } from "../files/check.ts";
import { resolvedTrainingSchema, TRAINING_DEFAULTS, type TrainingConfig, trainingSchema } from "../training/config.ts";
import { DEFAULT_REWARD, type ObjectiveConfig, resolvedObjectiveSchema } from "../training/objective.ts";
import {
  type ArmConfig,
  armSchema,
  checkExperiment,
  type DecodingConfig,
  decodingSchema,
  distinct,
  evaluationLabels,
  EXPERIMENT_DEFAULTS,
  type ExperimentConfig,
  experimentSchema,
  type GraderConfig,
  graderSchema,
  nameSchema,
  subjectOf,
  THINKING_DEFAULTS,
  type ThinkingConfig,
  thinkingSchema,
} from "./config.ts";

/** What flags may change. */
export interface ExperimentOverrides {
  /** Checkpoint folder, or `org/name@revision`. */
  readonly model?: string;
  /** Datasets by name, or JSONL files by path. */
  readonly datasets?: readonly string[];
  /** Labels of the arms that run. */
  readonly arms?: readonly string[];
  /** Every arm runs under each. */
  readonly seeds?: readonly number[];
  /** Only the first so many problems of each dataset; absent: all. */
  readonly problemsPerDataset?: number;
  /** Samples per problem. */
  readonly samples?: number;
  /** Rollouts, each with its updates. */
  readonly steps?: number;
  /** Longest completion, thoughts and answer together. */
  readonly maxNewTokens?: number;
  /** Problems and steps of a smoke run. */
  readonly limit?: number;
}

/** When thinking ends, with nothing left open; no limit of thoughts and no Cold Stop where they are absent. */
export interface ResolvedThinking extends ThinkingConfig {
  /** Whether the marker's whole token sequence ends the thinking, or its last token alone. */
  readonly endRule: NonNullable<ThinkingConfig["endRule"]>;
  /** Whether the token that ends thinking is drawn. */
  readonly endIsDrawn: boolean;
  /** Text forced after the end of thinking. */
  readonly afterEnd: string;
}

/** A way of decoding with nothing left open. */
export interface ResolvedDecoding extends DecodingConfig {
  /** When thinking ends. */
  readonly thinking: ResolvedThinking;
}

/** One evaluation of an arm: the label of its result, and how it decodes. */
export interface ResolvedEvaluation extends ResolvedDecoding {
  /** The arm's label where there is one evaluation, with the decoding's name where there are several. */
  readonly label: string;
}

/** An arm with nothing left open. */
export interface ResolvedArm extends Omit<ArmConfig, "thinking" | "objective" | "evaluations">, ResolvedDecoding {
  /** When thinking ends. */
  readonly thinking: ResolvedThinking;
  /** Ways of decoding to evaluate. */
  readonly evaluations: readonly ResolvedEvaluation[];
  /** What the arm is trained for; absent: it is not trained. */
  readonly objective?: Required<ObjectiveConfig>;
}

/** What runs: every field is there. The work of one arm never depends on its neighbours. */
export interface ResolvedExperimentConfig {
  /** Names files. */
  readonly name: string;
  /** One line for tables and reports. */
  readonly description: string;
  /** Checkpoint folder, or `org/name@revision`. */
  readonly model: string;
  /** Text around the question, by name. */
  readonly prompt: NonNullable<ExperimentConfig["prompt"]>;
  /** Who says what is right. */
  readonly grader: Required<GraderConfig>;
  /** Datasets by name, or JSONL files by path. */
  readonly datasets: readonly string[];
  /** Only the first so many problems of each dataset; absent: all. */
  readonly problemsPerDataset?: number;
  /** Set by `--limit`: the result is a smoke run. */
  readonly limit?: number;
  /** Every arm runs under each. */
  readonly seeds: readonly number[];
  /** Samples per problem. */
  readonly samples: number;
  /** k of Pass@k. */
  readonly passAt: readonly number[];
  /** k of majority@k. */
  readonly majorityAt: readonly number[];
  /** Longest completion, thoughts and answer together. */
  readonly maxNewTokens: number;
  /** Longest completion in evaluation. */
  readonly evaluationMaxNewTokens: number;
  /** What is the same for every trained arm. */
  readonly training: Required<TrainingConfig>;
  /** The competitors. */
  readonly arms: readonly ResolvedArm[];
}

const resolvedDecodingShape = {
  ...decodingSchema.unwrap().shape,
  thinking: thinkingSchema.unwrap().required({ endRule: true, endIsDrawn: true, afterEnd: true }).readonly(),
};
const writtenShape = experimentSchema.unwrap().shape;

/** What {@link ExperimentOverrides} must be. */
export const overridesSchema = z.strictObject({
  model: writtenShape.model.exactOptional(),
  datasets: writtenShape.datasets.exactOptional(),
  arms: distinct(z.string(), "arm").exactOptional(),
  seeds: writtenShape.seeds,
  problemsPerDataset: writtenShape.problemsPerDataset,
  samples: writtenShape.samples,
  steps: trainingSchema.unwrap().shape.steps.exactOptional(),
  maxNewTokens: writtenShape.maxNewTokens.exactOptional(),
  limit: z.int().min(1).exactOptional(),
}).readonly();

/** What a {@link ResolvedExperimentConfig} must be, e.g. where a result file holds it. */
export const resolvedExperimentSchema = z.strictObject(writtenShape)
  .required({ prompt: true, seeds: true, samples: true, passAt: true, majorityAt: true, evaluationMaxNewTokens: true })
  .omit({ thinking: true })
  .extend({
    grader: graderSchema.unwrap().required().readonly(),
    limit: z.int().min(1).exactOptional(),
    training: resolvedTrainingSchema,
    arms: z.array(
      z.strictObject({
        ...armSchema.unwrap().shape,
        ...resolvedDecodingShape,
        evaluations: z.array(
          z.strictObject({ label: nameSchema, ...resolvedDecodingShape }).readonly(),
        ).min(1).readonly(),
        objective: resolvedObjectiveSchema.exactOptional(),
      }).readonly(),
    ).min(1).readonly(),
  }).readonly();

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
  const config = checkExperiment(written);
  const overrides = check(overridesSchema, changes, { of: `what is changed in experiment ${config.name}` });
  const { datasets, limit, maxNewTokens, problemsPerDataset, samples, seeds } = {
    ...EXPERIMENT_DEFAULTS,
    ...config,
    ...overrides,
  };
  // A smoke run trains as little as it evaluates, unless steps are asked for.
  const steps = overrides.steps ?? Math.min(config.training.steps, limit ?? Infinity);
  const arms = chosenArms(config, overrides.arms);
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
      steps,
      promptsPerStep: Math.min(config.training.promptsPerStep, limit ?? Infinity),
    },
    arms: arms.map((arm) => resolveArm(arm, config.thinking)),
  };
}

function resolveArm({ objective, evaluations, ...arm }: ArmConfig, shared: ThinkingConfig): ResolvedArm {
  const own = resolveDecoding(arm, shared);
  const decodings = evaluations?.map((decoding) => resolveDecoding(decoding, shared)) ?? [own];
  const labels = evaluationLabels({ label: arm.label, evaluations: decodings });
  return {
    ...arm,
    thinking: own.thinking,
    evaluations: decodings.map((decoding, i) => ({ label: labels[i], ...decoding })),
    ...(objective && { objective: { reward: DEFAULT_REWARD, ...objective } }),
  };
}

function resolveDecoding(
  { decoding, algorithm, answers, thinking }: DecodingConfig,
  shared: ThinkingConfig,
): ResolvedDecoding {
  return { decoding, algorithm, answers, thinking: { ...THINKING_DEFAULTS, ...shared, ...thinking } };
}

function chosenArms(config: ExperimentConfig, labels: readonly string[] | undefined): readonly ArmConfig[] {
  if (labels === undefined) return config.arms;
  return labels.map((label) => {
    const arm = config.arms.find((candidate) => candidate.label === label);
    if (arm !== undefined) return arm;
    const known = config.arms.map((candidate) => candidate.label);
    const near = nearestName(label, known);
    throw new UsageError(
      `Cannot run arm ${JSON.stringify(label)} of ${config.name}: it has ${known.join(", ")}` +
        (near === undefined ? "" : `; did you mean ${JSON.stringify(near)}?`),
    );
  });
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
