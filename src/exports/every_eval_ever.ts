/**
 * Every Eval Ever 0.3.0 (evaleval/every_eval_ever, arXiv:2606.14516): one aggregate record a result, at
 * `data/<collection>/<developer>/<model>/<uuid>.json`. What it has no field for (counts per problem, the second standard
 * error, decoding, shares of truncated and unreadable samples) goes into its free text fields.
 *
 * @module
 */
import { contentSha256, formatJson } from "../result/serialize.ts";
import type { DatasetResult, Result } from "../result/types.ts";
import { coverageOf } from "../result/coverage.ts";
import {
  coverageNote,
  datasetAddress,
  fileSafe,
  generationSettings,
  LIBRARY,
  modelIdentity,
  startedSeconds,
} from "./identity.ts";
import type { CommandOf, ExportFile } from "./export_file.ts";
import type { JsonObject, JsonValue } from "../files/json.ts";
import type { Estimate } from "../metrics/types.ts";

/** Of records and of samples. */
export const SCHEMA_VERSION = "0.3.0";

/** All results as records of Every Eval Ever. */
export function exportEveryEvalEver(results: readonly Result[], commandOf: CommandOf = () => undefined): ExportFile[] {
  return results.map((result) => ({
    path: `${recordPath(result)}.json`,
    text: formatJson(recordOf(result, commandOf(result))) + "\n",
  }));
}

/** Where a result's files are, without what their names end in. */
export function recordPath(result: Result): string {
  const { developer, name } = modelIdentity(result);
  return `data/${LIBRARY}/${fileSafe(developer)}/${name}/${uuidOf(result)}`;
}

/** Names a result's record. */
export function evaluationId(result: Result): string {
  const { experiment, arm } = result;
  const { id } = modelIdentity(result);
  return `${LIBRARY}-${experiment.name}-${arm.label}-s${arm.seed}/${id}/${Math.floor(startedSeconds(result))}`;
}

/** A version-4 UUID that is the same for the same content: the hash's digits with version and variant set. */
function uuidOf(result: Result): string {
  const hex = contentSha256(result);
  const variant = (parseInt(hex[16], 16) & 0b0011 | 0b1000).toString(16);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(17, 20), hex.slice(20, 32)]
    .join("-");
}

/** The record of a result; `samples` says where its samples are. */
export function recordOf(result: Result, command: string | undefined, samples?: JsonObject): JsonObject {
  const seconds = String(Math.floor(startedSeconds(result)));
  const { code, status } = result;
  return {
    schema_version: SCHEMA_VERSION,
    evaluation_id: evaluationId(result),
    evaluation_timestamp: seconds,
    retrieved_timestamp: seconds,
    source_metadata: sourceMetadata(result),
    eval_library: status === "imported" ? { name: "unknown", version: "unknown" } : {
      name: LIBRARY,
      version: code.version,
      additional_details: texts({ commit: code.commit, lock_sha256: code.lockSha256, dirty: code.dirty }),
    },
    model_info: modelInfo(result),
    ...(samples !== undefined && { detailed_evaluation_results: samples }),
    evaluation_results: result.datasets.flatMap((dataset) => [
      ...Object.entries(dataset.metrics.passAt).map(([k, estimate]) =>
        evaluationResult(result, command, dataset, "pass", Number(k), estimate)
      ),
      ...Object.entries(dataset.metrics.majorityAt).map(([k, estimate]) =>
        evaluationResult(result, command, dataset, "majority", Number(k), estimate)
      ),
    ]),
  };
}

function sourceMetadata(result: Result): JsonObject {
  const imported = result.status === "imported";
  const { developer } = modelIdentity(result);
  return {
    source_name: imported ? result.source! : LIBRARY,
    source_type: imported ? "documentation" : "evaluation_run",
    source_organization_name: imported ? "as published" : LIBRARY,
    evaluator_relationship: imported ? "other" : developer === LIBRARY ? "first_party" : "third_party",
  };
}

