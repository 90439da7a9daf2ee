/**
 * What the formats of others demand, written down from their own descriptions, for our exports to be checked against.
 *
 * @module
 */

const text = { type: "string" };
const texts = { type: "object", additionalProperties: text };
const number = { type: "number" };

/**
 * Aggregate record of Every Eval Ever 0.3.0 (`eval.schema.json` of the package every-eval-ever 0.3.0): required fields,
 * types and enumerations of the fields that we write; objects that are closed there are closed here.
 */
export const EVERY_EVAL_EVER = {
  type: "object",
  additionalProperties: false,
  required: [
    "schema_version",
    "evaluation_id",
    "retrieved_timestamp",
    "source_metadata",
    "model_info",
    "eval_library",
    "evaluation_results",
  ],
  properties: {
    schema_version: { const: "0.3.0" },
    evaluation_id: text,
    evaluation_timestamp: { type: "string", pattern: "^\\d+$" },
    retrieved_timestamp: { type: "string", pattern: "^\\d+$" },
    detailed_evaluation_results: {
      type: "object",
      required: ["format", "file_path"],
      additionalProperties: false,
      properties: {
        format: { const: "jsonl" },
        file_path: {
          type: "string",
          pattern:
            "^data/[^/]+/[^/]+/[^/]+/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}_samples\\.jsonl$",
        },
        hash_algorithm: { enum: ["sha256", "md5"] },
        checksum: text,
        total_rows: { type: "integer" },
        additional_details: texts,
      },
    },
    source_metadata: {
      type: "object",
      required: ["source_type", "source_organization_name", "evaluator_relationship"],
      properties: {
        source_name: text,
        source_type: { enum: ["documentation", "evaluation_run"] },
        source_organization_name: text,
        evaluator_relationship: { enum: ["first_party", "third_party", "collaborative", "other"] },
      },
    },
    eval_library: {
      type: "object",
      required: ["name", "version"],
      properties: { name: text, version: text, additional_details: texts },
    },
    model_info: {
      type: "object",
      required: ["name", "id", "additional_details"],
      properties: {
        name: text,
        id: { type: "string", pattern: "^[^/]+/[^/]+$" },
        developer: text,
        inference_engine: { type: "object", properties: { name: text, version: text } },
        additional_details: {
          type: "object",
          required: ["deployment_type", "model_availability"],
          properties: {
            deployment_type: { enum: ["self_deployed", "externally_managed", "unknown"] },
            model_availability: { enum: ["open_weights", "closed_weights", "unknown"] },
          },
          additionalProperties: text,
        },
      },
    },
    evaluation_results: {
      type: "array",
      minItems: 1,
      items: {
        type: "object",
        required: ["evaluation_name", "source_data", "metric_config", "score_details"],
        properties: {
          evaluation_result_id: text,
          evaluation_name: text,
          source_data: {
            oneOf: [
              {
                type: "object",
                required: ["dataset_name", "source_type", "url"],
                properties: {
                  dataset_name: text,
                  source_type: { const: "url" },
                  url: { type: "array", items: text, minItems: 1 },
                  additional_details: texts,
                },
              },
              {
                type: "object",
                required: ["dataset_name", "source_type"],
                properties: { dataset_name: text, source_type: { const: "other" }, additional_details: texts },
              },
            ],
          },
          metric_config: {
            type: "object",
            // Bounds are required because our scores are continuous.
            required: ["lower_is_better", "min_score", "max_score"],
            properties: {
              metric_id: text,
              metric_name: text,
              metric_kind: text,
              metric_unit: text,
              metric_parameters: {
                type: "object",
                additionalProperties: { type: ["string", "number", "boolean", "null"] },
              },
              lower_is_better: { const: false },
              score_type: { enum: ["binary", "continuous", "levels"] },
              min_score: number,
              max_score: number,
              additional_details: texts,
            },
          },
          score_details: {
            type: "object",
            required: ["score"],
            properties: {
              score: { type: "number", minimum: 0, maximum: 1 },
              details: texts,
              uncertainty: {
                type: "object",
                properties: {
                  standard_error: { type: "object", required: ["value"], properties: { value: number, method: text } },
                  confidence_interval: {
                    type: "object",
                    required: ["lower", "upper"],
                    properties: { lower: number, upper: number, confidence_level: number, method: text },
                  },
                  num_samples: { type: "integer" },
                },
              },
            },
          },
          generation_config: {
            type: "object",
            properties: {
              generation_args: {
                type: "object",
                additionalProperties: false,
                properties: {
                  temperature: { type: ["null", "number"] },
                  top_p: { type: ["null", "number"] },
                  top_k: { type: ["null", "number"] },
                  max_tokens: { type: "integer", minimum: 1 },
                  execution_command: text,
                  reasoning: { type: "boolean" },
                },
              },
              additional_details: texts,
            },
          },
        },
      },
    },
  },
} as const;

/** A record's place: collection, developer, model, a UUID of version 4. */
export const EVERY_EVAL_EVER_PATH =
  /^data\/[^/]+\/[^/]+\/[^/]+\/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json$/;

