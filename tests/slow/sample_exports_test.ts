/**
 * What pandas and Every Eval Ever make of exported samples. Needs a Python with pandas and pyarrow, and with
 * every_eval_ever 0.3.0, which asks for Python 3.12: PYTHON, or python3.
 */
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { paths, run } from "../end_to_end/command_line.ts";
import { readResults } from "../../src/result/store.ts";
import { lacks, python } from "./python_packages.ts";

const PANDAS = `
import json, sys, pandas
table = pandas.read_parquet(sys.argv[1])
print(json.dumps({
    "columns": list(table.columns),
    "rows": len(table),
    "pass@1": table.groupby(table.doc.str["id"]).correct.mean().mean(),
    "soft": table.top_weight.between(0, 1).all().item(),
    "texts": int(table.model_response.str["text"].str.len().sum()),
    "prompts": table.model_response.str["input"].notna().all().item(),
}))
`;

const missing = { pandas: await lacks("pandas, pyarrow"), everyEvalEver: await lacks("every_eval_ever") };
const folder = Object.values(missing).every((each) => each) ? "" : await exported();

/** A run's samples in both formats. */
async function exported(): Promise<string> {
  const folder = await Deno.makeTempDir();
  const places = ["--runs", `${folder}/runs`, "--results", `${folder}/results`];
  await succeed(["bench", "tests/fixtures/mini.ts", ...places]);
  for (const format of ["lighteval-details", "every-eval-ever-samples"]) {
    // Tests run code that was not committed, too.
    await succeed(["leaderboard", "--smoke", "--export", format, `${folder}/out`, ...places]);
  }
  return folder;
}

async function succeed(words: readonly string[]): Promise<void> {
  const { code, stderr } = await run(words);
  assertEquals(code, 0, stderr);
}

Deno.test({
  name: "pandas reads each sample, and its verdicts give the result's Pass@1",
  ignore: missing.pandas,
  async fn() {
    const results = readResults(`${folder}/results/v2`).map(({ result }) => result);
    assertEquals(results.length, 3);
    const files = paths(`${folder}/out/details`);
    for (const { arm, datasets } of results) {
      for (const { name, problems, metrics } of datasets) {
        const file = files.find((path) => path.includes(`/details_${name}.${arm.label}-s${arm.seed}_`))!;
        const read = JSON.parse((await python(["-c", PANDAS, `${folder}/out/details/${file}`]))!);
        assertEquals(read.columns.slice(0, 3), ["doc", "metric", "model_response"]);
        const samples = problems.reduce((sum, { n }) => sum + n, 0);
        assertEquals([read.rows, read.texts, read.soft, read.prompts], [samples, samples, true, true]);
        assertAlmostEquals(read["pass@1"], metrics.passAt["1"].value, 1e-12);
      }
    }
  },
});

Deno.test({
  name: "every_eval_ever validates records and their samples",
  ignore: missing.everyEvalEver,
  async fn() {
    const files = paths(`${folder}/out/data`).map((path) => `${folder}/out/data/${path}`);
    assertEquals(files.length, 6);
    const said = await python(["-m", "every_eval_ever", "validate", ...files]);
    assert(said !== undefined, "the validator refuses them");
  },
});
