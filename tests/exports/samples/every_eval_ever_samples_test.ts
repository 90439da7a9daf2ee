import { assertEquals, assertMatch } from "@std/assert";
import Ajv2020 from "ajv/dist/2020.js";
import { writeSamples } from "../../../src/exports/samples/every_eval_ever_samples.ts";
import { sha256 } from "../../../src/files/hash.ts";
import { EVERY_EVAL_EVER, EVERY_EVAL_EVER_PATH, EVERY_EVAL_EVER_SAMPLE } from "../facts.ts";
import { sampledRun } from "./sampled.ts";

const { stored } = await sampledRun();
const ajv = new Ajv2020.default({ allowUnionTypes: true, strict: false });

async function written(own = stored) {
  return (await Array.fromAsync(writeSamples(own, () => undefined)))
    .map(({ path, content }) => ({ path, text: content as string }));
}

Deno.test("a record names the file of its samples, each of which follows the format and belongs to Pass@1", async () => {
  const [samples, record] = await written();
  assertMatch(record.path, EVERY_EVAL_EVER_PATH);
  const validRecord = ajv.compile(EVERY_EVAL_EVER), validSample = ajv.compile(EVERY_EVAL_EVER_SAMPLE);
  const { detailed_evaluation_results: details, evaluation_id, evaluation_results } = JSON.parse(record.text);
  assertEquals(validRecord(JSON.parse(record.text)), true, JSON.stringify(validRecord.errors));
  assertEquals(details.file_path, samples.path);
  assertEquals([details.checksum, details.total_rows], [sha256(samples.text), 15]);
  const lines = samples.text.trimEnd().split("\n").map((line) => JSON.parse(line));
  for (const line of lines) {
    assertEquals(validSample(line), true, JSON.stringify(validSample.errors));
    assertEquals(line.evaluation_id, evaluation_id);
    assertEquals(line.token_usage.total_tokens, line.token_usage.input_tokens + line.token_usage.output_tokens);
  }
  const [{ evaluation_result_id }] = lines;
  const aggregate = evaluation_results.find((own: { evaluation_result_id: string }) =>
    own.evaluation_result_id === evaluation_result_id
  );
  const mean = lines.reduce((sum, { evaluation }) => sum + evaluation.score, 0) / lines.length;
  assertEquals(Math.abs(mean - aggregate.score_details.score) < 1e-12, true);
});

Deno.test("without questions there is the record alone, as the format demands them", async () => {
  const [row] = stored.rowsOf("arith-add");
  const files = await written({ ...stored, rowsOf: () => [{ ...row, problem: "elsewhere/1" }] });
  assertEquals(files.map(({ path }) => path.endsWith("_samples.jsonl")), [false]);
  assertEquals("detailed_evaluation_results" in JSON.parse(files[0].text), false);
});
