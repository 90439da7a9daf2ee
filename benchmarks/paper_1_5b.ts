/**
 * The SofT-GRPO paper's experiment on DeepSeek-R1-Distill-Qwen-1.5B (MIT licence).
 *
 * Needs the checkpoint (`deno task models fetch deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B@ad9f0ae0864d7fbcd1cd905e3c6c5b069cc8b562`), the
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
  name: "paper-1.5b",
  description: "DeepSeek-R1-Distill-Qwen-1.5B, settings of arXiv:2511.06411",
  model: "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B@ad9f0ae0864d7fbcd1cd905e3c6c5b069cc8b562",
  arms: paperArms(LOSS_PRESETS["soft-thinking-grpo-release"]),
};

export default experiment;
