/**
 * Readers of published files: the bytes of a file in one format to its rows of question and answer, verbatim.
 *
 * @module
 */
import { BenchError } from "../errors.ts";
import type { Problem } from "./problem.ts";

/** What a published row holds of a problem; ids are given by row number. */
export type Row = Pick<Problem, "question" | "answer">;

/** Reads all rows of a file; throws {@link BenchError} where a row is not as the format says. */
export type RowReader = (bytes: Uint8Array) => Promise<Row[]>;

type JsonObject = Readonly<Record<string, unknown>>;

/** How one parsed row becomes question and answer; undefined leaves the row out. */
type RowMapping = (row: JsonObject) => { question: unknown; answer: unknown } | undefined;

/** A JSON array of objects. */
export function jsonArray(mapping: RowMapping): RowReader {
  return async (bytes) => {
    const parsed = parseJson(decode(bytes), "the file");
    if (!Array.isArray(parsed)) throw new BenchError(`found ${describe(parsed)}, expected a JSON array of rows`);
    return mapRows(parsed, mapping);
  };
}

/** Another reader behind gzip. */
export function gzipped(read: RowReader): RowReader {
  return async (bytes) => {
    const unpacked = new Blob([bytes.slice().buffer]).stream().pipeThrough(new DecompressionStream("gzip"));
    let text: Uint8Array;
    try {
      text = new Uint8Array(await new Response(unpacked).arrayBuffer());
    } catch (error) {
      throw new BenchError(`found no readable gzip file (${(error as Error).message})`);
    }
    return read(text);
  };
}

/** One JSON object per line. */
export function jsonLines(mapping: RowMapping): RowReader {
  return async (bytes) => {
    const lines = decode(bytes).split("\n").filter((line) => line.trim() !== "");
    return mapRows(lines.map((line, i) => parseJson(line, `row ${i + 1}`)), mapping);
  };
}

/** An Apache Parquet file. */
export function parquet(mapping: RowMapping): RowReader {
  return async (bytes) => {
    const { parquetReadObjects } = await import("npm:hyparquet@1.31.5");
    const file = bytes.slice().buffer;
    try {
      return mapRows(await parquetReadObjects({ file }), mapping);
    } catch (error) {
      if (error instanceof BenchError) throw error;
      throw new BenchError(`found no readable Parquet file (${(error as Error).message})`);
    }
  };
}

/** Rows of this project's own form, `{id, question, answer}` on each line; the ids are checked by the hash of the rows. */
export const normalisedRows: RowReader = jsonLines(({ question, answer }) => ({ question, answer }));

/** `[{"prompt": [{"value": question}], "final_answer": answer}]`, the evaluation files of the SofT-GRPO code. */
export const promptArray: RowReader = jsonArray(({ prompt, final_answer }) => ({
  question: Array.isArray(prompt) ? prompt[0]?.value : undefined,
  answer: final_answer,
}));

/** GSM8K's own form: the answer is what follows `#### ` in the worked solution. */
export const gsm8kLines: RowReader = jsonLines(({ question, answer }) => ({
  question,
  answer: typeof answer === "string" ? answer.split("#### ")[1] : undefined,
}));

function mapRows(rows: readonly unknown[], mapping: RowMapping): Row[] {
  return rows.flatMap((row, i) => {
    if (typeof row !== "object" || row === null) {
      throw new BenchError(`row ${i + 1}: found ${describe(row)}, expected an object`);
    }
    const mapped = mapping(row as JsonObject);
    if (mapped === undefined) return [];
    return [{ question: text(mapped.question, "question", i), answer: text(mapped.answer, "answer", i) }];
  });
}

/** Answers are published as text or as numbers; a number's shortest decimal form is its text (27.0 is `27`). */
function text(value: unknown, field: string, row: number): string {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value === "string" && value !== "") return value;
  throw new BenchError(`row ${row + 1}: found ${describe(value)} as ${field}, expected text`);
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new BenchError("found bytes that are not UTF-8, expected text");
  }
}

function parseJson(source: string, place: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new BenchError(`${place}: found ${JSON.stringify(source.slice(0, 40))}, expected JSON`);
  }
}

function describe(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value)?.slice(0, 40) ?? typeof value;
}
