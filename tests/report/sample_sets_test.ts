import { assertEquals } from "@std/assert";
import { chooseProblems, readSampleSets } from "../../src/report/sample_sets.ts";
import type { Sample } from "../../src/evaluation/sample.ts";
import { MADE_UP_ARMS, madeUpResults, madeUpSamples } from "./made_up_results.ts";
import { completeResult } from "../../src/result/complete.ts";
import { contentSha256, serializeResult } from "../../src/result/serialize.ts";

const bare = (samples: Sample[]) => samples.map(({ recorded: _, ...sample }): Sample => sample);

Deno.test("of a problem the sample stands whose thought was kept, else the first, with how many are right", () => {
  const samples = madeUpSamples({ problems: 3, samples: 5 });
  const [first] = chooseProblems(samples.toReversed(), undefined, 3);
  const own = samples.filter(({ problem }) => problem === first.id);
  assertEquals([first.sample, first.correct, first.total], [own[0], own.filter(({ correct }) => correct).length, 5]);
  const [other] = chooseProblems(bare(samples).toReversed(), undefined, 3);
  assertEquals(other.sample.sample, 0);
});

Deno.test("problems are those whose thoughts were kept, else spread over all, whatever was right", () => {
  const samples = madeUpSamples({ problems: 7, samples: 2 });
  const kept = samples.map((sample) => Number(sample.problem.slice(-1)) % 3 === 0 ? sample : bare([sample])[0]);
  assertEquals(chooseProblems(kept, undefined, 8).map(({ id }) => id), ["add/0000", "add/0003", "add/0006"]);
  assertEquals(chooseProblems(kept, undefined, 2).map(({ id }) => id), ["add/0000", "add/0006"]);
  assertEquals(chooseProblems(bare(samples), undefined, 3).map(({ id }) => id), ["add/0000", "add/0003", "add/0006"]);
});

Deno.test("question and reference answer are there where the dataset is", () => {
  const questions = new Map([["add/0000", { question: "30+10", answer: "40" }]]);
  const [first, second] = chooseProblems(madeUpSamples(), questions, 6);
  assertEquals([first.question, first.gold, second.question], ["30+10", "40", undefined]);
});

Deno.test("of several seeds of an arm the first that is at hand is shown", async () => {
  const folder = await Deno.makeTempDir();
  const results = madeUpResults({ seeds: [5, 3], arms: MADE_UP_ARMS.slice(0, 1) });
  await Deno.mkdir(`${folder}/run-1/results`, { recursive: true });
  for (const [i, result] of results.entries()) {
    await Deno.writeTextFile(`${folder}/run-1/results/r${i}.json`, serializeResult(result));
    await Deno.mkdir(`${folder}/run-1/samples/r${i}`, { recursive: true });
    const lines = madeUpSamples().map((sample) => JSON.stringify(sample) + "\n").join("");
    await Deno.writeTextFile(`${folder}/run-1/samples/r${i}/add.jsonl`, lines);
  }
  const sets = await readSampleSets(folder, results, () => Promise.resolve(undefined));
  assertEquals(sets.map(({ seed }) => seed), [3]);
  await Deno.remove(folder, { recursive: true });
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
    await Deno.writeTextFile(`${folder}/run-1/results/broken.json`, "{");
    const skipped: string[] = [];
    const sets = await readSampleSets(folder, [own], () => Promise.resolve(undefined), {
      onSkipped: ({ path }) => skipped.push(path),
    });
    assertEquals(skipped, [`${folder}/run-1/results/broken.json`]);
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
