/**
 * An experiment as one writes it (`ExperimentConfig`): a typed object in `benchmarks/<name>.ts` or in a file of one's own.
 * Its schema is composed of the schemas that stand beside the parts; `resolve.ts` makes of it what runs.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { type AlgorithmConfig, algorithmSchema, untrainable } from "../algorithms/registry.ts";
import { check, type Path, type Subject, valueAt } from "../files/check.ts";
import { distinct } from "../files/distinct.ts";
import { jsonSha256 } from "../files/hash.ts";
import { type AnswerConfig, answerSchema } from "../rollout/answer_sampler.ts";
import { type TrainingConfig, trainingSchema } from "../training/config.ts";
import { type ObjectiveConfig, objectiveSchema } from "../training/objective.ts";
import { type OptimizerConfig, optimizerSchema } from "../training/optimizer.ts";
import { PROMPT_TEMPLATES, type PromptTemplateName } from "../prompt/templates.ts";
import { fitsThinking, type ThinkingConfig, thinkingSchema } from "./thinking.ts";
import { GRADER_DEFAULTS, type GraderConfig, graderSchema } from "../grading/grader_config.ts";

// Types written from the schemas of this file by `deno task schemas`.
/** How a model thinks and answers. */
export interface DecodingConfig {
  /**
   * Name of this way of decoding, shared by arms that decode alike: `discrete`, `soft-thinking`, … (a name of at most
   * 80 letters, digits, . _ or -).
   */
  readonly decoding: string;
  /** What a thought step does. */
  readonly algorithm: AlgorithmConfig;
  /** How answer tokens are chosen. */
  readonly answers: AnswerConfig;
  /** In place of the experiment's, key by key (absent: that of the experiment). */
  readonly thinking?: ThinkingConfig;
}

/** What an arm has in place of the experiment's training. */
export interface ArmTrainingConfig {
  /** Rollouts, each with its updates (an integer of at least 1; absent: as in the experiment). */
  readonly steps?: number;
  /** B, prompts of a rollout (an integer of at least 1; absent: as in the experiment). */
  readonly promptsPerStep?: number;
  /** G, completions per prompt (an integer of at least 2; absent: as in the experiment). */
  readonly groupSize?: number;
  /** Updates per rollout; more than one is off-policy (an integer of at least 1; absent: as in the experiment). */
  readonly minibatches?: number;
  /** AdamW's settings (absent: as in the experiment). */
  readonly optimizer?: OptimizerConfig;
}

/** One competitor: how it thinks and answers, and, where it is trained, for what. */
export interface ArmConfig {
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
  /** In place of the experiment's, key by key (absent: that of the experiment). */
  readonly thinking?: ThinkingConfig;
  /**
   * Ways of decoding to evaluate, where they are not the one it is trained with; each gives a result of its own
   * (absent: the arm's own).
   */
  readonly evaluations?: readonly DecodingConfig[];
  /** What the arm is trained for (absent: not trained). */
  readonly objective?: ObjectiveConfig;
  /** In place of the experiment's, key by key (absent: that of the experiment). */
  readonly training?: ArmTrainingConfig;
}

