/**
 * What is the same for every trained arm.
 *
 * @module
 */
import type { OptimizerConfig } from "./optimizer.ts";

/** What is the same for every trained arm. */
export interface TrainingConfig {
  /** Where training problems come from, by name. */
  readonly source: string;
  readonly steps: number;
  /** `B`. */
  readonly promptsPerStep: number;
  /** `G`, at least 2. */
  readonly groupSize: number;
  /** Updates a rollout; more than one is off-policy (default 1). */
  readonly minibatches?: number;
  readonly optimizer: OptimizerConfig;
  /** Steps between checkpoints (default 20). */
  readonly checkpointEvery?: number;
}
