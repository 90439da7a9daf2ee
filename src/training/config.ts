/**
 * What is the same for every trained arm.
 *
 * @module
 */
import { z } from "npm:zod@4.3.5";
import { type AdapterConfig, adapterSchema } from "../models/adapter.ts";
import { type OptimizerConfig, optimizerSchema } from "./optimizer.ts";

// Types written from the schemas of this file by `deno task schemas`.
/**
 * Dynamic sampling of groups whose rewards are all equal. DAPO (arXiv:2503.14476 section 3.2) draws other prompts in
 * their place until the batch is full; here the prompt stays and its completions are drawn again, so that the
 * problems of a step do not depend on the policy.
 */
export interface EqualGroups {
  /** How often such a group is drawn again, with fresh noise, at most (an integer of at least 1). */
  readonly draws: number;
  /** What becomes of groups that are still equal. */
  readonly then: "keep" | "leave-out";
}

/** Evaluation during training, of the policy as it stands, with noise of its own; it chooses nothing. */
export interface TrainingEvaluation {
  /** Steps between evaluations; the last step has one too (an integer of at least 1). */
  readonly every: number;
  /** The first so many problems of each dataset, or all where it has fewer (an integer of at least 1). */
  readonly problems: number;
  /** Samples per problem (an integer of at least 1). */
  readonly samples: number;
}

/** What is the same for every trained arm. */
export interface TrainingConfig {
  /** Where problems come from: `arithmetic`, a dataset, or a JSONL file by path. */
  readonly source: string;
  /** Rollouts, each with its updates; at least 1 where an arm is trained (an integer of at least 0). */
  readonly steps: number;
  /** B, prompts of a rollout (an integer of at least 1). */
  readonly promptsPerStep: number;
  /** G, completions per prompt (an integer of at least 2). */
  readonly groupSize: number;
  /** Updates per rollout; more than one is off-policy (an integer of at least 1; default 1). */
  readonly minibatches?: number;
  /** AdamW's settings. */
  readonly optimizer: OptimizerConfig;
  /** The low-rank adapter that is trained (absent: all weights are trained). */
  readonly adapter?: AdapterConfig;
  /** What is done with groups whose rewards are all equal (absent: they are kept as they are). */
  readonly equalGroups?: EqualGroups;
  /**
   * What is done with problems whose prompt leaves no room for a completion: the run is refused before it begins, or
   * the dataset goes without these rows (absent: refuse).
   */
  readonly longPrompts?: "refuse" | "leave-out";
  /** Evaluation during training (absent: none). */
  readonly evaluation?: TrainingEvaluation;
  /** Steps between checkpoints (an integer of at least 1; default 20). */
  readonly checkpointEvery?: number;
}

/** What is the same for every trained arm, with nothing left open. */
export interface ResolvedTraining {
  /** Where problems come from: `arithmetic`, a dataset, or a JSONL file by path. */
  readonly source: string;
  /** Rollouts, each with its updates; at least 1 where an arm is trained (an integer of at least 0). */
  readonly steps: number;
  /** B, prompts of a rollout (an integer of at least 1). */
  readonly promptsPerStep: number;
  /** G, completions per prompt (an integer of at least 2). */
  readonly groupSize: number;
  /** Updates per rollout; more than one is off-policy (an integer of at least 1). */
  readonly minibatches: number;
  /** AdamW's settings. */
  readonly optimizer: OptimizerConfig;
  /** The low-rank adapter that is trained (absent: all weights are trained). */
  readonly adapter?: AdapterConfig;
  /** What is done with groups whose rewards are all equal (absent: they are kept as they are). */
  readonly equalGroups?: EqualGroups;
  /**
   * What is done with problems whose prompt leaves no room for a completion: the run is refused before it begins, or
   * the dataset goes without these rows (absent: refuse).
   */
  readonly longPrompts?: "refuse" | "leave-out";
  /** Evaluation during training (absent: none). */
  readonly evaluation?: TrainingEvaluation;
  /** Steps between checkpoints (an integer of at least 1). */
  readonly checkpointEvery: number;
}
// End of written types.

/** What a run has where nothing else is said. */
export const TRAINING_DEFAULTS = { minibatches: 1, checkpointEvery: 20 };

/** What an {@link EqualGroups} must be. */
export const equalGroupsSchema = z.strictObject({
  draws: z.int().min(1).describe("how often such a group is drawn again, with fresh noise, at most"),
  then: z.enum(["keep", "leave-out"]).describe("what becomes of groups that are still equal"),
}).readonly().meta({
  id: "EqualGroups",
  description:
    "dynamic sampling of groups whose rewards are all equal. DAPO (arXiv:2503.14476 section 3.2) draws other " +
    "prompts in their place until the batch is full; here the prompt stays and its completions are drawn again, so that " +
    "the problems of a step do not depend on the policy",
});

/** What a {@link TrainingEvaluation} must be. */
export const trainingEvaluationSchema = z.strictObject({
  every: z.int().min(1).describe("steps between evaluations; the last step has one too"),
  problems: z.int().min(1).describe("the first so many problems of each dataset, or all where it has fewer"),
  samples: z.int().min(1).describe("samples per problem"),
}).readonly().meta({
  id: "TrainingEvaluation",
  description: "evaluation during training, of the policy as it stands, with noise of its own; it chooses nothing",
});

/** What a {@link TrainingConfig} must be. */
export const trainingSchema = z.strictObject({
  source: z.string().min(1).describe("where problems come from: `arithmetic`, a dataset, or a JSONL file by path"),
  steps: z.int().min(0).describe("rollouts, each with its updates; at least 1 where an arm is trained"),
  promptsPerStep: z.int().min(1).describe("B, prompts of a rollout"),
  groupSize: z.int().min(2).describe("G, completions per prompt"),
  minibatches: z.int().min(1).exactOptional().describe("updates per rollout; more than one is off-policy")
    .meta({ default: TRAINING_DEFAULTS.minibatches }),
  optimizer: optimizerSchema.describe("AdamW's settings"),
  adapter: adapterSchema.exactOptional().describe("the low-rank adapter that is trained").meta({
    absent: "all weights are trained",
  }),
  equalGroups: equalGroupsSchema.exactOptional().describe("what is done with groups whose rewards are all equal").meta({
    absent: "they are kept as they are",
  }),
  longPrompts: z.enum(["refuse", "leave-out"]).exactOptional().describe(
    "what is done with problems whose prompt leaves no room for a completion: the run is refused before it begins, or the dataset goes without these rows",
  ).meta({ absent: "refuse" }),
  evaluation: trainingEvaluationSchema.exactOptional().describe("evaluation during training").meta({ absent: "none" }),
  checkpointEvery: z.int().min(1).exactOptional().describe("steps between checkpoints")
    .meta({ default: TRAINING_DEFAULTS.checkpointEvery }),
}).readonly().meta({ id: "TrainingConfig", description: "what is the same for every trained arm" });

/** The same with nothing left open. */
export const resolvedTrainingSchema = trainingSchema.unwrap().required({ minibatches: true, checkpointEvery: true })
  .readonly().meta({
    id: "ResolvedTraining",
    description: "what is the same for every trained arm, with nothing left open",
  });
