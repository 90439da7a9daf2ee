/**
 * Hugging Face `.eval_results/*.yaml` (huggingface/hub-docs/docs/hub/eval-results.md): Pass@1 of datasets that are
 * Benchmarks on the hub, one file a result, to be put into a model's repository. The format has no error bar, so the
 * interval is in its notes; it has no field for a part of a dataset either, so notes begin with that.
 *
 * @module
 */
import type { DatasetResult, Result } from "../result/types.ts";
import { coverageNote, generationSettings, LIBRARY, modelIdentity } from "./identity.ts";
import type { ExportFile } from "./export_file.ts";

/** Datasets that are Benchmarks on the hub, with their task there. */
const BENCHMARKS: Readonly<Record<string, { id: string; task: string }>> = {
  gsm8k: { id: "openai/gsm8k", task: "gsm8k" },
};

/** Results on those datasets as `.eval_results` files, a folder a model; others are left out. */
export function exportHfEvalResults(results: readonly Result[]): ExportFile[] {
  return results.flatMap((result) => {
    const entries = result.datasets.flatMap((dataset) => entryOf(result, dataset));
    if (entries.length === 0) return [];
    const { developer, name } = modelIdentity(result);
    const { label, seed } = result.arm;
    return [{ path: `${developer}/${name}/.eval_results/${label}-s${seed}.yaml`, text: entries.join("") }];
  });
}

function entryOf(result: Result, dataset: DatasetResult): string[] {
  const { name, version, problems, metrics } = dataset;
  const benchmark = BENCHMARKS[name];
  const estimate = metrics.passAt["1"];
  if (benchmark === undefined || estimate === undefined) return [];
  const { temperature, topP, topK } = generationSettings(result);
  const percent = (share: number) => Number((100 * share).toFixed(4));
  const part = coverageNote(dataset);
  const notes = [
    ...(part === undefined ? [] : [part]),
    `Pass@1 of ${Math.min(...problems.map(({ n }) => n))} samples per problem`,
    `95 % interval ${percent(estimate.low)} to ${percent(estimate.high)}`,
    `${result.arm.decoding} decoding, temperature ${temperature ?? "unknown"}, top-p ${topP ?? "unknown"}, ` +
    `top-k ${topK ?? "unknown"}`,
    `${result.source ?? `${LIBRARY} ${result.code.version}`}, dataset version ${version}`,
  ].join("; ");
  return [
    [
      "- dataset:",
      `    id: ${benchmark.id}`,
      `    task_id: ${benchmark.task}`,
      `  value: ${percent(estimate.value)}`,
      `  date: ${quoted(result.run.startedAt.slice(0, "YYYY-MM-DD".length))}`,
      `  notes: ${quoted(notes)}`,
      "",
    ].join("\n"),
  ];
}

/** A JSON string is a double-quoted YAML scalar. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