/** An experiment as one writes it. */
export interface ExperimentConfig {
  /** Names files (a name of at most 80 letters, digits, . _ or -). */
  readonly name: string;
  /** One line for tables and reports. */
  readonly description: string;
  /** Checkpoint folder, or `org/name@revision`. */
  readonly model: string;
  /** Text around the question, by name as in `src/prompt/prompt.ts` (default "question"). */
  readonly prompt?: "question" | "step-by-step" | "conversation";
  /** Who says what is right; ours also finds answers outside a box (default {"name":"symbolic","boxed":false}). */
  readonly grader?: GraderConfig;
  /** Evaluation datasets by name, or JSONL files by path. */
  readonly datasets: readonly string[];
  /**
   * Only the first so many problems of each dataset, as part of the experiment (an integer of at least 1; absent:
   * all).
   */
  readonly problemsPerDataset?: number;
  /** Every arm runs under each (default [1,2]). */
  readonly seeds?: readonly number[];
  /** Samples per problem (an integer of at least 1; default 32). */
  readonly samples?: number;
  /** k of Pass@k, as far as `samples` allow (default [1,32]). */
  readonly passAt?: readonly number[];
  /** k of majority@k, as far as `samples` allow (default [32]). */
  readonly majorityAt?: readonly number[];
  /** Longest completion, thoughts and answer together (an integer of at least 1). */
  readonly maxNewTokens: number;
  /** Longest completion in evaluation (an integer of at least 1; absent: as in training). */
  readonly evaluationMaxNewTokens?: number;
  /** When thinking ends. */
  readonly thinking: ThinkingConfig;
  /**
   * The decoding under which arms are compared like for like: every arm is evaluated under it, besides its own
   * (absent: none, so that a difference of two arms may be one of their decodings).
   */
  readonly matched?: DecodingConfig;
  /** What is the same for every trained arm. */
  readonly training: TrainingConfig;
  /** The competitors. */
  readonly arms: readonly ArmConfig[];
}
// End of written types.

/** Samples per problem where nothing else is said. */
const SAMPLES = 32;

/** What an experiment has where nothing else is said. */
export const EXPERIMENT_DEFAULTS = {
  prompt: "question",
  grader: { name: "symbolic", ...GRADER_DEFAULTS },
  seeds: [1, 2],
  samples: SAMPLES,
  passAt: [1, SAMPLES],
  majorityAt: [SAMPLES],
} as const satisfies Partial<ExperimentConfig>;

/** They become parts of file names, and words of a command line. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** A name of letters, digits, `.`, `_` and `-`. */
export const nameSchema = z.string().regex(NAME).meta({ expected: "a name of at most 80 letters, digits, . _ or -" });

/** What a {@link DecodingConfig} must be. */
export const decodingSchema = z.strictObject({
  decoding: nameSchema.describe(
    "name of this way of decoding, shared by arms that decode alike: `discrete`, `soft-thinking`, …",
  ),
  algorithm: algorithmSchema.describe("what a thought step does"),
  answers: answerSchema.describe("how answer tokens are chosen"),
  thinking: thinkingSchema.exactOptional().describe("in place of the experiment's, key by key")
    .meta({ absent: "that of the experiment" }),
}).readonly().meta({ id: "DecodingConfig", description: "how a model thinks and answers" });

/** A key of the experiment that an arm may have otherwise. */
function own<T extends z.ZodType>(schema: T) {
  return schema.exactOptional().meta({ default: undefined, absent: "as in the experiment" });
}

const trainingShape = trainingSchema.unwrap().shape;

/** What an {@link ArmTrainingConfig} must be. */
export const armTrainingSchema = z.strictObject({
  steps: own(z.int().min(1)).describe("rollouts, each with its updates"),
  promptsPerStep: own(trainingShape.promptsPerStep),
  groupSize: own(trainingShape.groupSize),
  minibatches: own(trainingShape.minibatches),
  optimizer: own(optimizerSchema).describe("AdamW's settings"),
}).readonly().meta({ id: "ArmTrainingConfig", description: "what an arm has in place of the experiment's training" });

/** What an {@link ArmConfig} must be. */
export const armSchema = z.strictObject({
  label: nameSchema.describe("unique in the experiment; names files and flags"),
  title: z.string().describe("one sentence for tables and reports"),
  preset: z.string().exactOptional().describe("name of the algorithm's settings, for tables and reports")
    .meta({ absent: "none" }),
  ...decodingSchema.unwrap().shape,
  evaluations: z.array(decodingSchema).min(1).readonly().exactOptional()
    .describe(
      "ways of decoding to evaluate, where they are not the one it is trained with; each gives a result of its own",
    )
    .meta({ absent: "the arm's own" }),
  objective: objectiveSchema.exactOptional().describe("what the arm is trained for").meta({ absent: "not trained" }),
  training: armTrainingSchema.exactOptional().describe("in place of the experiment's, key by key")
    .meta({ absent: "that of the experiment" }),
}).readonly().meta({
  id: "ArmConfig",
  description: "one competitor: how it thinks and answers, and, where it is trained, for what",
});

