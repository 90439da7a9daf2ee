import { assertAlmostEquals, assertEquals, assertMatch } from "@std/assert";
import { parquetReadObjects } from "hyparquet";
import { writeSamples } from "../../../src/exports/samples/lighteval_details.ts";
import { sampledRun } from "./sampled.ts";

const { result, stored } = await sampledRun();
const rows = stored.rowsOf("arith-add");

async function written(own = stored) {
  const files = await Array.fromAsync(writeSamples(own, () => undefined));
  const tables = await Promise.all(files.map(({ content }) => {
    const file = (content as Uint8Array).slice().buffer;
    return parquetReadObjects({ file }) as Promise<Record<string, unknown>[]>;
  }));
  return { files, tables };
}

Deno.test("a row is a sample in lighteval's columns, with this program's own beside them", async () => {
  const { files: [{ path }], tables: [table] } = await written();
  assertMatch(
    path,
    /^details\/soft-grpo-bench\/tiny-soft-tokens-grpo-s2\/[\dT.-]+\/details_arith-add\.soft-tokens-grpo-s2_[\dT.-]+\.parquet$/,
  );
  assertEquals(table.length, 15);
  for (const [i, { problem, sample, text, answer, correct, softness, thoughts }] of rows.entries()) {
    const row = table[i];
    const doc = row.doc as Record<string, unknown>;
    assertEquals([doc.id, doc.task_name, doc.num_samples, doc.gold_index], [problem, "arith-add", 5, 0]);
    assertEquals(row.model_response, { input: `<user>${doc.query}<assistant><think>`, text: [text] });
    assertEquals(row.metric, { correct: Number(correct) });
    assertEquals([row.sample, row.answer, row.correct, row.thought_tokens], [sample, answer, correct, thoughts]);
    assertAlmostEquals(row.top_weight as number, softness!.topWeight.sum / thoughts!, 1e-12);
  }
  const share = table.filter(({ correct }) => correct).length / table.length;
  assertAlmostEquals(share, result.datasets[0].metrics.passAt["1"].value, 1e-12);
});

Deno.test("what is not known is null, and hostile texts come through", async () => {
  const text = `a\u0000"'\u202e\n`;
  const unknown = { ...rows[0], problem: "elsewhere/1", text, answer: null, canonical: null };
  const { softness: _, thoughts: __, ...row } = unknown;
  const { tables: [[read]] } = await written({ ...stored, rowsOf: () => [row] });
  assertEquals(read.doc, {
    id: "elsewhere/1",
    task_name: "arith-add",
    query: null,
    choices: undefined,
    gold_index: 0,
    num_samples: 1,
  });
  assertEquals(read.model_response, { input: null, text: [text] });
  assertEquals([read.answer, read.thought_tokens, read.top_weight, read.grader_error], [null, null, null, null]);
});

Deno.test("a dataset without samples has no file", async () => {
  assertEquals((await written({ ...stored, rowsOf: () => [] })).files, []);
});
