/**
 * The formats of others that results can be written in.
 *
 * @module
 */
import type { ExportWriter } from "./export_file.ts";

/** Writers by the name that `--export` takes, each loaded when it is asked for: the command line knows their names alone. */
export const EXPORTS = {
  "every-eval-ever": async () => (await import("./every_eval_ever.ts")).exportEveryEvalEver,
  "hf-eval-results": async () => (await import("./hf_eval_results.ts")).exportHfEvalResults,
  "lm-eval": async () => (await import("./lm_eval.ts")).exportLmEval,
} as const satisfies Record<string, () => Promise<ExportWriter>>;

/** What `--export` takes. */
export type ExportName = keyof typeof EXPORTS;

/** Every name that `--export` takes. */
export const EXPORT_NAMES = Object.keys(EXPORTS) as ExportName[];