function modelInfo(result: Result): JsonObject {
  const { model, arm, device, code, status } = result;
  const { developer, id, untrained } = modelIdentity(result);
  return {
    name: untrained ? model.name : `${model.name}, ${arm.label}, seed ${arm.seed}`,
    id,
    developer,
    ...(status !== "imported" && { inference_engine: { name: `${LIBRARY} ${device.backend}`, version: code.version } }),
    additional_details: {
      deployment_type: status === "imported" ? "unknown" : "self_deployed",
      model_availability: untrained && status !== "imported" ? "open_weights" : "unknown",
      ...texts({
        base_model: model.source,
        base_model_sha256: model.sha256,
        parameters: model.parameters,
        tokenizer_sha256: model.tokenizerSha256,
        trained: Object.keys(model.trained).length > 0 ? JSON.stringify(model.trained) : null,
        algorithm: arm.algorithm,
        preset: arm.preset,
      }),
    },
  };
}

type Kind = "pass" | "majority";

const METRICS: Readonly<Record<Kind, { id: string; kind: string; description: string }>> = {
  pass: {
    id: "pass_at_k",
    kind: "pass_rate",
    description:
      "At least one of k samples is correct: unbiased over all subsets of k of the n samples (arXiv:2107.03374)",
  },
  majority: {
    id: `${LIBRARY}.majority_at_k`,
    kind: "accuracy",
    description: "The most frequent answer of k samples is correct: exact over all subsets, ties in expectation",
  },
};

function evaluationResult(
  result: Result,
  command: string | undefined,
  dataset: DatasetResult,
  kind: Kind,
  k: number,
  { value, low, high, seNew, seSet, seSetMethod }: Estimate,
): JsonObject {
  const { name, version, sha256, problems, metrics } = dataset;
  const metric = METRICS[kind];
  const part = coverageNote(dataset);
  return {
    evaluation_result_id: `${name}/${kind}@${k}`,
    evaluation_name: name,
    source_data: sourceData(name, { version, sha256, problems: coverageOf(dataset).of, scored: problems.length }),
    metric_config: {
      evaluation_description: part === undefined ? metric.description : `${metric.description}; on ${part}`,
      metric_id: metric.id,
      metric_name: `${kind}@${k}`,
      metric_kind: metric.kind,
      metric_unit: "proportion",
      metric_parameters: { k, n: Math.min(...problems.map(({ n }) => n)) },
      lower_is_better: false,
      score_type: "continuous",
      min_score: 0,
      max_score: 1,
      additional_details: texts({ grader: `${result.grader.name} ${result.grader.version}` }),
    },
    score_details: {
      score: value,
      details: texts({
        standard_error_on_these_problems: seSet,
        standard_error_on_these_problems_method: seSetMethod,
        truncated: metrics.truncated,
        unextracted: metrics.unextracted,
        grader_errors: metrics.graderErrors,
        mean_tokens: metrics.meanTokens,
        samples_and_correct_by_problem: JSON.stringify(problems.map(({ id, n, c }) => [id, n, c])),
      }),
      uncertainty: {
        ...(seNew !== null && { standard_error: { value: seNew, method: "clustered by problem" } }),
        confidence_interval: {
          lower: low,
          upper: high,
          confidence_level: 0.95,
          method:
            "Wilson score over problems, Student quantile, variance averaged with Bernoulli's where few problems carry the mean",
        },
        num_samples: problems.length,
      },
    },
    generation_config: generationConfig(result, command),
  };
}

function sourceData(name: string, details: Readonly<Record<string, JsonValue>>): JsonObject {
  const address = datasetAddress(name);
  return {
    dataset_name: name,
    ...(address === undefined ? { source_type: "other" } : { source_type: "url", url: [address] }),
    additional_details: texts(details),
  };
}

function generationConfig(result: Result, command: string | undefined): JsonObject {
  const { temperature, topP, topK, maxTokens } = generationSettings(result);
  return {
    generation_args: {
      ...(temperature !== undefined && { temperature }),
      ...(topP !== undefined && { top_p: topP }),
      ...(topK !== undefined && { top_k: topK }),
      ...(maxTokens !== undefined && { max_tokens: maxTokens }),
      ...(command !== undefined && { execution_command: command }),
      reasoning: true,
    },
    additional_details: texts({
      decoding: result.arm.decoding,
      seed: result.arm.seed,
      sampling: JSON.stringify(result.decoding),
      prompt_sha256: result.model.promptSha256,
    }),
  };
}

/** Facts as the texts that the format wants; unknown ones are left out. */
function texts(facts: Readonly<Record<string, JsonValue>>): JsonObject {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== null)
      .map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
