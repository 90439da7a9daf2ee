/**
 * The SofT-GRPO paper's experiment on DeepSeek-R1-Distill-Qwen-7B (MIT licence).
 *
 * Needs the checkpoint (`deno task models fetch deepseek-ai/DeepSeek-R1-Distill-Qwen-7B@916b56a44061fd5cd7d6a8fb632557ed4f724f60`), the
 * five datasets and the training set (`deno task datasets fetch`), and a GPU; `--dry-run` says what it would take.
 *
 * @module
 */
import type { ExperimentConfig } from "../src/experiment/config.ts";
import { PAPER_EXPERIMENT, paperArms } from "./shared/paper.ts";
import { LOSS_PRESETS } from "../src/training/loss/loss.ts";

/** @see file header */
const experiment: ExperimentConfig = {
  ...PAPER_EXPERIMENT,
  name: "paper-7b",
  description: "DeepSeek-R1-Distill-Qwen-7B, settings of arXiv:2511.06411",
  model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-7B@916b56a44061fd5cd7d6a8fb632557ed4f724f60",
  arms: paperArms(LOSS_PRESETS["soft-thinking-grpo-release-7b"]),
};

export default experiment;
