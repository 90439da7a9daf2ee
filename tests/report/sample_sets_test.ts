import { assertEquals } from "@std/assert";
import { chooseProblems, readSampleSets } from "../../src/report/sample_sets.ts";
import type { Sample } from "../../src/evaluation/sample.ts";
import { MADE_UP_ARMS, madeUpResults, madeUpSamples } from "./made_up_results.ts";
import { completeResult } from "../../src/result/complete.ts";
import { contentSha256, serializeResult } from "../../src/result/serialize.ts";

/** Problem p has p right samples of 5. */
const graded: Sample[] = madeUpSamples({ problems: 6, samples: 5 }).map((sample) => ({
  ...sample,
  correct: sample.sample < Number(sample.problem.slice(-1)),
}));

Deno.test("problems are spread from those solved least to those solved most", () => {
  const chosen = chooseProblems(graded.toReversed(), undefined, { problems: 3, samples: 2 });
  assertEquals(chosen.map(({ id, correct, total }) => [id, correct, total]), [
    ["add/0000", 0, 5],
    ["add/0003", 3, 5],
    ["add/0005", 5, 5],
  ]);
  assertEquals(chooseProblems(graded, undefined, { problems: 1, samples: 1 }).length, 1);
  assertEquals(chooseProblems(graded, undefined, { problems: 17, samples: 1 }).length, 6);
});

Deno.test("among a problem's samples are a right and a wrong one where both exist", () => {
  const [, , , fourth] = chooseProblems(graded, undefined, { problems: 6, samples: 2 });
  assertEquals(fourth.samples.map(({ sample, correct }) => [sample, correct]), [[0, true], [3, false]]);
});

Deno.test("question and reference answer are there where the dataset is", () => {
  const questions = new Map([["add/0000", { question: "30+10", answer: "40" }]]);
  const [first, second] = chooseProblems(graded, questions, { problems: 6, samples: 1 });
  assertEquals([first.question, first.gold, second.question], ["30+10", "40", undefined]);
});

Deno.test("samples are found beside the result that they belong to", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [own, other] = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 2) });
    for (const [label, result] of [["own-label", own], ["other-label", other]] as const) {
      await Deno.mkdir(`${folder}/run-1/samples/${label}`, { recursive: true });
      await Deno.mkdir(`${folder}/run-1/results`, { recursive: true });
      await Deno.writeTextFile(`${folder}/run-1/results/${label}.json`, serializeResult(result));
      const lines = madeUpSamples().map((sample) => JSON.stringify(sample) + "\n").join("");
      await Deno.writeTextFile(`${folder}/run-1/samples/${label}/add.jsonl`, lines + '{"torn');
    }
    const sets = await readSampleSets(folder, [own], () => Promise.resolve(undefined));
    assertEquals(
      sets.map(({ result, arm, seed, dataset, problems }) => [result, arm, seed, dataset, problems.length]),
      [
        [contentSha256(own), own.arm.label, 1, "add", 3],
      ],
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("samples of a dataset whose owners ask for it are in no report, and those out of domain are found", async () => {
  const folder = await Deno.makeTempDir();
  const [own] = madeUpResults({ seeds: [1], arms: MADE_UP_ARMS.slice(0, 1) });
  const named = (name: string) =>
    completeResult({ ...own, datasets: [{ ...own.datasets[0], name, kind: "multiple-choice" }] });
  const results = [named("gpqa-diamond"), named("humaneval")];
  await Deno.mkdir(`${folder}/run-1/results/out-of-domain`, { recursive: true });
  for (const [i, result] of results.entries()) {
    await Deno.writeTextFile(`${folder}/run-1/results/out-of-domain/r${i}.json`, serializeResult(result));
    await Deno.mkdir(`${folder}/run-1/samples/r${i}`, { recursive: true });
    const lines = madeUpSamples().map((sample) => JSON.stringify(sample) + "\n").join("");
    await Deno.writeTextFile(`${folder}/run-1/samples/r${i}/${result.datasets[0].name}.jsonl`, lines);
  }
  const sets = await readSampleSets(folder, results, () => Promise.resolve(undefined));
  assertEquals(sets.map(({ dataset }) => dataset), ["humaneval"]);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("without runs there are no samples", async () => {
  assertEquals(await readSampleSets("/nowhere/runs", madeUpResults(), () => Promise.resolve(undefined)), []);
});
