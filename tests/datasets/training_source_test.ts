import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { heldOut } from "../../src/datasets/arithmetic/held_out.ts";
import { product } from "../../src/datasets/arithmetic/prod.ts";
import { ARITHMETIC_TASKS } from "../../src/datasets/arithmetic/tasks.ts";
import { dataset } from "../../src/datasets/dataset.ts";
import { findLeaks } from "../../src/datasets/leak_check.ts";
import { arithmeticSource, datasetSource, drawFresh } from "../../src/datasets/training_source.ts";
import { RandomSequence } from "../../src/random/streams.ts";

const source = arithmeticSource({ seed: 3, tasks: ARITHMETIC_TASKS });

Deno.test("training problems depend on seed, step and index alone", () => {
  const again = arithmeticSource({ seed: 3, tasks: ARITHMETIC_TASKS });
  assertEquals(again.problems(17, 16), source.problems(17, 16));
  assertEquals(again.problems(17, 7), source.problems(17, 16).slice(0, 7));
  assertNotEquals(arithmeticSource({ seed: 4, tasks: ARITHMETIC_TASKS }).problems(17, 16), source.problems(17, 16));
});

Deno.test("the families take turns, and over five steps each has the same share", () => {
  const count = new Map<string, number>();
  for (let step = 0; step < 5; step++) {
    for (const { id } of source.problems(step, 16)) {
      const family = id.split("/")[0];
      count.set(family, (count.get(family) ?? 0) + 1);
    }
  }
  assertEquals([...count.values()], [16, 16, 16, 16, 16]);
});

Deno.test("a hundred steps share no id and no question with what is held out, and repeat no id", () => {
  const problems = Array.from({ length: 100 }, (_, step) => source.problems(step, 16)).flat();
  assertEquals(new Set(problems.map(({ id }) => id)).size, 1600);
  const report = findLeaks(problems, ARITHMETIC_TASKS.map(heldOut));
  assertEquals(report, { trainingProblems: 1600, sharedWithEvaluation: 0, leaks: [] });
  assert(problems.every(({ question, answer }) => question.includes("*") || Number(answer) <= 198));
});

Deno.test("a question that is held out is drawn again", () => {
  const first = drawFresh(product, new RandomSequence("test"), new Set());
  const forbidden = new Set([first.question.replace("*", " * ")]);
  const random = new RandomSequence("test");
  const second = drawFresh(product, random, forbidden);
  assertNotEquals(second, first);
  const plain = new RandomSequence("test");
  drawFresh(product, plain, new Set());
  assertEquals(drawFresh(product, plain, new Set()), second);
});

Deno.test("a dataset is passed over in a new order each time, every row once a pass", () => {
  const problems = Array.from({ length: 11 }, (_, i) => ({ id: `d/${i}`, question: `q${i}`, answer: "1" }));
  const rows = dataset({ name: "d", version: "1", licence: "", source: "", problems });
  const source = datasetSource({ seed: 1, dataset: rows });
  const ids = Array.from({ length: 11 }, (_, step) => source.problems(step, 3)).flat().map(({ id }) => id);
  const passes = [ids.slice(0, 11), ids.slice(11, 22), ids.slice(22)];
  for (const pass of passes) assertEquals(new Set(pass).size, 11);
  assertNotEquals(passes[0], passes[1]);
  // Asked out of order, as after a resume.
  const resumed = datasetSource({ seed: 1, dataset: rows });
  assertEquals(resumed.problems(5, 3).map(({ id }) => id), ids.slice(15, 18));
});
