import { assertAlmostEquals, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { BenchError } from "../../src/errors.ts";
import { scoreDocument, scoreFiles } from "../../src/score/score.ts";
import { exampleResult } from "../result/example.ts";
import { fileURLToPath } from "node:url";
import { serializeResult } from "../../src/result/serialize.ts";

const NOW = "2026-11-24T07:00:00.000Z";
const COUNTS = fileURLToPath(new URL("../../benchmarks/published/soft_grpo_llama_3b_counts.json", import.meta.url));

function inFolder(test: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync();
  try {
    test(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

interface ScoreDocument {
  readonly results: readonly {
    readonly arm: string;
    readonly model: string;
    readonly datasets: readonly {
      readonly name: string;
      readonly n: number;
      readonly passAt: Record<string, Record<string, number>>;
      readonly majorityAt: Record<string, Record<string, number>>;
      readonly predictedPassAt?: Record<string, Record<string, number>>;
      readonly firstK?: Record<string, number>;
    }[];
    readonly average: {
      readonly passAt: Record<string, Record<string, number>>;
      readonly predictedPassAt?: Record<string, Record<string, number>>;
    };
  }[];
}

function documentOf(paths: readonly string[], sizes = {}): ScoreDocument {
  return JSON.parse(JSON.stringify(scoreDocument(scoreFiles(paths, sizes, NOW))));
}

Deno.test("published counts are scored as one result per arm, values in [0, 1] with interval and both errors", () => {
  const { results } = documentOf([COUNTS]);
  assertEquals(results.map(({ arm }) => arm), [
    "discrete-grpo",
    "discrete-grpo-soft-thinking",
    "soft-thinking-grpo",
    "base-discrete",
    "base-soft-thinking",
  ]);
  const [{ model, datasets, average }] = results;
  assertEquals(model, "Llama-3.2-3B-Instruct");
  const { name, n, passAt } = datasets[0];
  assertEquals([name, n], ["aime2024", 32]);
  assertEquals(Object.keys(passAt), ["1", "2", "4", "8", "16", "32"]);
  // From the specification's table: .0740, .0351, .0059 and .267.
  assertAlmostEquals(passAt["1"].value, 0.07396, 5e-6);
  assertAlmostEquals(passAt["1"].seNew, 0.0351, 5e-5);
  assertAlmostEquals(passAt["1"].seSet, 0.0059, 5e-5);
  assertAlmostEquals(passAt["32"].value, 0.26667, 5e-6);
  assertEquals(passAt["1"].low < passAt["1"].value && passAt["1"].value < passAt["1"].high, true);
  assertAlmostEquals(average.passAt["32"].value, 0.5532, 5e-5);
});

Deno.test("a result file is scored at the sizes asked for, and checked", () =>
  inFolder((folder) => {
    const result = exampleResult();
    Deno.writeTextFileSync(`${folder}/r.json`, serializeResult(result));
    const [arm] = documentOf([`${folder}/r.json`], { passAt: [3, 99], majorityAt: [2] }).results;
    assertEquals(Object.keys(arm.datasets[0].passAt), ["3"]);
    assertEquals(Object.keys(arm.datasets[0].majorityAt), ["2"]);
    Deno.writeTextFileSync(`${folder}/r.json`, serializeResult(result).replace('"c":7', '"c":6'));
    assertThrows(() => scoreFiles([`${folder}/r.json`], {}, NOW), BenchError, "problems[3].c of ");
  }));

Deno.test("a k beyond the samples is predicted, apart from what is estimated", () => {
  const [{ datasets, average }] = documentOf([COUNTS], { passAt: [32, 64] }).results;
  assertEquals(datasets.map(({ passAt }) => Object.keys(passAt)), datasets.map(() => ["32"]));
  for (const { passAt, predictedPassAt } of datasets) {
    assertEquals(Object.keys(predictedPassAt!), ["64"]);
    const { value, low, high } = predictedPassAt!["64"];
    assertEquals(low <= value && value <= high && value > passAt["32"].value, true);
  }
  const values = datasets.map(({ predictedPassAt }) => predictedPassAt!["64"].value);
  assertAlmostEquals(average.predictedPassAt!["64"].value, values.reduce((a, b) => a + b) / 5, 1e-12);
  assertEquals([Object.keys(average.passAt), Object.keys(average.predictedPassAt!)], [["32"], ["64"]]);
  const [usual] = documentOf([COUNTS], { passAt: [32] }).results;
  assertEquals([usual.datasets[0].predictedPassAt, usual.average.predictedPassAt], [undefined, undefined]);
});

Deno.test("predictions and estimates are not averaged, and one sample predicts nothing", () =>
  inFolder((folder) => {
    const row = (dataset: string, samples: number, counts: number[]) => ({
      base_model: "m",
      source: "nowhere",
      training: "none",
      decoding: "discrete",
      dataset,
      samples_per_problem: samples,
      correct_counts: counts,
    });
    const write = (rows: unknown[]) => Deno.writeTextFileSync(`${folder}/c.json`, JSON.stringify(rows));
    write([row("aime2024", 4, [0, 1, 3]), row("amc23", 8, [2, 5, 8])]);
    const [{ datasets, average }] = documentOf([`${folder}/c.json`], { passAt: [6] }).results;
    assertEquals(datasets.map(({ passAt, predictedPassAt }) => [Object.keys(passAt), predictedPassAt !== undefined]), [
      [[], true],
      [["6"], false],
    ]);
    assertEquals([average.passAt, average.predictedPassAt], [{}, undefined]);
    write([row("aime2024", 1, [0, 1, 1])]);
    assertEquals(documentOf([`${folder}/c.json`], { passAt: [6] }).results[0].datasets[0].predictedPassAt, undefined);
  }));

Deno.test("samples are grouped by folder, counted by problem, and keep their order for the first-k rule", () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/arm-s1`);
    const line = (problem: string, sample: number, correct: boolean) =>
      JSON.stringify({
        problem,
        sample,
        seed: 1,
        text: "",
        answer: correct ? "7" : null,
        ...(problem === "a" && { canonical: correct ? "7" : null }),
        correct,
        tokens: 10 + sample,
        finish: correct ? "stop" : "length",
      }) + "\n";
    // Out of order, and the last line is torn.
    const rows = [line("a", 1, true), line("a", 0, false), line("b", 0, false), line("b", 1, false)];
    Deno.writeTextFileSync(`${folder}/arm-s1/set.jsonl`, rows.join("") + '{"problem":"b","sam');
    const [{ arm, datasets, notes }] = scoreFiles([`${folder}/arm-s1/set.jsonl`], {}, NOW);
    assertEquals(notes, [`${folder}/arm-s1/set.jsonl: its last line is torn, and left out`]);
    assertEquals([arm, datasets[0].name, datasets[0].n], ["arm-s1", "set", 2]);
    assertEquals(datasets[0].metrics.passAt["1"].value, 0.25);
    assertEquals(datasets[0].metrics.passAt["2"].value, 0.5);
    assertEquals(datasets[0].firstK, { "1": 0, "2": 0.5 });
    assertEquals(datasets[0].byRule, undefined);
    assertEquals(datasets[0].metrics.truncated, 0.75);
    assertEquals(datasets[0].metrics.unextracted, 0.75);
    assertEquals(datasets[0].metrics.meanTokens, 10.5);
    assertEquals(datasets[0].metrics.meanTokensCorrect, 11);
  }));

Deno.test("other rules stand beside ours, by the order of samples or from counts", () =>
  inFolder((folder) => {
    Deno.mkdirSync(`${folder}/arm-s1`);
    const right = { a: [1, 3], b: [0] };
    const lines = Object.entries(right).flatMap(([problem, own]) =>
      [4, 2, 0, 3, 1].map((sample) =>
        JSON.stringify({ problem, sample, correct: own.includes(sample), tokens: 7, finish: "stop" })
      )
    );
    Deno.writeTextFileSync(`${folder}/arm-s1/set.jsonl`, lines.join("\n") + "\n");
    const rules = ["first-k", "blocks", "bootstrap"] as const;
    const [arm] = scoreFiles([`${folder}/arm-s1/set.jsonl`], { passAt: [2, 5, 6], rules }, NOW);
    // a: 0 1 0 1 (0), b: 1 0 0 0 (0).
    assertEquals(arm.datasets[0].byRule!["first-k"], { "2": 1, "5": 1 });
    assertEquals(arm.datasets[0].byRule!.blocks, { "2": 0.75, "5": 1 });
    assertAlmostEquals(arm.averageByRule!.bootstrap!["2"], (1 - 0.6 ** 2 + 1 - 0.8 ** 2) / 2, 1e-12);
    const document = scoreDocument([arm]).results[0] as {
      datasets: { byRule: unknown }[];
      average: { byRule: unknown };
    };
    assertEquals([document.datasets[0].byRule, document.average.byRule], [arm.datasets[0].byRule, arm.averageByRule]);
    const [counted] = scoreFiles([COUNTS], { passAt: [16], rules }, NOW);
    assertEquals(counted.datasets.map(({ byRule }) => Object.keys(byRule!)), Array(5).fill(["bootstrap"]));
  }));

Deno.test("published counts keep what their publisher reports, and how they were evaluated", () => {
  const [arm, , own] = scoreFiles([COUNTS], { passAt: [16] }, NOW);
  // By the first 16 samples: 7 of 30.
  assertAlmostEquals(arm.datasets[0].reported!["16"], 7 / 30, 1e-12);
  assertEquals([arm.protocol, own.protocol], ["soft-grpo-discrete", "soft-grpo-own"]);
  assertStringIncludes(own.title!, "evaluated as soft-grpo-own: ");
  const document = scoreDocument([arm]).results[0] as { protocol: string; datasets: { reported: unknown }[] };
  assertEquals([document.protocol, document.datasets[0].reported], [arm.protocol, arm.datasets[0].reported]);
});

Deno.test("a file that is none of these is refused with the place named", () =>
  inFolder((folder) => {
    const refusal = (name: string, text: string) => {
      Deno.writeTextFileSync(`${folder}/${name}`, text);
      return assertThrows(() => scoreFiles([`${folder}/${name}`], {}, NOW), BenchError).message;
    };
    assertStringIncludes(refusal("a.json", "{}"), "expected a result file");
    assertStringIncludes(refusal("b.json", "{"), "b.json");
    assertStringIncludes(
      refusal("c.jsonl", '{"problem":"a","sample":0}\n'),
      `Cannot read correct of ${folder}/c.jsonl:1: found nothing`,
    );
    assertStringIncludes(refusal("d.jsonl", ""), "no whole line");
    assertThrows(() => scoreFiles([`${folder}/none.json`], {}, NOW), BenchError, "no such file");
  }));

Deno.test("samples of two domains are two rows, and programs have no majority", () =>
  inFolder((folder) => {
    const facts = { seed: 1, text: "", tokens: 2, finish: "stop" };
    const write = (name: string, kind: string | undefined, answers: readonly string[]) => {
      const rows = answers.map((answer, sample) =>
        JSON.stringify({ problem: "p/0", sample, answer, correct: sample === 0, ...(kind && { kind }), ...facts })
      );
      Deno.writeTextFileSync(`${folder}/${name}.jsonl`, rows.join("\n") + "\n");
    };
    write("sums", undefined, ["3", "4", "4"]);
    write("code", "python-tests", ["x = 1\n", "x = 2\n", "x = 2\n"]);
    write("letters", "multiple-choice", ["A", "B", "B"]);
    const { results } = documentOf(["sums", "code", "letters"].map((name) => `${folder}/${name}.jsonl`));
    assertEquals(results.map(({ datasets }) => datasets.map(({ name }) => name)), [["sums"], ["code", "letters"]]);
    const [[sums], [code, letters]] = results.map(({ datasets }) =>
      datasets.map(({ majorityAt }) => Object.keys(majorityAt))
    );
    assertEquals([sums, code, letters], [["1", "2", "3"], [], ["1", "2", "3"]]);
  }));
