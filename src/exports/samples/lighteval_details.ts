/**
 * Details as lighteval 0.13 saves them (`--save-details`): a parquet file a dataset, with its columns `doc`, `metric` and
 * `model_response`. Here a row is a sample, so that lists in `model_response` have one entry; beside them stand columns of
 * this program's own: the answer, the verdict, lengths and softness.
 *
 * @module
 */
import type { SchemaElement } from "npm:hyparquet@1.31.5";
import { ByteWriter, parquetWrite } from "npm:hyparquet-writer@0.17.0";
import type { Sample } from "../../evaluation/sample.ts";
import type { DatasetResult, Result } from "../../result/types.ts";
import { fileSafe, modelIdentity } from "../identity.ts";
import { type Asked, askedOf } from "./asked.ts";
import type { SampleExportWriter } from "./sample_export.ts";
import { softMeans } from "./soft_means.ts";

/** A field of the file, or a group of some. */
type Field = readonly SchemaElement[];

/** A file for each dataset that has samples. */
export const writeSamples: SampleExportWriter = async function* ({ result, rowsOf }) {
  for (const dataset of result.datasets) {
    const rows = rowsOf(dataset.name);
    if (rows.length === 0) continue;
    yield {
      path: pathOf(result, dataset),
      content: detailsFile(result, dataset, rows, await askedOf(result, dataset)),
    };
  }
};

/** `details/DEVELOPER/MODEL/TIME/details_TASK_TIME.parquet`, the time as lighteval writes it. */
function pathOf(result: Result, { name }: DatasetResult): string {
  const { developer, name: model } = modelIdentity(result);
  const time = result.run.startedAt.replaceAll(":", "-").replace(/Z$/, "");
  const task = fileSafe(`${name}.${result.arm.label}-s${result.arm.seed}`);
  return `details/${developer}/${model}/${time}/details_${task}_${time}.parquet`;
}

function detailsFile(result: Result, { name }: DatasetResult, rows: readonly Sample[], asked: Asked): Uint8Array {
  const samples = new Map(Map.groupBy(rows, ({ problem }) => problem).entries().map(([id, own]) => [id, own.length]));
  const columns: readonly (readonly [field: Field, of: (row: Sample) => unknown])[] = [
    [DOC, ({ problem }) => {
      const found = asked.problems.get(problem);
      return {
        id: problem,
        task_name: name,
        query: found?.question ?? null,
        choices: found === undefined ? null : [found.answer],
        gold_index: 0,
        num_samples: samples.get(problem),
      };
    }],
    [METRIC, ({ correct }) => ({ correct: Number(correct) })],
    [MODEL_RESPONSE, ({ problem, text }) => {
      const found = asked.problems.get(problem);
      return { input: found === undefined ? null : asked.prompter?.text(found) ?? null, text: [text] };
    }],
    [string("arm"), () => result.arm.label],
    [int("seed"), () => result.arm.seed],
    [int("sample"), ({ sample }) => sample],
    [string("answer"), ({ answer }) => answer],
    [string("canonical_answer"), ({ canonical }) => canonical],
    [boolean("correct"), ({ correct }) => correct],
    [string("grader_error"), ({ graderError = null }) => graderError],
    [int("tokens"), ({ tokens }) => tokens],
    [int("thought_tokens"), ({ thoughts = null }) => thoughts],
    [boolean("cut_off"), ({ finish }) => finish === "length"],
    [double("top_weight"), (row) => softMeans(row)?.topWeight ?? null],
    [double("thought_entropy"), (row) => softMeans(row)?.entropy ?? null],
    [double("divergence_to_token"), (row) => softMeans(row)?.divergence ?? null],
    [double("mixed_entries"), (row) => softMeans(row)?.entries ?? null],
    [double("one_token"), (row) => softMeans(row)?.oneToken ?? null],
  ];
  const writer = new ByteWriter();
  parquetWrite({
    writer,
    columnData: columns.map(([[{ name }], of]) => ({ name, data: rows.map(of) })),
    schema: [{ name: "root", num_children: columns.length }, ...columns.flatMap(([field]) => field)],
  });
  return writer.getBytes();
}

function string(name: string): Field {
  return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" }];
}

function int(name: string): Field {
  return [{ name, type: "INT32", repetition_type: "OPTIONAL" }];
}

function double(name: string): Field {
  return [{ name, type: "DOUBLE", repetition_type: "OPTIONAL" }];
}

function boolean(name: string): Field {
  return [{ name, type: "BOOLEAN", repetition_type: "OPTIONAL" }];
}

function strings(name: string): Field {
  return [
    { name, converted_type: "LIST", repetition_type: "OPTIONAL", num_children: 1 },
    { name: "list", repetition_type: "REPEATED", num_children: 1 },
    ...string("element"),
  ];
}

function group(name: string, fields: readonly Field[]): Field {
  return [{ name, repetition_type: "OPTIONAL", num_children: fields.length }, ...fields.flat()];
}

/** Of lighteval's `Doc`, `ModelResponse` and metrics: what there is here. */
const DOC = group("doc", [
  string("id"),
  string("task_name"),
  string("query"),
  strings("choices"),
  int("gold_index"),
  int("num_samples"),
]);
const METRIC = group("metric", [double("correct")]);
const MODEL_RESPONSE = group("model_response", [string("input"), strings("text")]);