const sizesSchema = distinct(z.int().min(1), "size", 0);

/** What an {@link ExperimentConfig} must be. */
export const experimentSchema = z.strictObject({
  name: nameSchema.describe("names files"),
  description: z.string().describe("one line for tables and reports"),
  model: z.string().min(1).describe("checkpoint folder, or `org/name@revision`"),
  prompt: z.enum(Object.keys(PROMPT_TEMPLATES) as PromptTemplateName[])
    .exactOptional()
    .describe("text around the question, by name as in `src/prompt/prompt.ts`").meta({
      default: EXPERIMENT_DEFAULTS.prompt,
    }),
  grader: graderSchema.exactOptional().describe("who says what is right; ours also finds answers outside a box")
    .meta({ default: EXPERIMENT_DEFAULTS.grader }),
  datasets: distinct(z.string().min(1), "dataset")
    .describe("evaluation datasets by name, or JSONL files by path"),
  problemsPerDataset: z.int().min(1).exactOptional().describe(
    "only the first so many problems of each dataset, as part of the experiment",
  )
    .meta({ absent: "all" }),
  seeds: distinct(z.int().min(0), "seed").exactOptional().describe("every arm runs under each").meta({
    default: EXPERIMENT_DEFAULTS.seeds,
  }),
  samples: z.int().min(1).exactOptional().describe("samples per problem").meta({
    default: EXPERIMENT_DEFAULTS.samples,
  }),
  passAt: sizesSchema.exactOptional().describe("k of Pass@k, as far as `samples` allow")
    .meta({ default: EXPERIMENT_DEFAULTS.passAt }),
  majorityAt: sizesSchema.exactOptional().describe("k of majority@k, as far as `samples` allow")
    .meta({ default: EXPERIMENT_DEFAULTS.majorityAt }),
  maxNewTokens: z.int().min(1).describe("longest completion, thoughts and answer together"),
  evaluationMaxNewTokens: z.int().min(1).exactOptional().describe("longest completion in evaluation")
    .meta({ absent: "as in training" }),
  thinking: thinkingSchema.describe("when thinking ends"),
  matched: decodingSchema.exactOptional().describe(
    "the decoding under which arms are compared like for like: every arm is evaluated under it, besides its own",
  ).meta({ absent: "none, so that a difference of two arms may be one of their decodings" }),
  training: trainingSchema,
  arms: z.array(armSchema).min(1).readonly().describe("the competitors"),
}).readonly().superRefine((experiment, context) => {
  const { samples = EXPERIMENT_DEFAULTS.samples, passAt, majorityAt, arms, matched } = experiment;
  const refuse = (path: Path, message: string) => context.addIssue({ code: "custom", path: [...path], message });
  for (const [name, sizes] of Object.entries({ passAt, majorityAt })) {
    const tooLarge = sizes?.findIndex((k) => k > samples) ?? -1;
    if (tooLarge >= 0) refuse([name, tooLarge], `at most ${samples}: k must be <= samples; raise samples`);
  }
  for (const { path, own } of thinkingPlaces(experiment)) {
    const whole = { ...experiment.thinking, ...own };
    if (fitsThinking(whole)) continue;
    // At the key that the decoding itself has: the other may be the experiment's.
    if (own.minThoughts === undefined) refuse([...path, "maxThoughts"], `at least minThoughts, ${whole.minThoughts}`);
    else refuse([...path, "minThoughts"], `at most maxThoughts, ${whole.maxThoughts}`);
  }
  const taken = new Set<string>();
  arms.forEach((arm, i) => {
    const reason = arm.objective && untrainable(arm.algorithm);
    if (reason) refuse(["arms", i, "objective"], `none, as ${arm.algorithm.name} cannot be trained: ${reason}`);
    if (arms.findIndex(({ label }) => label === arm.label) !== i) return refuse(["arms", i, "label"], "each arm once");
    if (arm.training !== undefined && arm.objective === undefined) {
      refuse(["arms", i, "training"], "none, as the arm has no objective");
    }
    const labels = evaluationLabels(arm.label, evaluatedDecodings(arm, matched));
    for (const [j, label] of labels.entries()) {
      const place = label === arm.label
        ? ["label"]
        : j < (arm.evaluations?.length ?? 0)
        ? ["evaluations", j, "decoding"]
        : ["decoding"];
      if (taken.has(label)) refuse(["arms", i, ...place], `each result once, and ${label} is there`);
      taken.add(label);
    }
  });
}).meta({ id: "ExperimentConfig", description: "an experiment as one writes it" });

