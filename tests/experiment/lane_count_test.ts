import { assertEquals } from "@std/assert";
import { shareThreads } from "../../src/experiment/lane_count.ts";

Deno.test("shareThreads() gives small models many runs at once, and no more threads than asked for", () => {
  const shared = (parameters: number, runs: number, workers: number) => {
    const { lanes, options } = shareThreads(parameters, runs, { backend: "auto", workers });
    return [lanes, options.workers];
  };
  assertEquals(shared(8e5, 20, 2), [2, 1]);
  assertEquals(shared(8e5, 3, 7), [3, 2]);
  assertEquals(shared(8e5, 20, 23), [8, 2]);
  assertEquals(shared(8e5, 0, 2), [1, 2]);
  assertEquals(shared(2e7, 20, 5), [1, 5]);
  assertEquals(shareThreads(8e5, 20, { backend: "webgpu" }), { lanes: 1, options: { backend: "webgpu" } });
});
