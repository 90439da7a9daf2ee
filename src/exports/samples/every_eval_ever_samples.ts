/**
 * Every Eval Ever 0.3.0 at the level of instances: beside the record of a result the file of its samples, a line each, that
 * the record names with its checksum. A line stands for Pass@1, which alone is a mean over samples.
 *
 * @module
 */
import type { Sample } from "../../evaluation/sample.ts";
import type { JsonObject } from "../../files/json.ts";
import { sha256 } from "../../files/hash.ts";
import { formatJson } from "../../result/serialize.ts";
import type { DatasetResult, Result } from "../../result/types.ts";
import { evaluationId, recordOf, recordPath, SCHEMA_VERSION } from "../every_eval_ever.ts";
import { modelIdentity } from "../identity.ts";
import { type Asked, askedOf } from "./asked.ts";
import type { SampleExportWriter } from "./sample_export.ts";
import { softMeans } from "./soft_means.ts";

/** The record, and the file of its samples. Samples whose question is not at hand have no line: the format demands it. */
export const writeSamples: SampleExportWriter = async function* ({ result, rowsOf }, commandOf) {
  const lines: string[] = [];
  for (const dataset of result.datasets) {
    const asked = await askedOf(result, dataset);
    for (const row of rowsOf(dataset.name)) {
      const instance = instanceOf(result, dataset, row, asked);
      if (instance !== undefined) lines.push(JSON.stringify(instance) + "\n");
    }
  }
  const path = recordPath(result);
  const content = lines.join("");
  const details = {
    format: "jsonl",
    file_path: `${path}_samples.jsonl`,
    hash_algorithm: "sha256",
    checksum: sha256(content),
    total_rows: lines.length,
  };
  if (lines.length > 0) yield { path: details.file_path, content };
  const record = recordOf(result, commandOf(result), lines.length > 0 ? details : undefined);
  yield { path: `${path}.json`, content: formatJson(record) + "\n" };
};

function instanceOf(
  result: Result,
  { name, metrics }: DatasetResult,
  row: Sample,
  { problems, prompter }: Asked,
): JsonObject | undefined {
  const problem = problems.get(row.problem);
  if (problem === undefined) return undefined;
  const { question, answer: gold } = problem;
  const { answer, correct, tokens, thoughts, text, graderError } = row;
  const inputTokens = prompter?.ids(problem).length;
  return {
    schema_version: SCHEMA_VERSION,
    evaluation_id: evaluationId(result),
    model_id: modelIdentity(result).id,
    evaluation_name: name,
    ...("1" in metrics.passAt && { evaluation_result_id: `${name}/pass@1` }),
    sample_id: row.problem,
    sample_hash: sha256(question + gold),
    interaction_type: "single_turn",
    input: { raw: question, formatted: prompter?.text(problem) ?? null, reference: [gold] },
    output: { raw: [text] },
    answer_attribution: answer === null ? [] : [{
      turn_idx: 0,
      source: "output.raw",
      extracted_value: answer,
      extraction_method: `${result.grader.name} ${result.grader.version}`,
      is_terminal: true,
    }],
    evaluation: { score: Number(correct), is_correct: correct },
    ...(inputTokens !== undefined && {
      token_usage: {
        input_tokens: inputTokens,
        output_tokens: tokens,
        total_tokens: inputTokens + tokens,
        reasoning_tokens: thoughts ?? null,
      },
    }),
    error: graderError ?? null,
    metadata: metadataOf(row),
  };
}

/** What the format has no field for, as the texts that it wants. */
function metadataOf(row: Sample): JsonObject {
  const { sample, seed, finish, canonical } = row;
  const soft = Object.entries(softMeans(row) ?? {}).map(([name, mean]) => [`thought_${name}`, String(mean)]);
  return {
    sample: String(sample),
    seed: String(seed),
    finish,
    ...(canonical !== null && { canonical_answer: canonical }),
    ...Object.fromEntries(soft),
  };
}
