/**
 * The SofT-GRPO paper's experiment on Llama-3.2-3B-Instruct (Llama 3.2 licence, gated: its owner must accept it before fetching).
 *
 * Needs the checkpoint (`deno task models fetch meta-llama/Llama-3.2-3B-Instruct@0cb88a4f764b7a12671c53f0838cd831a0843b95`), the
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
  name: "paper-3b",
  description: "Llama-3.2-3B-Instruct, settings of arXiv:2511.06411",
  model: "meta-llama/Llama-3.2-3B-Instruct@0cb88a4f764b7a12671c53f0838cd831a0843b95",
  arms: paperArms(LOSS_PRESETS["soft-thinking-grpo-release"]),
};

export default experiment;