/** Where an experiment says when thinking ends, with what stands there. */
function thinkingPlaces(
  { thinking, matched, arms }: Pick<ExperimentConfig, "thinking" | "matched" | "arms">,
): { path: Path; own: ThinkingConfig }[] {
  const decodings: [Path, Pick<DecodingConfig, "thinking">][] = [
    [[], { thinking }],
    ...(matched ? [[["matched"], matched] as [Path, DecodingConfig]] : []),
    ...arms.flatMap((arm, i): [Path, DecodingConfig][] => [
      [["arms", i], arm],
      ...(arm.evaluations ?? []).map((own, j): [Path, DecodingConfig] => [["arms", i, "evaluations", j], own]),
    ]),
  ];
  return decodings.flatMap(([path, { thinking: own }]) => own ? [{ path: [...path, "thinking"], own }] : []);
}

/** The decodings that an arm is evaluated under: those it lists, or its own, and the matched one, each once. */
export function evaluatedDecodings(arm: ArmConfig, matched: DecodingConfig | undefined): readonly DecodingConfig[] {
  const listed = arm.evaluations ?? [arm];
  return matched === undefined || listed.some((own) => decodesAlike(own, matched)) ? listed : [...listed, matched];
}

/** Whether two ways of decoding are one, whatever their names. */
function decodesAlike(a: DecodingConfig, b: DecodingConfig): boolean {
  const law = ({ algorithm, answers, thinking }: DecodingConfig) => jsonSha256({ algorithm, answers, thinking });
  return law(a) === law(b);
}

/** Labels of an arm's results: its own where there is one, with the decoding's name where there are several. */
export function evaluationLabels(label: string, evaluations: readonly { readonly decoding: string }[]): string[] {
  return evaluations.length === 1 ? [label] : evaluations.map(({ decoding }) => `${label}.${decoding}`);
}

/**
 * Checks an experiment: every key, every value, and how they fit together.
 *
 * @param value whatever a file exports
 * @returns a frozen copy
 * @throws {UsageError} About the first fault: one line with the path of the key, what was found and what was expected
 */
export function checkExperiment(value: unknown): ExperimentConfig {
  return check(experimentSchema, value, subjectOf(value));
}

/**
 * An experiment, checked where it is written.
 *
 * @throws {UsageError} As {@link checkExperiment}
 * @example
 * ```ts
 * import { assertEquals, assertThrows } from "@std/assert";
 * import tiny from "../../benchmarks/tiny.ts";
 *
 * const experiment = defineExperiment({ ...tiny, name: "short", training: { ...tiny.training, steps: 5 } });
 * assertEquals(experiment.training.steps, 5);
 * const typo = { ...tiny, training: { ...tiny.training, step: 5 } };
 * assertThrows(() => defineExperiment(typo), Error, 'did you mean "steps"?');
 * ```
 */
export function defineExperiment(config: ExperimentConfig): ExperimentConfig {
  return checkExperiment(config);
}

/** How errors name an experiment, and the arm in it. */
export function subjectOf(config: unknown): Subject {
  const text = (path: Path) => {
    const { value } = valueAt(config, path);
    return typeof value === "string" && NAME.test(value) ? ` ${value}` : undefined;
  };
  return {
    of: (path) => {
      const label = path[0] === "arms" && path.length > 1 ? text(["arms", path[1], "label"]) : undefined;
      return `experiment${text(["name"]) ?? ""}${label === undefined ? "" : `, arm${label}`}`;
    },
  };
}
