/** The paper's experiment on generated problems, small enough to be looked at. */
import { resolveExperiment } from "../../../src/experiment/resolve.ts";
import { arithmeticSource } from "../../../src/datasets/training_source.ts";
import { ARITHMETIC_TASKS } from "../../../src/datasets/arithmetic/tasks.ts";
import type { VerlJob } from "../../../src/cluster/verl/job.ts";
import paper from "../../../benchmarks/paper_1_5b.ts";

/** Files of a job that a test holds to the byte; the others are problems and copies. */
export const GOLDEN_FILES = ["run.sh", "overrides.txt", "job.json", "verl_check.py"];

/** The job of one of the paper's arms. */
export function paperJob(label: string): VerlJob {
  const training = { ...paper.training, source: "arithmetic", steps: 3, promptsPerStep: 4 };
  const config = resolveExperiment({ ...paper, training }, {});
  const seed = 7;
  return {
    config,
    arm: config.arms.find((arm) => arm.label === label)!,
    seed,
    cluster: { nodes: 2, devicesPerNode: 8 },
    source: arithmeticSource({ seed, tasks: ARITHMETIC_TASKS }),
    model: "/models/it's here/DeepSeek-R1-Distill-Qwen-1.5B",
    opensThinking: true,
  };
}
