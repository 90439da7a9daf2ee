import { assertEquals } from "@std/assert";
import { armRuns, resolveExperiment } from "../../src/experiment/resolve.ts";
import { RunQueue } from "../../src/experiment/run_queue.ts";
import mini from "../fixtures/mini.ts";

const config = resolveExperiment(mini, { seeds: [5, 3] });

Deno.test("a queue gives each run once, to whoever takes from it, and then none", () => {
  const queue = new RunQueue(config);
  const other = new RunQueue(config, queue.taken);
  const taken = armRuns(config).map((_, i) => (i % 2 === 0 ? queue : other).take()!);
  assertEquals(taken.map(([index]) => index).toSorted(), [0, 1, 2, 3, 4, 5]);
  for (const [index, run] of taken) assertEquals(run, armRuns(config)[index]);
  assertEquals([queue.take(), other.take(), queue.take()], [undefined, undefined, undefined]);
});

Deno.test("a seed's long runs come first, seeds in the order given", () => {
  const queue = new RunQueue(config);
  const order = armRuns(config).map(() => queue.take()![1]);
  assertEquals(order.map(({ seed }) => seed), [5, 5, 5, 3, 3, 3]);
  assertEquals(order.map(({ arm }) => arm.objective !== undefined), [true, true, false, true, true, false]);
});
