import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { heldOut } from "../../src/datasets/arithmetic/held_out.ts";
import { product } from "../../src/datasets/arithmetic/prod.ts";
import { ARITHMETIC_TASKS } from "../../src/datasets/arithmetic/tasks.ts";
import { dataset } from "../../src/datasets/dataset.ts";
import { findLeaks } from "../../src/datasets/leak_check.ts";
import { arithmeticSource, datasetSource, drawFresh, trainingProblems } from "../../src/datasets/training_source.ts";
import { BenchError } from "../../src/errors.ts";
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

const ELEVEN = dataset({
  name: "d",
  version: "1",
  licence: "",
  source: "",
  problems: Array.from({ length: 11 }, (_, i) => ({ id: `d/${i}`, question: "q".repeat(i), answer: "1" })),
});

Deno.test("rows that do not fit are no part of a source, which counts them", () => {
  const source = datasetSource({ seed: 1, dataset: ELEVEN, fits: ({ question }) => question.length < 7 });
  assertEquals(source.leftOutProblems, 4);
  const pass = source.problems(0, 7).map(({ id }) => id);
  assertEquals(pass.toSorted(), [0, 1, 2, 3, 4, 5, 6].map((i) => `d/${i}`));
  // Where all fit, nothing changes.
  const all = datasetSource({ seed: 1, dataset: ELEVEN, fits: () => true });
  assertEquals("leftOutProblems" in all, false);
  assertEquals(all.problems(3, 5), datasetSource({ seed: 1, dataset: ELEVEN }).problems(3, 5));
});

Deno.test("a source of which nothing fits is refused", () => {
  const make = () => datasetSource({ seed: 1, dataset: ELEVEN, fits: () => false });
  assertThrows(make, BenchError, "Cannot train on d: none of its 11 problems fits the model");
});

Deno.test("the problems of a whole training are those of its steps, each once", () => {
  const source = datasetSource({ seed: 1, dataset: ELEVEN });
  const some = trainingProblems(source, { steps: 2, promptsPerStep: 3 });
  assertEquals(some, [...source.problems(0, 3), ...source.problems(1, 3)]);
  assertEquals(trainingProblems(source, { steps: 5, promptsPerStep: 7 }).length, 11);
  assertEquals(trainingProblems(source, { steps: 0, promptsPerStep: 7 }), []);
});
