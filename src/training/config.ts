/**
 * What is the same for every trained arm.
 *
 * @module
 */
import { z } from "zod";
import { type OptimizerConfig, optimizerSchema } from "./optimizer.ts";

/** What is the same for every trained arm. */
export interface TrainingConfig {
  /** Where training problems come from, by name. */
  readonly source: string;
  /** Rollouts, each with its updates. */
  readonly steps: number;
  /** `B`. */
  readonly promptsPerStep: number;
  /** `G`, at least 2. */
  readonly groupSize: number;
  /** Updates a rollout; more than one is off-policy (default 1). */
  readonly minibatches?: number;
  /** AdamW's settings. */
  readonly optimizer: OptimizerConfig;
  /** Steps between checkpoints (default 20). */
  readonly checkpointEvery?: number;
}

/** What a run has where nothing else is said. */
export const TRAINING_DEFAULTS = { minibatches: 1, checkpointEvery: 20 };

/** What a {@link TrainingConfig} must be. */
export const trainingSchema = z.strictObject({
  source: z.string().min(1).describe("where problems come from: `arithmetic`, a dataset, or a JSONL file by path"),
  steps: z.int().min(0).describe("rollouts; at least 1 where an arm is trained"),
  promptsPerStep: z.int().min(1).describe("B"),
  groupSize: z.int().min(2).describe("G, completions per prompt"),
  minibatches: z.int().min(1).exactOptional().describe("updates per rollout; more than one is off-policy")
    .meta({ default: TRAINING_DEFAULTS.minibatches }),
  optimizer: optimizerSchema.describe("AdamW"),
  checkpointEvery: z.int().min(1).exactOptional().describe("steps between checkpoints")
    .meta({ default: TRAINING_DEFAULTS.checkpointEvery }),
}).readonly();

/** The same with nothing left open. */
export const resolvedTrainingSchema = trainingSchema.unwrap().required().readonly();