/** `.eval_results/*.yaml` (huggingface/hub-docs/docs/hub/eval-results.md @ 064c754). */
export const HF_EVAL_RESULTS = {
  type: "array",
  minItems: 1,
  items: {
    type: "object",
    additionalProperties: false,
    required: ["dataset", "value"],
    properties: {
      dataset: {
        type: "object",
        additionalProperties: false,
        required: ["id", "task_id"],
        properties: { id: { type: "string", pattern: "^[^/]+/[^/]+$" }, task_id: text, revision: text },
      },
      value: number,
      verifyToken: text,
      date: { type: "string", pattern: "^\\d{4}-\\d{2}-\\d{2}" },
      source: { type: "object", required: ["url"], properties: { url: text, name: text, user: text } },
      evaluation_framework: text,
      notes: text,
    },
  },
} as const;

const byTask = (value: unknown) => ({ type: "object", additionalProperties: value });

/** Results of lm-evaluation-harness (EleutherAI/lm-evaluation-harness@293c9df, lm_eval/result_schema.py). */
export const LM_EVAL = {
  type: "object",
  required: ["results", "configs", "versions", "n-shot", "higher_is_better", "n-samples", "config", "git_hash", "date"],
  properties: {
    results: byTask({
      type: "object",
      required: ["alias", "sample_len"],
      properties: { alias: text, sample_len: { type: "integer" } },
      patternProperties: { "^[a-z]+@\\d+,none$": number, "^[a-z]+@\\d+_stderr,none$": { type: ["number", "string"] } },
    }),
    group_subtasks: byTask({ type: "array", items: text }),
    configs: byTask({ type: "object" }),
    versions: byTask({ type: ["string", "number", "null"] }),
    "n-shot": byTask({ type: "integer" }),
    higher_is_better: byTask(byTask({ type: ["boolean", "null"] })),
    "n-samples": byTask({
      type: "object",
      required: ["original", "effective"],
      properties: { original: { type: "integer" }, effective: { type: "integer" } },
    }),
    config: {
      type: "object",
      properties: {
        model: text,
        model_args: { type: ["string", "object", "null"] },
        model_num_parameters: { type: "integer" },
        model_sha: text,
        batch_size: { type: ["string", "null"] },
        device: { type: ["string", "null"] },
        limit: { type: ["number", "null"] },
        bootstrap_iters: { type: "integer" },
        gen_kwargs: { type: ["string", "object", "null"] },
        random_seed: { type: "integer" },
      },
    },
    git_hash: text,
    date: number,
    model_source: text,
    model_name: text,
    model_name_sanitized: text,
    system_instruction: { type: ["string", "null"] },
    system_instruction_sha: { type: ["string", "null"] },
    chat_template: { type: ["string", "null"] },
    chat_template_sha: { type: ["string", "null"] },
    task_hashes: byTask(text),
    total_evaluation_time_seconds: text,
  },
} as const;

const nullableText = { type: ["string", "null"] };
const count = { type: "integer", minimum: 0 };

/** The same of a line of the samples of Every Eval Ever 0.3.0 (`instance_level_eval.schema.json`), of a single turn. */
export const EVERY_EVAL_EVER_SAMPLE = {
  type: "object",
  additionalProperties: false,
  required: [
    "schema_version",
    "evaluation_id",
    "model_id",
    "evaluation_name",
    "sample_id",
    "interaction_type",
    "input",
    "output",
    "answer_attribution",
    "evaluation",
  ],
  properties: {
    schema_version: text,
    evaluation_id: text,
    model_id: text,
    evaluation_name: text,
    evaluation_result_id: text,
    sample_id: text,
    sample_hash: nullableText,
    interaction_type: { const: "single_turn" },
    input: {
      type: "object",
      required: ["raw", "reference"],
      properties: {
        raw: text,
        formatted: nullableText,
        reference: { type: "array", items: text },
        choices: { type: ["array", "null"], items: text },
      },
    },
    output: {
      type: "object",
      required: ["raw"],
      properties: { raw: { type: "array", items: text }, reasoning_trace: { type: ["array", "null"], items: text } },
    },
    answer_attribution: {
      type: "array",
      items: {
        type: "object",
        required: ["turn_idx", "source", "extracted_value", "extraction_method", "is_terminal"],
        properties: {
          turn_idx: count,
          source: text,
          extracted_value: text,
          extraction_method: text,
          is_terminal: { type: "boolean" },
        },
      },
    },
    evaluation: {
      type: "object",
      required: ["score", "is_correct"],
      properties: { score: number, is_correct: { type: "boolean" } },
    },
    token_usage: {
      type: ["object", "null"],
      required: ["input_tokens", "output_tokens", "total_tokens"],
      properties: {
        input_tokens: count,
        output_tokens: count,
        total_tokens: count,
        reasoning_tokens: { type: ["integer", "null"], minimum: 0 },
      },
    },
    error: nullableText,
    metadata: texts,
  },
} as const;
