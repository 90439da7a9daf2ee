/**
 * Long work with the embedded model: a thousand training steps with fifty checkpoints, then a hundred thousand samples.
 *
 * @module
 */
import tiny from "../../benchmarks/tiny.ts";
import type { ExperimentConfig } from "../../src/experiment/config.ts";

/** Training steps. */
export const STEPS = 1000;
const PROBLEMS = 200;
const SAMPLES = 100;
/** Samples in all. */
export const ALL_SAMPLES = tiny.datasets.length * PROBLEMS * SAMPLES;

const { matched: _, ...rest } = tiny;

const experiment: ExperimentConfig = {
  ...rest,
  name: "soak",
  description: `${STEPS} training steps, ${ALL_SAMPLES} samples`,
  problemsPerDataset: PROBLEMS,
  seeds: [1],
  samples: SAMPLES,
  passAt: [1, SAMPLES],
  majorityAt: [32],
  training: { ...tiny.training, steps: STEPS },
  arms: tiny.arms.filter(({ label }) => label === "soft-thinking-grpo")
    .map(({ evaluations: _evaluations, ...arm }) => arm),
};

export default experiment;
