/**
 * lm-evaluation-harness `results_<date>.json` (EleutherAI/lm-evaluation-harness, lm_eval/result_schema.py), a folder a
 * model, for tools that read those.
 *
 * @module
 */
import { contentSha256, formatJson } from "../result/serialize.ts";
import type { DatasetResult, Result } from "../result/types.ts";
import { coverageOf } from "../result/coverage.ts";
import { datasetAddress, generationSettings, LIBRARY, limitOf, modelIdentity, startedSeconds } from "./identity.ts";
import type { ExportFile } from "./export_file.ts";
import type { JsonObject } from "../files/json.ts";
import type { Estimate } from "../metrics/types.ts";

/** The name of the filter in `metric,filter`: answers are extracted by the grader of this project. */
const FILTER = "none";
const NO_ERROR = "N/A";
const HASH_DIGITS = 8;

/** All results as files of lm-evaluation-harness. */
export function exportLmEval(results: readonly Result[]): ExportFile[] {
  return results.map((result) => {
    const { developer, name } = modelIdentity(result);
    const date = result.run.startedAt.replaceAll(":", "-").replace(/Z$/, "");
    const hash = contentSha256(result).slice(0, HASH_DIGITS);
    return {
      path: `${developer}__${name}/results_${date}_${result.arm.label}-s${result.arm.seed}-${hash}.json`,
      text: formatJson(documentOf(result)) + "\n",
    };
  });
}

function documentOf(result: Result): JsonObject {
  const { developer, name, id } = modelIdentity(result);
  const { model, arm, code, device, run, grader } = result;
  const tasks = <T extends JsonObject[string]>(of: (dataset: DatasetResult) => T) =>
    Object.fromEntries(result.datasets.map((dataset) => [dataset.name, of(dataset)]));
  return {
    results: tasks(taskMetrics),
    group_subtasks: tasks(() => []),
    configs: tasks((dataset) => taskConfig(result, dataset)),
    versions: tasks(({ version }) => version),
    "n-shot": tasks(() => 0),
    higher_is_better: tasks((dataset) => Object.fromEntries(estimatesOf(dataset).map(([metric]) => [metric, true]))),
    "n-samples": tasks((dataset) => {
      const { scored, of } = coverageOf(dataset);
      return { original: of ?? scored, effective: scored };
    }),
    config: {
      model: LIBRARY,
      model_args: `pretrained=${id},base=${model.source},arm=${arm.label},decoding=${arm.decoding}`,
      ...(model.parameters !== null && { model_num_parameters: model.parameters }),
      model_sha: String(model.trained.sha256 ?? model.sha256 ?? ""),
      batch_size: null,
      device: device.backend,
      limit: limitOf(result),
      bootstrap_iters: 0,
      gen_kwargs: generationKwargs(result),
      random_seed: arm.seed,
      grader: `${grader.name} ${grader.version}`,
    },
    git_hash: code.commit ?? "",
    date: startedSeconds(result),
    model_source: LIBRARY,
    model_name: id,
    model_name_sanitized: `${developer}__${name}`,
    system_instruction: null,
    system_instruction_sha: null,
    chat_template: null,
    chat_template_sha: model.promptSha256,
    task_hashes: tasks(({ sha256 }) => sha256 ?? ""),
    total_evaluation_time_seconds: String(run.durationSeconds),
  };
}

function taskMetrics(dataset: DatasetResult): JsonObject {
  return {
    alias: dataset.name,
    sample_len: dataset.problems.length,
    ...Object.fromEntries(
      estimatesOf(dataset).flatMap(([metric, { value, seNew }]) => [
        [`${metric},${FILTER}`, value],
        [`${metric}_stderr,${FILTER}`, seNew ?? NO_ERROR],
      ]),
    ),
  };
}

function estimatesOf({ metrics }: DatasetResult): [string, Estimate][] {
  return [
    ...Object.entries(metrics.passAt).map(([k, estimate]): [string, Estimate] => [`pass@${k}`, estimate]),
    ...Object.entries(metrics.majorityAt).map(([k, estimate]): [string, Estimate] => [`majority@${k}`, estimate]),
  ];
}

function taskConfig(result: Result, dataset: DatasetResult): JsonObject {
  return {
    task: dataset.name,
    dataset_path: dataset.name,
    test_split: "test",
    output_type: "generate_until",
    num_fewshot: 0,
    repeats: Math.min(...dataset.problems.map(({ n }) => n)),
    generation_kwargs: generationKwargs(result),
    metric_list: estimatesOf(dataset).map(([metric]) => ({ metric, aggregation: "mean", higher_is_better: true })),
    metadata: { version: dataset.version, source: datasetAddress(dataset.name) ?? null },
  };
}

function generationKwargs(result: Result): JsonObject {
  const { temperature, topP, topK, maxTokens } = generationSettings(result);
  return {
    do_sample: temperature !== 0,
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
    ...(maxTokens !== undefined && { max_gen_toks: maxTokens }),
  };
}
