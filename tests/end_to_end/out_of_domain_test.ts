/**
 * An experiment on problems of every kind, with an executor that runs nothing: the same run, files and views as for
 * mathematics, and means apart. The problems are made up here.
 *
 * @module
 */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import tiny, { DECODINGS } from "../../benchmarks/tiny.ts";
import { UsageError } from "../../src/errors.ts";
import { bench } from "../../src/experiment/bench.ts";
import { verify } from "../../src/experiment/verify.ts";
import { buildLeaderboard } from "../../src/leaderboard/leaderboard.ts";
import { leaderboardMarkdown } from "../../src/leaderboard/markdown.ts";
import { report } from "../../src/report/report.ts";
import { mean } from "../../src/metrics/estimate.ts";
import { readResults } from "../../src/result/store.ts";
import { summarize } from "../../src/summary/summary.ts";
import { resultText } from "../../src/summary/tables.ts";
import { compare } from "../../src/compare/compare.ts";
import { recordingExecutor } from "../fixtures/recording_executor.ts";

/** The untrained base under two decodings. */
const UNTRAINED = {
  ...tiny,
  arms: [{
    label: "base",
    title: "untrained",
    ...DECODINGS.matched,
    evaluations: [DECODINGS.matched, DECODINGS.paper],
  }],
};

const CHOICES = [
  { id: "c/0", question: "1+1\n\nA. 2\nB. 3\nC. 5\nD. 7", answer: "A", kind: "multiple-choice" },
  { id: "c/1", question: "2+1\n\nA. 2\nB. 3\nC. 5\nD. 7", answer: "B", kind: "multiple-choice" },
];
const CODE = [
  { id: "p/0", question: "1", answer: "assert one() == 1", kind: "python-tests" },
  { id: "p/1", question: "2", answer: "assert two() == 2", kind: "python-tests" },
  { id: "p/2", question: "3", answer: "assert three() == 3", kind: "python-tests" },
];

Deno.test("problems of every kind in one experiment: results, tables, leaderboard, report and comparison", async () => {
  const folder = await Deno.makeTempDir();
  const write = (name: string, rows: readonly unknown[]) =>
    Deno.writeTextFileSync(`${folder}/${name}.jsonl`, rows.map((row) => JSON.stringify(row)).join("\n"));
  write("letters", CHOICES);
  write("code", CODE);
  const { executor, seen } = recordingExecutor(() => ({ outcome: "passed" }));
  const places = { runsFolder: `${folder}/runs`, resultsFolder: `${folder}/results` };
  const options = {
    datasets: ["arith-add", `${folder}/letters.jsonl`, `${folder}/code.jsonl`, "arith-sub"],
    seeds: [1],
    limit: 3,
    samples: 2,
    executor,
    ...places,
  };
  const run = bench(UNTRAINED, options);
  const notes: string[] = [];
  for await (const event of run) if (event.kind === "note") notes.push(event.text);
  const { results, failures } = await run;
  assertEquals(failures, []);
  // The embedded model's tokenizer has no letters.
  const parts = ["in 2 of 2 prompts of letters:", "in 3 of 3 prompts of code:"];
  assertEquals(notes.length, parts.length);
  for (const [i, part] of parts.entries()) assertStringIncludes(notes[i], part);
  const byDomain = Map.groupBy(results, ({ result }) => result.datasets[0].kind ?? "mathematics");
  // The base under each of its decodings, once per domain.
  assertEquals([...byDomain].map(([kind, own]) => [kind, own.length]), [
    ["mathematics", 2],
    ["multiple-choice", 2],
  ]);

  const [[{ result: mathematics }], [{ result: other }]] = [...byDomain.values()];
  assertEquals(mathematics.datasets.map(({ name }) => name), ["arith-add", "arith-sub"]);
  assertEquals(other.datasets.map(({ name, kind }) => [name, kind]), [
    ["letters", "multiple-choice"],
    ["code", "python-tests"],
  ]);
  assertEquals(
    mathematics.average.passAt["1"].value,
    mean(mathematics.datasets.map(({ metrics }) => metrics.passAt["1"].value)),
  );
  assertEquals([mathematics.grader.name, other.grader], ["symbolic-boxed", {
    name: "choice + own",
    version: "choice-1 + checks-1",
  }]);
  // Arithmetic models write no code, so nothing was run; that is "no answer", and no vote is missing.
  const [letters, code] = other.datasets;
  assertEquals(code.problems.map(({ votes, unextracted }) => [votes, unextracted]), Array(3).fill([undefined, 2]));
  assert(letters.problems.every(({ votes }) => votes !== undefined));
  assertEquals([code.metrics.majorityAt, other.average.majorityAt], [{}, {}]);
  assertEquals(seen.most, 0);

  const stored = readResults(`${folder}/results/smoke/v2`);
  assertEquals(stored.length, 4);
  const summaries = summarize(stored.map(({ result }) => result));
  assertEquals(summaries.map(({ domain }) => domain).toSorted(), ["mathematics", "out-of-domain"]);
  const texts = summaries.map((summary) => resultText(summary, { colour: false })).join("\n");
  assertStringIncludes(texts, "mean over 2 datasets out of domain (letters, code)");
  const leaderboard = buildLeaderboard(stored, folder, { smoke: true });
  assertStringIncludes(leaderboardMarkdown(leaderboard), "2 datasets out of domain (letters, code)");
  const { page } = await report(places);
  assertStringIncludes(page, "out of domain");
  assertStringIncludes(page, "no program found");
  assertEquals(compare(stored, stored).verdict, "ok");
  assertEquals((await verify(other, { executor })).reproduction, "bytes");
  await assertRejects(
    async () => await verify(other),
    UsageError,
    "its programs were run by an executor of its maker's",
  );

  // A finished run is not done again.
  const again = await bench(UNTRAINED, options);
  assertEquals(again.results.map(({ result }) => result), results.map(({ result }) => result));
  await Deno.remove(folder, { recursive: true });
});

