/**
 * The formats of others that results can be written in.
 *
 * @module
 */
import type { Result } from "../result/types.ts";
import { exportEveryEvalEver } from "./every_eval_ever.ts";
import { exportHfEvalResults } from "./hf_eval_results.ts";
import { exportLmEval } from "./lm_eval.ts";
import type { ExportFile } from "./export_file.ts";

/** Writers by the name that `--export` takes. */
export const EXPORTS = {
  "every-eval-ever": exportEveryEvalEver,
  "hf-eval-results": exportHfEvalResults,
  "lm-eval": exportLmEval,
} as const satisfies Record<string, (results: readonly Result[]) => ExportFile[]>;

/** What `--export` takes. */
export type ExportName = keyof typeof EXPORTS;
