import { assert, assertEquals } from "@std/assert";
import { drawOperands, questionCount } from "../../../src/datasets/arithmetic/task.ts";
import { longProduct } from "../../../src/datasets/arithmetic/prod3.ts";
import { RandomSequence } from "../../../src/random/streams.ts";

const task = { ...longProduct, operands: [{ low: 2, high: 4 }, { low: -1, high: 0 }] };

Deno.test("a family has one question for each choice of operands", () => {
  assertEquals(questionCount(task), 6);
  assertEquals(questionCount(longProduct), 78_144);
});

Deno.test("operands are uniform on their ranges, ends included, and independent", () => {
  const random = new RandomSequence("test");
  const counts = new Map<string, number>();
  const draws = 6000;
  for (let i = 0; i < draws; i++) {
    const key = drawOperands(task, random).join(" ");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assertEquals(counts.size, 6);
  // 1000 expected in each of 6 cells, standard deviation 29: five of them.
  for (const [key, count] of counts) assert(Math.abs(count - draws / 6) < 145, `${key}: ${count}`);
});