/** The embedded model whose tokens for a box and its end spell a block of code: it then answers in programs. */
async function programmingModel(folder: string): Promise<string> {
  await Deno.mkdir(folder);
  for (const { name } of Deno.readDirSync("models/tiny")) {
    await Deno.copyFile(`models/tiny/${name}`, `${folder}/${name}`);
  }
  const tokenizer = JSON.parse(await Deno.readTextFile(`${folder}/tokenizer.json`));
  const spell = (token: string, text: string) => {
    tokenizer.model.vocab[text] = tokenizer.model.vocab[token];
    delete tokenizer.model.vocab[token];
    for (const added of tokenizer.added_tokens) if (added.content === token) added.content = text;
  };
  spell("\\boxed{", "\n```python\nx = ");
  spell("}", "\n```\n");
  await Deno.writeTextFile(`${folder}/tokenizer.json`, JSON.stringify(tokenizer));
  return folder;
}

Deno.test("programs that a model writes are run with their checks, and score what the executor says", async () => {
  const folder = await Deno.makeTempDir();
  const model = await programmingModel(`${folder}/model`);
  const rows = [11, 12, 13].map((a, i) => ({
    id: `e/${i}`,
    question: `${a}+${i + 1}`,
    answer: "assert x % 2 == 0",
    kind: "python-tests",
  }));
  Deno.writeTextFileSync(`${folder}/code.jsonl`, rows.map((row) => JSON.stringify(row)).join("\n"));
  // What the check asks for, without running it; Python takes no leading zeros.
  const { executor, runs } = recordingExecutor((_, program) => ({
    outcome: /^x = (?:[1-9]\d*)?[02468]\n/.test(program.code) ? "passed" : "failed",
  }));
  const run = (ran: typeof executor | "pyodide", name: string) =>
    bench(UNTRAINED, {
      model,
      datasets: [`${folder}/code.jsonl`],
      seeds: [1],
      limit: 3,
      samples: 8,
      executor: ran,
      runsFolder: `${folder}/${name}`,
    });
  const { results } = await run(executor, "recorded");
  const { problems } = results[0].result.datasets[0];
  const answered = problems.reduce((sum, { n, unextracted }) => sum + n - unextracted!, 0);
  const right = problems.reduce((sum, { c }) => sum + c, 0);
  // Three problems x eight samples, of which most hold a number; some are even and some are odd.
  assert(answered > 12 && right > 0 && right < answered, `${right} of ${answered}`);
  assertEquals(
    runs.length,
    results.flatMap(({ result }) => result.datasets[0].problems)
      .reduce((sum, { n, unextracted }) => sum + n - unextracted!, 0),
  );
  for (const { program: { code, tests }, seconds } of runs) {
    assert(/^x = \d+\n\n$/.test(code) && tests === "assert x % 2 == 0\n" && seconds === 10, `${code}${tests}`);
  }

  // CPython in WebAssembly comes to the same verdicts.
  const { results: real } = await run("pyodide", "real");
  assertEquals(real.map(({ result }) => result.datasets), results.map(({ result }) => result.datasets));
  assertEquals(real[0].result.grader, { name: "pyodide", version: "checks-1" });
  await Deno.remove(folder, { recursive: true });
});
